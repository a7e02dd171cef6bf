"""The workers' part of batches: checking a file, asking its rows, and what is removed when.

The check divides the file into chunks. A chunk is one transaction, which holds the chunk's row:
the cases, what became of each row, and that it is done are written together. Any number of workers
takes chunks of one batch side by side; one that is killed leaves whole chunks behind, and the
others ask what is left. At its end a chunk holds the batch's row for a moment, adds its counts,
and is undone whole where somebody has paused or cancelled the batch meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from time import monotonic
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef

from save_portal import rows
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import agency_scope, whole_scope
from save_portal.documents import storing
from save_portal.machines import sandbox
from save_portal.machines.models import Client
from verification.enums import Outcome
from verification.errors import CaseError, DuplicateCase, InvalidSubmission, NotPermitted
from verification.lifecycles.batch import BatchStatus
from verification.models import Batch, BatchChunk, BatchFault, BatchRow
from verification.models.batch import BatchQuerySet
from verification.rules.batch_faults import faults_of
from verification.rules.submission import Submission
from verification.services import initial
from verification.services.batch import last_answers
from verification.services.batch_file import (
    MOST_ROWS,
    FileRefused,
    Reader,
    Record,
    row_id_of,
    submission_in,
)
from verification.services.batches import FOLDER, GOING_ON, go_on, note, remove_file, tell
from verification.services.initial import Begun

CHUNK = 250
CHECKED_AT_ONCE = 2_000
# After so long the batch goes behind whatever else waits for the worker.
SECONDS = 5.0
MOST_FAULTY_LISTED = 10_000
RESTS_FOR = timedelta(days=14)
ROWS_KEPT = timedelta(days=180)

logger = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
Judged = Submission | CaseError


class Rests(Exception):
    """The batch was paused or cancelled, or is somebody else's by now; the chunk is undone."""


def work_on(*, batch_id: int, clock: Clock, seconds: float = SECONDS) -> bool:
    """Go on with a batch for about so many seconds; whether there is more to do.

    What keeps its person from asking anything (the agreement, the training, the account) pauses
    it with that sentence; so does a failure of ours, which undoes its chunk.
    """
    with whole_scope():
        batch = Batch.objects.underway().filter(pk=batch_id).first()
        ahead = sandbox.ahead_of(batch.agency_id) if batch is not None else timedelta(0)
    if batch is None:
        return False

    def now() -> datetime:
        """In a sandbox, what its clock shows."""
        return clock() + ahead

    chunk = _check_chunk if batch.status == BatchStatus.CHECKING else _ask_chunk
    until = monotonic() + seconds
    try:
        with storing.lines_of(batch.stored_as) as file:
            more = chunk(batch, file, now)
            if more and batch.status == BatchStatus.RUNNING:
                take_up(batch_id=batch_id)  # there is enough for another worker
            while more and monotonic() < until:
                more = chunk(batch, file, now)
            return more
    except Rests:
        return False
    except (OperationalError, InterfaceError):
        raise
    except CaseError as refused:
        _stop(batch, refused.message, at=now())
    except Exception:
        why = "The portal failed on its side. The rows at hand were neither asked nor charged."
        # Where another worker has ended it meanwhile, its file is gone, and nothing has failed.
        if _stop(batch, f"{why} Go on, or upload the file again.", at=now()):
            logger.exception("batch.failed", batch_id=batch_id)
    return False


def take_up(*, batch_id: int) -> None:
    """Have a worker go on with it behind whatever else waits."""
    with whole_scope():
        for batch in Batch.objects.underway().filter(pk=batch_id):
            go_on(batch, priority=GOING_ON)


def take_up_all() -> int:
    """Have the worker go on with whatever is underway; the number of batches."""
    with whole_scope():
        found = list(Batch.objects.underway())
        for batch in found:
            go_on(batch, priority=GOING_ON)
    return len(found)


def expire(*, at: datetime) -> int:
    """Remove files that nobody went on with, and rows of long ago; the number of batches."""
    with whole_scope():
        resting = Batch.objects.select_for_update(of=("self",), no_key=True).filter(
            status__in=(BatchStatus.CHECKED, BatchStatus.PAUSED), rests_since__lt=at - RESTS_FOR
        )
        touched = 0
        for batch in resting.select_related("created_by", "asked_by"):
            batch.expire(at=at)
            remove_file(batch, at=at)
            batch.save()
            note("batch.expired", batch, by=None, at=at, data={"done": batch.done})
            tell(batch, "expired", at=at)
            touched += 1
        old = Batch.objects.filter(ended_at__lt=at - ROWS_KEPT)
        for kept in (BatchRow, BatchFault, BatchChunk):
            left = kept.objects.filter(batch=OuterRef("pk"))
            for batch in old.filter(Exists(left)):
                kept.objects.filter(batch=batch).delete()
                touched += 1
    return touched


def sweep(*, at: datetime) -> int:
    """Remove files that a killed upload left without a batch, of the days before yesterday."""
    swept = 0
    for back in range(1, storing.SWEEP_DAYS + 1):
        folder = f"{FOLDER}/{at - timedelta(days=back):%Y/%m/%d}"
        try:
            _, names = storing.documents().listdir(folder)
        except FileNotFoundError:
            continue
        lying = {f"{folder}/{name}" for name in names}
        with whole_scope():
            known = Batch.objects.filter(stored_as__in=lying, file_removed_at__isnull=True)
            kept = set(known.values_list("stored_as", flat=True))
        for name in lying - kept:
            storing.documents().delete(name)
            swept += 1
    return swept


def _batch(batch: Batch, status: BatchStatus) -> BatchQuerySet:
    """The batch with its people, unless it rests by now."""
    return Batch.objects.select_related(
        "created_by__agency",
        "created_by__group",
        "created_by__department",
        "asked_by__agency",
        "asked_by__group",
        "asked_by__department",
    ).filter(pk=batch.pk, status=status)


def _check_chunk(known: Batch, file: storing.Lines, clock: Clock) -> bool:
    """Look at some rows; whether there are more."""
    with agency_scope(known.agency_id):
        # Where a row begins is known from the rows before it alone: one worker checks.
        free = _batch(known, BatchStatus.CHECKING).select_for_update(
            of=("self",), no_key=True, skip_locked=True
        )
        batch = free.first()
        if batch is None:
            return False
        at, by = clock(), batch.created_by
        reader = Reader(file, at=batch.checked_to, lines=batch.checked_lines)
        found = list(islice(reader.records(), CHECKED_AT_ONCE))
        judged = _judged(found, batch, by=by)
        asked = [one for one in judged if isinstance(one, Submission)]
        verdicts = iter(initial.check_all(by=by, at=at, submissions=asked))
        wrong = [
            (record, refusal)
            for record, one in zip(found, judged, strict=True)
            if (refusal := next(verdicts) if isinstance(one, Submission) else one) is not None
        ]
        if batch.faulty < MOST_FAULTY_LISTED:
            _list_faults(batch, wrong)
        _divide(batch, found)
        batch.rows += len(found)
        batch.faulty += len(wrong)
        if found:
            batch.checked_to, batch.checked_lines = found[-1].ends_at, found[-1].lines
        if batch.rows > MOST_ROWS:
            raise FileRefused(f"The file has more than {MOST_ROWS:,} rows. Divide it.")
        at_its_end = len(found) < CHECKED_AT_ONCE
        if at_its_end:
            _end_check(batch, at=at)
        batch.save()
    return not at_its_end


def _divide(batch: Batch, found: Sequence[Record]) -> None:
    """Write the chunks in which these rows will be asked."""
    firsts = range(0, len(found), CHUNK)
    BatchChunk.objects.bulk_create(
        BatchChunk(
            agency_id=batch.agency_id,
            batch=batch,
            starts_at=found[first - 1].ends_at if first else batch.checked_to,
            lines=found[first - 1].lines if first else batch.checked_lines,
            rows=min(CHUNK, len(found) - first),
        )
        for first in firsts
    )


def _end_check(batch: Batch, *, at: datetime) -> None:
    if batch.fit:
        batch.accept(at=at)
        verb = "checked"
    else:
        why = "No row of it can be asked." if batch.rows else "The file has no row below its header"
        batch.reject(why=f"{why} Correct the file and upload it again.", at=at)
        remove_file(batch, at=at)
        verb = "rejected"
    counted = {"rows": batch.rows, "faulty": batch.faulty}
    note(f"batch.{verb}", batch, by=None, at=at, data=counted)
    tell(batch, verb, at=at)


def _list_faults(batch: Batch, wrong: Iterable[tuple[Record, CaseError]]) -> None:
    rows.insert(
        BatchFault._meta.db_table,
        [
            {
                "agency_id": batch.agency_id,
                "batch_id": batch.pk,
                "line": record.line,
                "row_id": row_id_of(record, batch.columns),
                "field": field,
                "rule": rule,
                "remedy": remedy,
            }
            for record, refusal in wrong
            for field, rule, remedy in faults_of(refusal)
        ],
    )


def _ask_chunk(known: Batch, file: storing.Lines, clock: Clock) -> bool:
    """Ask the rows of a chunk that nobody else is asking; whether there may be another."""
    with agency_scope(known.agency_id):
        running = _batch(known, BatchStatus.RUNNING)
        batch = running.first()
        if batch is None:
            return False
        at, by = clock(), batch.asked_by
        assert by is not None
        if not by.is_active:
            raise NotPermitted(
                f"The account of {by.full_name} has ended. Somebody else can resume the batch."
            )
        waiting = BatchChunk.objects.filter(batch=batch, is_done=False).order_by("starts_at")
        chunk = waiting.select_for_update(skip_locked=True, no_key=True).first()
        if chunk is None:
            return False
        reader = Reader(file, at=chunk.starts_at, lines=chunk.lines)
        found = list(islice(reader.records(), chunk.rows))
        judged = _judged(found, batch, by=by)
        asked = [one for one in judged if isinstance(one, Submission)]
        begun = iter(initial.initiate_all(by=by, at=at, submissions=asked))
        results = [next(begun) if isinstance(one, Submission) else one for one in judged]
        batch = running.select_for_update(of=("self",), no_key=True).filter(asked_by=by).first()
        if batch is None:
            raise Rests
        _write_rows(batch, found, results)
        chunk.is_done = True
        chunk.save(update_fields=["is_done"])
        at_its_end = batch.done >= batch.rows
        if at_its_end:
            batch.finish(at=at)
            remove_file(batch, at=at)
            counted = {"confirmed": batch.confirmed, "unconfirmed": batch.unconfirmed}
            counted |= {"found_open": batch.found_open, "refused": batch.refused}
            note("batch.finished", batch, by=None, at=at, data=counted)
            tell(batch, "finished", at=at)
        batch.save()
    return not at_its_end


def _write_rows(batch: Batch, found: list[Record], results: list[Begun | CaseError]) -> None:
    """What became of each, and the counts of it."""
    numbers = [one.number for one in results if isinstance(one, DuplicateCase)]
    known = last_answers(numbers)
    written: list[dict[str, Any]] = []
    for record, result in zip(found, results, strict=True):
        row: dict[str, Any] = {
            "agency_id": batch.agency_id,
            "batch_id": batch.pk,
            "line": record.line,
            "row_id": row_id_of(record, batch.columns),
            "case_id": None,
            "found_open": False,
            "refusal": "",
            "rule": "",
        }
        outcome = ""
        if isinstance(result, Begun):
            row["case_id"], outcome = result.row["id"], result.answer.outcome
        elif isinstance(result, DuplicateCase) and result.number in known:
            last = known[result.number]
            row["case_id"], outcome = last.case_id, last.outcome
            row["found_open"] = True
            batch.found_open += 1
        else:
            row["refusal"], row["rule"] = result.message[:600], _rule_of(result)
            batch.refused += 1
        if outcome == Outcome.CONFIRMED:
            batch.confirmed += 1
        elif row["case_id"] is not None:
            batch.unconfirmed += 1
        written.append(row)
    batch.done += len(written)
    rows.insert(BatchRow._meta.db_table, written)


def _rule_of(refusal: CaseError) -> str:
    return next((rule for _, rule, _ in faults_of(refusal) if rule), "")


def _judged(found: Iterable[Record], batch: Batch, *, by: User) -> list[Judged]:
    """Each row as a question, or what is wrong with it before any rule of the program."""
    judged: list[Judged] = [submission_in(record, batch.columns) for record in found]
    if by.role != Role.MACHINE:
        return judged
    client = Client.objects.get(user=by)
    return [_bound(one, client) if isinstance(one, Submission) else one for one in judged]


def _bound(submission: Submission, client: Client) -> Judged:
    """A question of a machine: only for the benefits that its client is bound to (S5.3)."""
    foreign = [code for code in submission.benefits if code not in client.benefits]
    if foreign:
        return InvalidSubmission(
            {
                "benefits": f"This client may not ask for {', '.join(foreign)[:60]}: it is bound "
                f"to {', '.join(client.benefits)}."
            }
        )
    return replace(submission, channel="machine_batch")


def _stop(known: Batch, why: str, *, at: datetime) -> bool:
    """Reject what was being checked, pause what was running; whether it was underway still."""
    with agency_scope(known.agency_id):
        held = _batch(known, BatchStatus(known.status))
        batch = held.select_for_update(of=("self",), no_key=True).first()
        if batch is None:
            return False
        if batch.status == BatchStatus.CHECKING:
            batch.reject(why=why[:400], at=at)
            remove_file(batch, at=at)
            verb = "rejected"
        else:
            batch.pause(why=why[:400], at=at)
            verb = "paused"
        batch.save()
        note(f"batch.{verb}", batch, by=None, at=at, data={"done": batch.done})
        tell(batch, verb, at=at)
    return True
