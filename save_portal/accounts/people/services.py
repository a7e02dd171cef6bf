"""What is done to people: invite, accept, move, end, reactivate; departments and groups (S1.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from save_portal import audit
from save_portal.accounts import mails, services
from save_portal.accounts.models import Agency, Department, Group, Invitation, Office, User
from save_portal.accounts.people import links
from save_portal.accounts.people.errors import NobodySuch, PeopleError
from save_portal.accounts.people.policies import (
    check_keeps_people,
    check_may_change,
    check_may_end,
    found,
    is_office,
    reach,
    roles_to_give,
)
from save_portal.accounts.roles import AGENCY_ROLES, Role
from save_portal.accounts.tenancy import system_scope
from save_portal.outbox import queue

OPEN_FOR = timedelta(days=7)


# -- invitations -----------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    email: str,
    full_name: str,
    role: str,
    by: User,
    at: datetime,
    department_id: int | None = None,
    group_id: int | None = None,
    office_id: int | None = None,
    agency_code: str = "",
) -> Invitation:
    """Mail somebody a link by which they make their account. One open invitation an address."""
    check_keeps_people(by)
    email, full_name = email.strip().lower(), " ".join(full_name.split())
    if not full_name:
        raise PeopleError("Write the name of the person.", field="full_name", status_code=422)
    _check_role(by, role)
    place = _place_of_the_new(
        by, role, department_id=department_id, group_id=group_id, office_id=office_id,
        agency_code=agency_code,
    )  # fmt: skip
    with system_scope():
        taken = User.objects.filter(email=email).exists()
    if taken:
        raise PeopleError(
            "An account with this address exists already. An ended account of yours can be taken "
            "up again on the person's page; otherwise use another address.",
            field="email",
        )
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email,
                full_name=full_name[:150],
                role=role,
                invited_by=by,
                invited_at=at,
                expires_at=at + OPEN_FOR,
                **place,
            )
    except IntegrityError as error:
        if "invitation_open_once" not in str(error):
            raise
        raise PeopleError(
            "This address was invited already. Send that invitation again instead.", field="email"
        ) from None
    _send(invitation)
    _recorded("invited_person", invitation, by=by, at=at)
    return invitation


@transaction.atomic
def resend(*, invitation_id: int, by: User, at: datetime) -> Invitation:
    """Mail the link anew, with a new term. The older link stops working."""
    invitation = _open_invitation(invitation_id, by)
    _check_role(by, invitation.role)
    invitation.sendings += 1
    invitation.expires_at = at + OPEN_FOR
    invitation.save(update_fields=["sendings", "expires_at"])
    _send(invitation)
    _recorded("sent_invitation_again", invitation, by=by, at=at)
    return invitation


@transaction.atomic
def withdraw(*, invitation_id: int, by: User, at: datetime) -> Invitation:
    """The link stops working at once."""
    invitation = _open_invitation(invitation_id, by)
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    _recorded("withdrew_invitation", invitation, by=by, at=at)
    return invitation


def accept(*, token: str, password: str, at: datetime) -> User:
    """Whoever has the link sets a password, and the account exists. Works once."""
    invitation_id, sending = links.read(token)
    with system_scope():
        invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
        if invitation is None:
            raise NobodySuch(links.FORGED)
        links.check_open(invitation, sending, at=at)
        person = User(
            email=invitation.email,
            full_name=invitation.full_name,
            role=invitation.role,
            agency_id=invitation.agency_id,
            department_id=invitation.department_id,
            group_id=invitation.group_id,
            office_id=invitation.office_id,
        )
        try:
            validate_password(password, person)
        except ValidationError as refused:
            raise PeopleError(
                " ".join(refused.messages), field="password", status_code=422
            ) from None
        person.set_password(password)
        person.save()
        invitation.accepted_at, invitation.account = at, person
        invitation.save(update_fields=["accepted_at", "account"])
        audit.record(
            "accepted_invitation",
            by=person,
            at=at,
            subject_type="user",
            subject_id=person.pk,
            agency_id=person.agency_id,
            data={"role": person.role, "invited_by": invitation.invited_by_id},
        )
    return person


def _check_role(by: User, role: str) -> None:
    if role not in roles_to_give(by):
        raise PeopleError(
            "You cannot give this role. Choose one of the list.", field="role", status_code=422
        )


def _place_of_the_new(
    by: User,
    role: str,
    *,
    department_id: int | None,
    group_id: int | None,
    office_id: int | None,
    agency_code: str,
) -> dict[str, Any]:
    """Where the new person works, as columns."""
    if not is_office(by):
        assert by.agency_id is not None
        return {"agency_id": by.agency_id, **_place(by.agency_id, department_id, group_id)}
    if role in AGENCY_ROLES:
        agency = Agency.objects.active().filter(code__iexact=agency_code.strip()).first()
        if agency is None:
            raise PeopleError(
                "Write the code of an agency that uses the portal. Example: CALHOUN.",
                field="agency_code",
                status_code=422,
            )
        return {"agency": agency}
    office = Office.objects.filter(pk=office_id or 0).first()
    if office is None:
        raise PeopleError("Choose the office.", field="office", status_code=422)
    return {"office": office}


def _place(agency_id: int, department_id: int | None, group_id: int | None) -> dict[str, Any]:
    """A department and a group of the agency; a group brings its department along."""
    wrong = PeopleError("Choose a department or group of the list.", field="place", status_code=422)
    if group_id is not None:
        group = Group.objects.filter(pk=group_id, department__agency_id=agency_id).first()
        if group is None:
            raise wrong
        return {"department_id": group.department_id, "group_id": group.pk}
    if department_id is not None:
        if not Department.objects.filter(pk=department_id, agency_id=agency_id).exists():
            raise wrong
        return {"department_id": department_id, "group_id": None}
    return {"department_id": None, "group_id": None}


def _open_invitation(invitation_id: int, by: User) -> Invitation:
    check_keeps_people(by)
    invitation: Invitation | None = (
        Invitation.objects.select_for_update(of=("self",))
        .kept_by(by)
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None:
        raise NobodySuch("There is no such invitation.")
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise PeopleError("This invitation is closed: it was accepted or withdrawn.")
    return invitation


def _send(invitation: Invitation) -> None:
    queue.enqueue(
        "invitation",
        key=f"invitation:{invitation.pk}:{invitation.sendings}",
        payload={"invitation_id": invitation.pk, "sending": invitation.sendings},
    )


def _recorded(verb: str, invitation: Invitation, *, by: User, at: datetime) -> None:
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="invitation",
        subject_id=invitation.pk,
        agency_id=invitation.agency_id,
        data={"email": invitation.email, "role": invitation.role},
    )


# -- accounts --------------------------------------------------------------------------------------


@transaction.atomic
def move(
    *,
    user_id: int,
    role: str,
    by: User,
    at: datetime,
    department_id: int | None = None,
    group_id: int | None = None,
    office_id: int | None = None,
) -> User:
    """Give somebody another role, department, group or office. Cases stay with whoever has them."""
    with reach(by) as people:
        person = _locked(people, user_id)
        check_may_change(by, person)
        if role not in roles_to_give(by) or (person.agency_id is None) == (role in AGENCY_ROLES):
            raise PeopleError(
                "You cannot give this role. Choose one of the list.", field="role", status_code=422
            )
        if person.agency_id is not None:
            place = _place(person.agency_id, department_id, group_id)
        else:
            if not Office.objects.filter(pk=office_id or 0).exists():
                raise PeopleError("Choose the office.", field="office", status_code=422)
            place = {"office_id": office_id}
        after = {"role": str(Role(role)), **place}
        before = {name: getattr(person, name) for name in after}
        if before == after:
            return person
        for name, value in after.items():
            setattr(person, name, value)
        _save(person, by=by, fields=list(after))
        audit.record(
            "moved_person",
            by=by,
            at=at,
            subject_type="user",
            subject_id=person.pk,
            agency_id=person.agency_id,
            data={"before": before, "after": after},
        )
    return person


@transaction.atomic
def end(*, user_id: int, by: User, at: datetime) -> User:
    """End an account at once: no further sign-in, and every open session of it dies."""
    with reach(by) as people:
        person = _locked(people, user_id)
        check_may_end(by, person)
        return services.end_account(user_id=person.pk, by=by, at=at)


@transaction.atomic
def reactivate(*, user_id: int, by: User, at: datetime) -> User:
    """Take an ended account up again. The old password is void; a link for a new one is mailed."""
    with reach(by) as people:
        person = _locked(people, user_id)
        check_may_end(by, person)
        if person.is_active:
            return person
        person.is_active, person.ended_at = True, None
        person.set_unusable_password()
        _save(person, by=by, fields=["is_active", "ended_at", "password"])
        audit.record(
            "reactivated_account",
            by=by,
            at=at,
            subject_type="user",
            subject_id=person.pk,
            agency_id=person.agency_id,
        )
        mails.send_reset_link(user_id=person.pk)
    return person


def _locked(people: Any, user_id: int) -> User:
    return found(people.select_for_update(of=("self",)).filter(pk=user_id).first())


def _save(person: User, *, by: User, fields: list[str]) -> None:
    person._history_user = by  # type: ignore[attr-defined]
    person.save(update_fields=fields)


# -- departments and groups ------------------------------------------------------------------------


@transaction.atomic
def save_department(
    *, name: str, by: User, at: datetime, department_id: int | None = None
) -> Department:
    """Add a department, or give one another name."""
    agency_id = _own_agency(by)
    department = Department(agency_id=agency_id)
    if department_id is not None:
        department = _owned(Department.objects.filter(agency_id=agency_id), department_id)
    before = department.name
    department.name = _named(name)
    _save_place(department, "This agency has a department of that name already.", by=by)
    _changed_place("department", department, before, by=by, at=at)
    return department


@transaction.atomic
def save_group(
    *,
    name: str,
    cases_shared: bool,
    by: User,
    at: datetime,
    department_id: int | None = None,
    group_id: int | None = None,
) -> Group:
    """Add a group to a department, or change one; sharing lets members see each other's cases."""
    agency_id = _own_agency(by)
    if group_id is not None:
        group: Group = _owned(Group.objects.filter(department__agency_id=agency_id), group_id)
    else:
        departments = Department.objects.filter(agency_id=agency_id)
        group = Group(department=_owned(departments, department_id or 0))
    before = group.name and f"{group.name}, {'' if group.cases_shared else 'not '}shared"
    group.name, group.cases_shared = _named(name), cases_shared
    _save_place(group, "The department has a group of that name already.", by=by)
    _changed_place("group", group, before, by=by, at=at)
    return group


def _own_agency(by: User) -> int:
    check_keeps_people(by)
    if by.agency_id is None:
        raise PeopleError("Departments and groups belong to agencies.", status_code=403)
    return by.agency_id


def _owned(rows: Any, key: int) -> Any:
    row = rows.select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        raise NobodySuch("There is no such department or group.")
    return row


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200:
        raise PeopleError("Write a name of at most 200 letters.", field="name", status_code=422)
    return name


def _save_place(place: Any, taken: str, *, by: User) -> None:
    place._history_user = by
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError as error:
        if "once_a" not in str(error):
            raise
        raise PeopleError(taken, field="name") from None


def _changed_place(kind: str, place: Any, before: str, *, by: User, at: datetime) -> None:
    data = {"before": before, "after": place.name}
    if kind == "group":
        data["cases_shared"] = place.cases_shared
    audit.record(
        f"saved_{kind}",
        by=by,
        at=at,
        subject_type=kind,
        subject_id=place.pk,
        agency_id=by.agency_id,
        data=data,
    )
