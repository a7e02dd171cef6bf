"""Whom an administrator keeps, and which roles are theirs to give (S1.2).

An agency's administrator keeps the agency's people, and may end accounts of its contractors'. A
program officer keeps the people of the offices, and the administrators of agencies as far as
inviting, ending and reactivating goes, so that no agency is ever without one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Q

from save_portal.accounts.models import Agency, User
from save_portal.accounts.people.errors import NobodySuch, PeopleError
from save_portal.accounts.querysets import UserQuerySet
from save_portal.accounts.roles import AGENCY_ROLES, AUTOMATIC_ROLES, OFFICE_ROLES, Permission, Role
from save_portal.accounts.tenancy import system_scope


def is_office(by: User) -> bool:
    return by.agency_id is None


def check_keeps_people(by: User) -> None:
    if not by.can(Permission.MANAGE_PEOPLE):
        raise PeopleError(
            "Only the agency's administrator, or the program office for its own staff, does this.",
            status_code=403,
        )


def roles_to_give(by: User) -> tuple[Role, ...]:
    """The roles that this administrator may give; never one of the other side (S1.2)."""
    if not by.can(Permission.MANAGE_PEOPLE):
        return ()
    if is_office(by):
        return (*(role for role in Role if role in OFFICE_ROLES), Role.AGENCY_ADMINISTRATOR)
    return tuple(role for role in Role if role in AGENCY_ROLES - AUTOMATIC_ROLES)


def contractors_of(by: User) -> list[int]:
    """The agencies that act for this administrator's one. One query."""
    if by.agency_id is None:
        return []
    return list(Agency.objects.filter(acts_for_id=by.agency_id).values_list("pk", flat=True))


@contextmanager
def reach(by: User) -> Iterator[UserQuerySet]:
    """The people whom this administrator sees; machines are kept elsewhere.

    A contractor's rows lie behind the fence of its own agency. The agency that it acts for answers
    for it, so the fence is lifted where there is one, and the filter stays.
    """
    check_keeps_people(by)
    contractors = contractors_of(by)
    people = User.objects.exclude(role__in=AUTOMATIC_ROLES)
    if is_office(by):
        kept = Q(office__isnull=False) | Q(role=Role.AGENCY_ADMINISTRATOR)
        yield people.filter(kept)
    elif not contractors:
        yield people.filter(agency_id=by.agency_id)
    else:
        with system_scope():
            yield people.filter(agency_id__in=[by.agency_id, *contractors])


def may_change(by: User, person: User) -> bool:
    """Whether role and place of this person are this administrator's to change; never one's own."""
    if person.pk == by.pk or not by.can(Permission.MANAGE_PEOPLE):
        return False
    return person.agency_id == by.agency_id if by.agency_id else person.office_id is not None


def may_end(by: User, person: User) -> bool:
    """Whether this administrator may end the account, or take it up again."""
    return person.pk != by.pk and by.can(Permission.MANAGE_PEOPLE)


def check_may_change(by: User, person: User) -> None:
    if person.pk == by.pk:
        raise PeopleError(
            "Nobody changes their own role, department or account. Ask another administrator.",
            status_code=403,
        )
    if not may_change(by, person):
        raise PeopleError(
            "Role and place of this person are kept where the person works.", status_code=403
        )


def check_may_end(by: User, person: User) -> None:
    if not may_end(by, person):
        raise PeopleError(
            "Nobody ends their own account. Ask another administrator.", status_code=403
        )


def found(person: User | None) -> User:
    if person is None:
        raise NobodySuch("There is no such person.")
    return person
