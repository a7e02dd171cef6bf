"""The state of everyone's training: counts, a list, a file, a column of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from agreements.training.catalog import accepted_for, tutorial_for
from agreements.training.services import local_day
from agreements.training.state import LABELS, SOON, Kind, State, state_of
from save_portal.accounts.models import User
from save_portal.accounts.people.columns import Cell, Column
from save_portal.accounts.people.columns import register as register_column
from save_portal.accounts.querysets import UserQuerySet
from save_portal.accounts.roles import Role
from save_portal.web.keyset import paginate

SIZE = 50
ORDER = ("full_name", "id")
SHOWN = (Kind.MISSING, Kind.CHANGED, Kind.OVER, Kind.SOON, Kind.VALID)


@dataclass(frozen=True, slots=True)
class Report:
    """`counts` are (kind, label, how many); the list is narrowed to `kind` where one is chosen."""

    counts: list[tuple[str, str, int]]
    rows: list[tuple[User, State]]
    next: str | None
    previous: str | None
    kind: str
    of_offices: bool


def report(*, by: User, at: datetime, kind: str = "", cursor: str | None = None) -> Report:
    """Two queries, however many people."""
    on = local_day(by, at)
    conditions = {each: condition(each, on) for each in SHOWN}
    people = who(by)
    counted = people.aggregate(
        **{each.value: Count("pk", filter=conditions[each]) for each in SHOWN}
    )
    chosen = next((each for each in SHOWN if each.value == kind), None)
    if chosen is not None:
        people = people.filter(conditions[chosen])
    page = paginate(
        people.select_related("agency", "department", "office"),
        order=ORDER,
        cursor=cursor,
        size=SIZE,
    )
    return Report(
        counts=[(each.value, LABELS[each], counted[each.value]) for each in SHOWN],
        rows=[(person, state_of(person, on=on)) for person in page.rows],
        next=page.next,
        previous=page.previous,
        kind=chosen.value if chosen else "",
        of_offices=by.agency_id is None,
    )


def csv_rows(*, by: User, at: datetime) -> Iterator[list[str]]:
    """A header, then everybody who needs training. One query."""
    yield ["name", "email", "role", "agency_or_office", "department", "training", "valid_until"]
    on = local_day(by, at)
    people = who(by).select_related("agency", "department", "office").order_by(*ORDER)
    for person in people.iterator(chunk_size=500):
        state = state_of(person, on=on)
        yield [
            person.full_name,
            person.email,
            person.role,
            str(person.organization),
            str(person.department or ""),
            state.kind.value,
            state.until.isoformat() if state.until else "",
        ]


def who(by: User) -> UserQuerySet:
    """Who needs training: of the agency, or for a program officer of all of them."""
    trained = [role for role in Role if tutorial_for(role) is not None]
    people: UserQuerySet = User.objects.visible_to(by).active().filter(role__in=trained)
    return people


def condition(kind: Kind, on: date) -> Q:
    """The people in this state, as `state_of` finds it."""
    current = Q(pk__in=[])
    of_the_role = Q(pk__in=[])
    for role in Role:
        keys = accepted_for(role)
        current |= Q(role=role, trained_as__in=keys)
        for key in keys:
            of_the_role |= Q(role=role, trained_as__startswith=f"{key.partition(' ')[0]} ")
    has, over = Q(trained_until__isnull=False), Q(trained_until__lt=on)
    soon = Q(trained_until__lt=on + SOON)
    return {
        Kind.MISSING: ~has | (has & ~of_the_role),
        Kind.CHANGED: has & of_the_role & ~current,
        Kind.OVER: has & current & over,
        Kind.SOON: has & current & ~over & soon,
        Kind.VALID: has & current & ~soon,
    }[kind]


def training(people: Sequence[User], by: User, at: datetime) -> dict[int, Cell]:
    """The state of each, for the page of people. No query."""
    return {person.pk: _cell(state_of(person, on=local_day(person, at))) for person in people}


def _cell(state: State) -> Cell:
    tone = {Kind.SOON: "soon", Kind.VALID: "", Kind.NOT_NEEDED: ""}.get(state.kind, "over")
    if state.kind in (Kind.VALID, Kind.SOON):
        assert state.until is not None
        return Cell(f"until {state.until:%b} {state.until.day}, {state.until.year}", tone)
    return Cell(state.label, tone)


def register() -> None:
    register_column(Column("training", "Training", training))
