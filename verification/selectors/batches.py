"""Batches as they are listed, one with its faults, and the results of its rows (S2.4).

Results stand in the order of the file and cannot be narrowed to those not confirmed: such a list
would be taken for a finding, and is none (S1.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django_fsm import can_proceed

from save_portal.accounts.models import User
from save_portal.web.keyset import Page, decode, paginate
from verification.enums import Outcome
from verification.lifecycles.batch import BatchStatus
from verification.lifecycles.case import CaseStatus
from verification.models import Batch, BatchChunk, BatchFault, BatchRow, InitialAnswer

NOT_A_FINDING = (
    "A row that is not confirmed says nothing about the person: no match does not mean unlawful "
    "presence, ineligibility or non-citizenship. It only means that the available records could "
    "not confirm."
)
DUTY = (
    "Tell the applicant, and ask for additional verification if the applicant wants it. "
    "Deny, reduce or end nothing meanwhile."
)
FAULTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a row: the row, and the last answer of its case (None: refused)."""

    row: BatchRow
    answer: InitialAnswer | None

    @property
    def outcome(self) -> str:
        """`confirmed`, `additional_verification` or `refused`."""
        if self.row.case_id is None:
            return "refused"
        if self.answer is None:
            return str(Outcome.ADDITIONAL_VERIFICATION)
        return self.answer.outcome

    @property
    def is_confirmed(self) -> bool:
        return self.outcome == Outcome.CONFIRMED

    @property
    def is_refused(self) -> bool:
        return self.outcome == "refused"

    @property
    def class_of_admission(self) -> str:
        returned = (self.answer.returned if self.answer else None) or {}
        return str(returned.get("class_of_admission", {}).get("value", ""))

    @property
    def may_ask_additional(self) -> bool:
        """Additional verification is prompted and nobody has asked for it (S3.7)."""
        case = self.row.case
        return case is not None and case.status == CaseStatus.INITIAL_UNCONFIRMED

    @property
    def notice(self) -> str:
        return NOT_A_FINDING if self.outcome == Outcome.ADDITIONAL_VERIFICATION else ""

    @property
    def duty(self) -> str:
        return DUTY if self.may_ask_additional else ""


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One batch with what may be done now, the first of its faults, and a page of its results."""

    batch: Batch
    acts: tuple[str, ...]
    faults: list[BatchFault]
    results: Page[BatchRow] | None
    rows: list[Result]

    @property
    def percent(self) -> int:
        """How much of the work at hand is done, 0 to 100."""
        return percent_of(self.batch)


def percent_of(batch: Batch) -> int:
    if batch.status == BatchStatus.CHECKING:
        return 100 * batch.checked_to // max(batch.size, 1)
    return 100 * batch.done // max(batch.rows, 1)


def acts_of(batch: Batch) -> tuple[str, ...]:
    """What whoever may see it can do with it now, asked of the life cycle."""
    acts = ("start", "pause", "resume", "cancel")
    return tuple(act for act in acts if can_proceed(getattr(batch, act)))


def find(*, user: User, key: UUID) -> Batch | None:
    """One query."""
    found = Batch.objects.visible_to(user).select_related("created_by", "asked_by")
    batch: Batch | None = found.filter(key=key).first()
    return batch


def batch_list(*, user: User, cursor: str | None, size: int = 25) -> Page[Batch]:
    """The newest first. One query."""
    found = Batch.objects.visible_to(user).select_related("created_by")
    return paginate(found, order=("-created_at", "-id"), cursor=cursor, size=size)


def batch_page(*, user: User, key: UUID, cursor: str | None, size: int = 50) -> BatchPage | None:
    """None where there is no such batch for this person. Four queries."""
    batch = find(user=user, key=key)
    if batch is None:
        return None
    faults = list(BatchFault.objects.filter(batch=batch).order_by("line", "id")[:FAULTS_SHOWN])
    page = results_of(batch, cursor=cursor, size=size)
    return BatchPage(batch, acts_of(batch), faults, page, answered(page.rows))


def results_of(batch: Batch, *, cursor: str | None, size: int) -> Page[BatchRow]:
    """What became of its rows, by line. One query, as long as most rows are a line each.

    Chunks are asked side by side, so a later one may be done before an earlier one. Its rows are
    shown once every row before them is: whoever reads on behind a line misses none. The lines that
    are looked through have an end, because PostgreSQL, whose statistics lag behind a batch that
    is growing, may read and sort all that lie behind the cursor.
    """
    waiting = BatchChunk.objects.filter(batch=batch, is_done=False).order_by("starts_at")
    shown_to = Coalesce(Subquery(waiting.values("lines")[:1]), 2**31 - 1)
    found = BatchRow.objects.filter(batch=batch, line__lte=shown_to).select_related("case")
    position = decode(cursor, 1) if cursor and is_line_cursor(cursor, 1) else None
    behind, wide = position[1][0] if position else 0, 2 * size
    while True:
        page = paginate(
            found.filter(line__lte=behind + wide), order=("line",), cursor=cursor, size=size
        )
        if page.next is not None or behind + wide >= batch.checked_lines:
            return page
        wide *= 8


def answered(rows: Iterable[BatchRow]) -> list[Result]:
    """The rows with the last answers of their cases. One query, or none."""
    found = list(rows)
    cases = [row.case_id for row in found if row.case_id is not None]
    last: dict[int, InitialAnswer] = {}
    if cases:
        answers = InitialAnswer.objects.filter(case_id__in=cases)
        for answer in answers.order_by("case_id", "-at", "-id").distinct("case_id"):
            last[answer.case_id] = answer
    return [Result(row, last.get(row.case_id) if row.case_id else None) for row in found]


def faults_of(batch: Batch, *, cursor: str | None, size: int) -> Page[BatchFault]:
    """Why rows cannot be asked, by line. One query."""
    found = BatchFault.objects.filter(batch=batch)
    return paginate(found, order=("line", "id"), cursor=cursor, size=size)


def is_batch_cursor(cursor: str) -> bool:
    """Whether a list of batches gave it: an instant and a number."""
    decoded = decode(cursor, 2)
    if decoded is None:
        return False
    instant, number = decoded[1]
    try:
        datetime.fromisoformat(str(instant))
    except ValueError:
        return False
    return _is_key(number)


def is_line_cursor(cursor: str, length: int) -> bool:
    """Whether a list of results (1) or faults (2) gave it: whole numbers."""
    decoded = decode(cursor, length)
    return decoded is not None and all(map(_is_key, decoded[1]))


def _is_key(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**31
