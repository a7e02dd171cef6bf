"""All cases that a person may see, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from save_portal.accounts.models import User
from save_portal.web.keyset import Page, paginate
from verification import deadlines
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
}


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page of the list; `next` and `previous` are cursors for the address."""

    rows: list[CaseRow]
    next: str | None
    previous: str | None
    filters: CaseFilters
    sort: str


def today_of(user: User, at: datetime) -> date:
    """The day at the reader's agency; an office reads the portal's own."""
    return deadlines.local_date(at, user.agency.time_zone if user.agency else settings.TIME_ZONE)


def case_list(
    *, user: User, at: datetime, filters: CaseFilters, sort: str = "-created", cursor: str | None
) -> CaseList:
    """One query, whatever the number of cases; unknown sorts count as newest first."""
    sort = sort if sort in SORTS else "-created"
    today = today_of(user, at)
    cases = with_last_answer(filters.apply(Case.objects.visible_to(user), user=user, today=today))
    page: Page[Case] = paginate(cases, order=SORTS[sort], cursor=cursor, size=SIZE)
    rows = [row_of(case, today) for case in page.rows]
    return CaseList(rows, page.next, page.previous, filters, sort)


def export_rows(*, user: User, at: datetime, filters: CaseFilters) -> Iterator[Case]:
    """The filtered cases for an export, newest first, at most 10,000."""
    today = today_of(user, at)
    cases = filters.apply(Case.objects.visible_to(user), user=user, today=today)
    return (
        cases.select_related("handled_by")
        .order_by("-created_at", "-id")[:EXPORTED]
        .iterator(chunk_size=500)
    )
