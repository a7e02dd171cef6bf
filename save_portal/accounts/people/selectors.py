"""What the pages of people show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q

from save_portal.accounts.models import Agency, Department, Group, Invitation, Office, User
from save_portal.accounts.people.columns import Cell, Column, columns
from save_portal.accounts.people.policies import (
    is_office,
    may_change,
    may_end,
    reach,
    roles_to_give,
)
from save_portal.accounts.querysets import UserQuerySet
from save_portal.accounts.roles import Role
from save_portal.audit.models import AuditEvent
from save_portal.web.keyset import Page, paginate

SIZE = 50
INVITATIONS_SHOWN = 100
EVENTS_SHOWN = 20
ORDER = ("full_name", "id")
STATES = (("", "Active"), ("ended", "Ended"), ("all", "All"))
WITH_PLACE = ("agency__acts_for", "department", "group", "office")

# What the audit log says of a person, in words.
EVENTS = {
    "signed_in": "Signed in",
    "signed_out": "Signed out",
    "accepted_terms_of_use": "Accepted the terms of use",
    "accepted_invitation": "Made the account by an invitation",
    "moved_person": "Role or place changed",
    "ended_account": "Account ended",
    "reactivated_account": "Account taken up again",
    "passed_tutorial": "Passed the tutorial",
    "failed_tutorial": "Did not pass the tutorial",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to, as the address says it."""

    words: str = ""
    state: str = ""
    role: str = ""
    place: str = ""

    def of(self, people: UserQuerySet) -> UserQuerySet:
        if self.state != "all":
            people = people.filter(is_active=self.state != "ended")
        if self.role in Role.values:
            people = people.filter(role=self.role)
        kind, key = self.place[:1], self.place[1:]
        column = {"d": "department_id", "g": "group_id", "o": "office_id", "a": "agency_id"}
        if kind in column and key.isdecimal() and len(key) < 19:
            people = people.filter(**{column[kind]: int(key)})
        for word in self.words.split()[:5]:
            people = people.filter(Q(full_name__icontains=word) | Q(email__icontains=word))
        return people


@dataclass(frozen=True, slots=True)
class PersonRow:
    person: User
    cells: list[tuple[Column, Cell]]


@dataclass(frozen=True, slots=True)
class PeopleList:
    """One page of people, the invitations that wait, and what the filters offer."""

    rows: list[PersonRow]
    next: str | None
    previous: str | None
    columns: list[Column]
    invitations: list[tuple[Invitation, bool]]  # each with: is its link too old?
    roles: list[tuple[str, str]]
    places: list[tuple[str, str]]
    contractors: list[Agency]
    of_offices: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person: what other apps say, what happened, what may be done."""

    person: User
    cells: list[tuple[Column, Cell]]
    events: list[tuple[AuditEvent, str]]
    may_change: bool
    may_end: bool


def people_list(
    *, by: User, at: datetime, filters: Filters, cursor: str | None = None
) -> PeopleList:
    """Six queries and one a column at most, however many people."""
    with reach(by) as people:
        page: Page[User] = paginate(
            filters.of(people).select_related(*WITH_PLACE), order=ORDER, cursor=cursor, size=SIZE
        )
        rows = _with_cells(page.rows, by, at)
    acting = contractors(by)
    waiting = Invitation.objects.kept_by(by).waiting().select_related("agency", "office")
    return PeopleList(
        rows=rows,
        next=page.next,
        previous=page.previous,
        columns=columns(),
        invitations=[(one, not one.is_open(at)) for one in waiting[:INVITATIONS_SHOWN]],
        roles=[(str(role), str(role.label)) for role in roles_to_give(by)],
        places=[
            *places(by),
            *((f"a{agency.pk}", f"Contractor: {agency.name}") for agency in acting),
        ],
        contractors=acting,
        of_offices=is_office(by),
    )


def csv_rows(*, by: User, at: datetime, filters: Filters) -> Iterator[list[str]]:
    """A header, then each person of the filtered list."""
    yield [
        "name",
        "email",
        "role",
        "agency_or_office",
        "department",
        "group",
        "state",
        "last_sign_in",
        *(column.name for column in columns()),
    ]
    with reach(by) as people:
        found = list(filters.of(people).select_related(*WITH_PLACE).order_by(*ORDER))
        for row in _with_cells(found, by, at):
            person = row.person
            yield [
                person.full_name,
                person.email,
                person.role,
                str(person.organization),
                str(person.department or ""),
                str(person.group or ""),
                "active" if person.is_active else "ended",
                person.last_login.isoformat() if person.last_login else "",
                *(cell.text for _, cell in row.cells),
            ]


def person_page(*, by: User, user_id: int, at: datetime) -> PersonPage | None:
    """Four queries and one a column; None for whom this administrator does not keep."""
    with reach(by) as people:
        person = people.select_related(*WITH_PLACE).filter(pk=user_id).first()
        if person is None:
            return None
        [row] = _with_cells([person], by, at)
        events = AuditEvent.objects.filter(subject_type="user", subject_id=str(person.pk))
        return PersonPage(
            person=person,
            cells=row.cells,
            events=[
                (event, EVENTS.get(event.verb, event.verb.replace("_", " ").capitalize()))
                for event in events.order_by("-id")[:EVENTS_SHOWN]
            ],
            may_change=may_change(by, person),
            may_end=may_end(by, person),
        )


def _with_cells(people: Sequence[User], by: User, at: datetime) -> list[PersonRow]:
    said = [(column, column.cells(people, by, at) if people else {}) for column in columns()]
    nothing = Cell("")
    return [
        PersonRow(person, [(column, cells.get(person.pk, nothing)) for column, cells in said])
        for person in people
    ]


def places(by: User) -> list[tuple[str, str]]:
    """Where people may work: departments and groups, or offices. Values as forms post them."""
    if is_office(by):
        return [(f"o{office.pk}", office.name) for office in Office.objects.all()]
    found: list[tuple[str, str]] = []
    for department in departments(by):
        found.append((f"d{department.pk}", department.name))
        found += [
            (f"g{group.pk}", f"{department.name}: {group.name}")
            for group in department.groups.all()
        ]
    return found


def departments(by: User) -> list[Department]:
    """The departments of the agency with their groups and how many work in each. Two queries."""
    if by.agency_id is None:
        return []
    here = Count("users", filter=Q(users__is_active=True))
    return list(
        Department.objects.filter(agency_id=by.agency_id)
        .annotate(people=here)
        .order_by("name")
        .prefetch_related(Prefetch("groups", Group.objects.annotate(people=here).order_by("name")))
    )


def contractors(by: User) -> list[Agency]:
    """The contractors that act for the agency (S1.2)."""
    if by.agency_id is None:
        return []
    return list(Agency.objects.filter(acts_for_id=by.agency_id))
