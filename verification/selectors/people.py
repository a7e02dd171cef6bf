"""What the page of people says about somebody's cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count
from django.urls import reverse

from save_portal.accounts.models import User
from save_portal.accounts.people.columns import Cell, Column
from save_portal.accounts.people.columns import register as register_column
from save_portal.accounts.roles import AGENCY_ROLES
from verification import policies
from verification.models import Case


def open_cases(people: Sequence[User], by: User, at: datetime) -> dict[int, Cell]:
    """How many open cases each has, and where they are given to a colleague. One query."""
    workers = [person.pk for person in people if person.role in AGENCY_ROLES]
    if by.agency_id is None or not workers:
        return {}
    counted = (
        Case.objects.open()
        .filter(handled_by__in=workers)
        .order_by()
        .values_list("handled_by")
        .annotate(Count("pk"))
    )
    counts: dict[int, int] = dict(counted)
    return {person.pk: _cell(person, counts.get(person.pk, 0), by) for person in people}


def _cell(person: User, count: int, by: User) -> Cell:
    if not count:
        return Cell("none")
    movable = person.agency_id == by.agency_id and policies.can_move_cases(by=by)
    return Cell(
        f"{count:,}",
        tone="" if person.is_active else "over",
        address=reverse("verification:move-all", args=[person.pk]) if movable else "",
        remark="They stay open: give them to a colleague." if movable else "They stay open.",
    )


def register() -> None:
    register_column(Column("open_cases", "Open cases", open_cases))
