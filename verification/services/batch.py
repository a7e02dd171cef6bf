"""Initial verification of many rows, each exactly as if the user had entered it (S2.4)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from save_portal.accounts.models import User
from save_portal.accounts.tenancy import scope_for
from verification.enums import Outcome
from verification.errors import CaseError, DuplicateCase
from verification.models import Case
from verification.services import initial
from verification.services.world import submission_of

INPUT = (
    "row_id",
    "family_name",
    "given_name",
    "middle_name",
    "date_of_birth",
    "document_type",
    "a_number",
    "i94_number",
    "sevis_id",
    "card_number",
    "naturalization_certificate",
    "citizenship_certificate",
    "passport_number",
    "passport_country",
    "visa_number",
    "document_expires_on",
    "benefit",
    "agency_reference",
)
OUTPUT = (
    "row_id",
    "case_number",
    "outcome",
    "reasons",
    "statement_code",
    "statement",
    "class_of_admission",
    "record_refs",
)


@dataclass(slots=True)
class BatchResult:
    """How many rows were read, confirmed, not confirmed, and refused."""

    rows: int = 0
    confirmed: int = 0
    unconfirmed: int = 0
    refused: int = 0


def verify_batch(
    source: Path,
    target: Path,
    *,
    by: User,
    clock: Callable[[], datetime],
    progress: Callable[[int], None] | None = None,
) -> BatchResult:
    """Verify each row of `source` and write its answer to `target`, row by row.

    A row that duplicates an open case gives that case's number and answer, without a new case or
    charge. A refused row has the outcome `refused` and the sentence in `statement`. Memory does
    not grow with the number of rows.
    """
    result = BatchResult()
    with (
        source.open(newline="", encoding="utf-8-sig") as incoming,
        target.open("w", newline="", encoding="utf-8") as outgoing,
    ):
        reader = csv.DictReader(incoming)
        if missing := [name for name in INPUT if name not in (reader.fieldnames or [])]:
            raise CaseError(f"The file lacks the column(s) {', '.join(missing)}.")
        writer = csv.DictWriter(outgoing, OUTPUT)
        writer.writeheader()
        for row in reader:
            answer = _verify(row, by=by, at=clock())
            writer.writerow(answer)
            result.rows += 1
            if answer["outcome"] == Outcome.CONFIRMED:
                result.confirmed += 1
            elif answer["outcome"] == "refused":
                result.refused += 1
            else:
                result.unconfirmed += 1
            if progress:
                progress(result.rows)
    return result


def _verify(row: dict[str, str], *, by: User, at: datetime) -> dict[str, str | int]:
    try:
        with scope_for(by):
            case = initial.initiate(by=by, at=at, submission=submission_of(row))
            return _answer(row["row_id"], case)
    except DuplicateCase as duplicate:
        with scope_for(by):
            return _answer(row["row_id"], Case.objects.get(number=duplicate.number))
    except CaseError as refusal:
        return {"row_id": row["row_id"], "outcome": "refused", "statement": str(refusal)}


def _answer(row_id: str, case: Case) -> dict[str, str | int]:
    answer = case.initial_answers.last()
    assert answer is not None
    returned = answer.returned or {}
    return {
        "row_id": row_id,
        "case_number": case.number,
        "outcome": answer.outcome,
        "reasons": ";".join(answer.reasons),
        "statement_code": answer.statement_code,
        "statement": answer.statement,
        "class_of_admission": returned.get("class_of_admission", {}).get("value", ""),
        "record_refs": ";".join(answer.record_refs),
    }
