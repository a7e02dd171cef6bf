"""All cases that a person may see, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from save_portal.accounts.models import User
from save_portal.web import keyset
from save_portal.web.keyset import Page, paginate
from verification import deadlines
from verification.enums import Need
from verification.models import Case
from verification.selectors.filters import CaseFilters
from verification.selectors.rows import CaseRow, row_of, with_last_answer

SIZE = 50
EXPORTED = 10_000
SORTS = {
    "-created": ("-created_at", "-id"),
    "created": ("created_at", "id"),
    "name": ("applicant_key", "id"),
    "-name": ("-applicant_key", "-id"),
    "due": ("due_on", "id"),
}


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page of the list; `next` and `previous` are cursors for the address."""

    rows: list[CaseRow]
    next: str | None
    previous: str | None
    filters: CaseFilters
    sort: str


def _sort_of(sort: str, filters: CaseFilters) -> str:
    """By due date only within one need whose cases are open: there each has one, in an index.

    An answer may come to a closed case, which has none; answers to read stand oldest case first.
    """
    by_due = bool(filters.need) and filters.need != Need.READ
    allowed = SORTS.keys() if by_due else SORTS.keys() - {"due"}
    standard = "due" if by_due else "created" if filters.need else "-created"
    return sort if sort in allowed else standard


def today_of(user: User, at: datetime) -> date:
    """The day at the reader's agency; an office reads the portal's own."""
    return deadlines.local_date(at, user.agency.time_zone if user.agency else settings.TIME_ZONE)


def case_list(
    *, user: User, at: datetime, filters: CaseFilters, sort: str = "-created", cursor: str | None
) -> CaseList:
    """One query, whatever the number of cases. An unknown sort counts as none: newest first,

    or by due date within one need.
    """
    sort = _sort_of(sort, filters)
    today = today_of(user, at)
    cases = with_last_answer(filters.apply(Case.objects.visible_to(user), user=user, today=today))
    page: Page[Case] = paginate(cases, order=SORTS[sort], cursor=cursor, size=SIZE)
    rows = [row_of(case, today) for case in page.rows]
    return CaseList(rows, page.next, page.previous, filters, sort)


@dataclass(frozen=True, slots=True)
class Neighbors:
    """The numbers of the cases before and behind one in a filtered list, None at its ends."""

    previous: str | None
    next: str | None


def neighbors(
    *, user: User, at: datetime, filters: CaseFilters, sort: str, case: Case
) -> Neighbors:
    """By the case's own key, without counting: also after an act took it out of the filter."""
    cases = filters.apply(Case.objects.visible_to(user), user=user, today=today_of(user, at))
    order = SORTS[_sort_of(sort, filters)]
    previous, following = keyset.neighbors(cases.only("number"), order=order, row=case)
    return Neighbors(previous.number if previous else None, following.number if following else None)


def export_rows(*, user: User, at: datetime, filters: CaseFilters) -> Iterator[Case]:
    """The filtered cases for an export, newest first, at most 10,000."""
    today = today_of(user, at)
    cases = filters.apply(Case.objects.visible_to(user), user=user, today=today)
    return (
        cases.select_related("handled_by")
        .order_by("-created_at", "-id")[:EXPORTED]
        .iterator(chunk_size=500)
    )
