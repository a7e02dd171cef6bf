"""Initial verification of many rows, each exactly as if the user had entered it (S2.4).

Rows are verified a chunk a transaction, by the very service that verifies one
(`initial.initiate_all`). The answers of a chunk are written to `OUT.csv.partial` after its commit;
the file gets its name when all rows are done. After a kill the same command goes on behind the
last whole chunk. What was committed but not yet written is found again as a duplicate, and gives
the same case without a second charge.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO

from save_portal.accounts.models import User
from save_portal.accounts.tenancy import scope_for
from verification.enums import Outcome
from verification.errors import CaseError, DuplicateCase, InvalidSubmission
from verification.models import InitialAnswer
from verification.records.answer import Answer as SearchAnswer
from verification.rules.submission import Submission
from verification.services import initial
from verification.services.apart import Worker, apart
from verification.services.batch_row import DATES, submission_of
from verification.services.initial import Begun

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
CHUNK = 250
FAULT = "fault"  # in a row that cannot be asked: why
Row = dict[str, str]
Answer = dict[str, str | int]


@dataclass(slots=True)
class BatchResult:
    """How many rows were read, confirmed, not confirmed, and refused; `resumed` of them before."""

    rows: int = 0
    confirmed: int = 0
    unconfirmed: int = 0
    refused: int = 0
    resumed: int = 0

    def count(self, outcome: str) -> None:
        self.rows += 1
        if outcome == Outcome.CONFIRMED:
            self.confirmed += 1
        elif outcome == "refused":
            self.refused += 1
        else:
            self.unconfirmed += 1


def verify_batch(
    source: Path,
    target: Path,
    *,
    by: User,
    clock: Callable[[], datetime],
    progress: Callable[[int], None] | None = None,
    workers: int = 1,
) -> BatchResult:
    """Verify each row of `source` and write its answer to `target`, in the order of the rows.

    A row that duplicates an open case gives that case's number and answer, without a new case or
    charge. A refused row has the outcome `refused` and the sentence in `statement`. A file that
    cannot be read to its end is refused before anything is asked. Memory does not grow with the
    number of rows. `progress` is called with the number of rows done. More than one of `workers`
    are processes of their own, each with a chunk at a time: for commands, outside any transaction
    and thread.
    """
    result = BatchResult()
    partial = target.with_name(f"{target.name}.partial")
    for _ in _rows(source):
        pass
    with (
        closing(_rows(source)) as rows,
        partial.open("a+", newline="", encoding="utf-8") as outgoing,
    ):
        _resume(outgoing, rows, result)
        writer = csv.DictWriter(outgoing, OUTPUT)
        for answers in _answered(rows, Asking(by, clock), workers):
            writer.writerows(answers)
            outgoing.flush()
            for answer in answers:
                result.count(str(answer["outcome"]))
            if progress:
                progress(result.rows)
        os.fsync(outgoing.fileno())
    partial.replace(target)
    return result


def _rows(source: Path) -> Generator[Row]:
    """The rows of the file, each with the columns of a batch alone. Raises `CaseError`."""
    with source.open("rb") as file:
        reader = csv.reader(_lines(file), strict=True)
        try:
            header = next(reader, [])
            if missing := [name for name in INPUT if name not in header]:
                raise CaseError(f"The file lacks the column(s) {', '.join(missing)}.")
            if twice := [name for name in INPUT if header.count(name) > 1]:
                raise CaseError(f"The file has the column(s) {', '.join(twice)} twice.")
            places = {name: header.index(name) for name in INPUT}
            for cells in reader:
                if len(cells) == len(header):
                    yield {name: cells[place] for name, place in places.items()}
                elif cells:  # a blank line is no row
                    whole = dict(zip(header, cells, strict=False))
                    yield {
                        "row_id": whole.get("row_id", ""),
                        FAULT: f"The row has {len(cells)} cells, the header {len(header)}.",
                    }
        except csv.Error as error:
            raise CaseError(
                f"The row that ends in line {reader.line_num} cannot be read: {error}."
            ) from error


def _lines(file: IO[bytes]) -> Iterator[str]:
    for number, raw in enumerate(file, 1):
        try:
            yield raw.removeprefix(codecs.BOM_UTF8 if number == 1 else b"").decode("utf-8")
        except UnicodeDecodeError as error:
            raise CaseError(f"Line {number} is not UTF-8. Save the file as CSV UTF-8.") from error


def _resume(outgoing: io.TextIOWrapper, rows: Iterator[Row], result: BatchResult) -> None:
    """Count what an earlier run wrote, pass its rows over, and cut off a line it did not finish."""
    outgoing.seek(0)
    kept = 0
    header = outgoing.readline()
    if header.strip() != ",".join(OUTPUT):
        if header.endswith("\n"):
            raise CaseError(
                f"{outgoing.name} is not the beginning of a batch's answers. Remove it."
            )
        outgoing.seek(0)
        outgoing.truncate()
        csv.writer(outgoing).writerow(OUTPUT)
        return
    kept = outgoing.tell()
    while (line := outgoing.readline()).endswith("\n"):
        [cells] = csv.reader([line])
        row = next(rows, None)
        if row is None or len(cells) != len(OUTPUT) or cells[0] != row["row_id"]:
            raise CaseError(
                f"{outgoing.name} holds answers to other rows. Remove it to begin this file anew."
            )
        result.count(cells[OUTPUT.index("outcome")])
        kept = outgoing.tell()
    outgoing.seek(kept)
    outgoing.truncate()
    result.resumed = result.rows


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and what tells the time: what verifying a chunk needs besides its rows."""

    by: User
    clock: Callable[[], datetime]

    def verify(self, chunk: list[Row]) -> list[Answer]:
        """The answers to the rows, in their order: one transaction, eight statements at most."""
        asked = [_asked(row) for row in chunk]
        submissions = [one for one in asked if isinstance(one, Submission)]
        with scope_for(self.by):
            begun = iter(initial.initiate_all(by=self.by, at=self.clock(), submissions=submissions))
            results = [next(begun) if isinstance(one, Submission) else one for one in asked]
            known = last_answers(one.number for one in results if isinstance(one, DuplicateCase))
        return [_answer(row["row_id"], one, known) for row, one in zip(chunk, results, strict=True)]


def _answered(rows: Iterator[Row], asking: Asking, workers: int) -> Iterator[list[Answer]]:
    """The answers chunk by chunk, in their order."""
    chunks = iter(lambda: list(islice(rows, CHUNK)), [])
    if workers == 1:
        yield from map(asking.verify, chunks)
        return
    with apart(asking.verify, workers) as crew:
        underway: deque[Worker[list[Row], list[Answer]]] = deque()
        for number, chunk in enumerate(chunks):
            if number >= workers:
                yield underway[0].result()
                underway.rotate(-1)
            else:
                underway.append(crew[number])
            underway[-1].begin(chunk)
        for worker in underway:
            yield worker.result()


def _asked(row: Row) -> Submission | CaseError:
    """The row as a submission, or why it cannot be one."""
    if FAULT in row:
        return CaseError(row[FAULT])
    for name in DATES:
        try:
            date.fromisoformat(row[name] or "2000-01-01")
        except ValueError:
            return InvalidSubmission({name: f"{name} is no date: write YYYY-MM-DD."})
    return submission_of(row)


def last_answers(numbers: Iterable[str]) -> dict[str, InitialAnswer]:
    """Case number → the last answer of the case. One query, or none."""
    wanted = list(numbers)
    if not wanted:
        return {}
    answers = InitialAnswer.objects.filter(case__number__in=wanted).select_related("case")
    return {answer.case.number: answer for answer in answers.order_by("at", "id")}


def _answer(row_id: str, result: Begun | CaseError, known: dict[str, InitialAnswer]) -> Answer:
    answer: SearchAnswer | InitialAnswer
    if isinstance(result, Begun):
        number, answer = result.number, result.answer
    elif isinstance(result, DuplicateCase):
        number, answer = result.number, known[result.number]
    else:
        return {"row_id": row_id, "outcome": "refused", "statement": str(result)}
    returned = answer.returned or {}
    return {
        "row_id": row_id,
        "case_number": number,
        "outcome": answer.outcome,
        "reasons": ";".join(answer.reasons),
        "statement_code": answer.statement_code,
        "statement": answer.statement,
        "class_of_admission": returned.get("class_of_admission", {}).get("value", ""),
        "record_refs": ";".join(answer.record_refs),
    }
