"""Showing and exporting the results of a batch: each look at what a record said is disclosed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import scope_for
from save_portal.web.keyset import encode
from verification.models import Batch, BatchFault
from verification.selectors.batches import Result, answered, faults_of, results_of

AT_ONCE = 1_000


def disclose(results: Iterable[Result], *, by: User, at: datetime) -> None:
    """One event for each row that shows something out of a record (S10.3). One query, or none."""
    audit.disclose_all(
        [
            audit.disclosure(
                by=by,
                at=at,
                agency_id=by.agency_id,
                person_ref=result.answer.person_ref,
                fields=["class_of_admission"],
                purpose=",".join(result.row.case.benefits),
                case_number=result.row.case.number,
            )
            for result in results
            if result.answer is not None
            and result.row.case is not None
            and result.answer.returned is not None
        ]
    )


def export(batch: Batch, *, by: User, clock: Callable[[], datetime]) -> Iterator[Result]:
    """All results that there are by now. Some rows a transaction, for as long as it is read."""
    line = 0
    while True:
        with scope_for(by):
            page = results_of(batch, cursor=encode([line]), size=AT_ONCE)
            found = answered(page.rows)
            disclose(found, by=by, at=clock())
        yield from found
        if page.next is None:
            return
        line = found[-1].row.line


def export_faults(batch: Batch, *, by: User) -> Iterator[BatchFault]:
    """All faults that were listed."""
    cursor: str | None = None
    while True:
        with scope_for(by):
            page = faults_of(batch, cursor=cursor, size=AT_ONCE)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return
