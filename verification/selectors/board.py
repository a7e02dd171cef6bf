"""The supervisor's board: what lies with each caseworker of the agency, and what was moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from save_portal.accounts.models import User
from verification import deadlines, policies
from verification.enums import Pile
from verification.models import Case, CaseMove
from verification.selectors.case_list import today_of

RECENT = timedelta(days=14)
MOVES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's open cases. `oldest` counts the federal working days of the oldest prompt."""

    person: User
    is_here: bool
    open: int = 0
    prompted: int = 0
    oldest: int = 0
    overdue: int = 0
    unread: int = 0
    with_save: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """Cases that were moved by one act."""

    move_id: int
    at: datetime
    by: str
    giver: str
    taker: str
    count: int


@dataclass(frozen=True, slots=True)
class Board:
    """The page: desks with the most urgent first, the agency's sums, recent moves."""

    desks: list[Desk]
    total: Desk
    moved: list[Moved]


def colleagues(user: User) -> list[User]:
    """The people of the agency who can be given cases, by name. One query."""
    people = User.objects.filter(agency_id=user.agency_id, is_active=True).order_by("full_name")
    return [person for person in people if policies.can_handle_cases(person)]


def board(*, user: User, at: datetime) -> Board:
    """Three queries: the counts, the people, the moves."""
    today = today_of(user, at)
    prompted, act = Q(pile=Pile.PROMPT), Q(pile=Pile.ACT)
    counted = (
        Case.objects.visible_to(user)
        .filter(pile__gt="")
        .order_by()
        .values("handled_by")
        .annotate(
            open=Count("pk"),
            prompted=Count("pk", filter=prompted),
            oldest=Min("last_action_at", filter=prompted),
            overdue=Count("pk", filter=act & Q(due_on__lt=today)),
            unread=Count("pk", filter=Q(pile=Pile.UNREAD)),
            with_save=Count("pk", filter=Q(pile=Pile.SAVE)),
        )
    )
    counts: dict[int, dict[str, Any]] = {row["handled_by"]: dict(row) for row in counted}
    people = User.objects.filter(agency_id=user.agency_id).order_by("full_name")
    desks = []
    for person in people:
        here = policies.can_handle_cases(person)
        if person.pk in counts:
            row = counts[person.pk]
            del row["handled_by"]
            row["oldest"] = _age(row["oldest"], user, today)
            desks.append(Desk(person, here, **row))
        elif here:
            desks.append(Desk(person, here))
    desks.sort(key=lambda desk: (-desk.oldest, -desk.overdue, -desk.unread, desk.person.full_name))
    total = Desk(
        user,
        True,
        **{
            name: sum(getattr(desk, name) for desk in desks)
            for name in ("open", "prompted", "overdue", "unread", "with_save")
        },
        oldest=max((desk.oldest for desk in desks), default=0),
    )
    return Board(desks, total, _moved(user, at))


def _age(instant: datetime | None, user: User, today: date) -> int:
    """Federal working days since the instant, 0 for none."""
    if instant is None or user.agency is None:
        return 0
    return deadlines.working_days_left(deadlines.local_date(instant, user.agency.time_zone), today)


def _moved(user: User, at: datetime) -> list[Moved]:
    acts = (
        CaseMove.objects.filter(agency=user.agency, at__gte=at - RECENT)
        .order_by("-at")
        .values("at", "by__full_name", "giver__full_name", "taker__full_name", "giver", "taker")
        .annotate(count=Count("pk"), first=Min("pk"))[:MOVES_SHOWN]
    )
    return [
        Moved(
            act["first"],
            act["at"],
            act["by__full_name"],
            act["giver__full_name"],
            act["taker__full_name"],
            act["count"],
        )
        for act in acts
    ]
