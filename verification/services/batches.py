"""Batches: taking in a file, starting, pausing, resuming and cancelling it (S2.4).

What the worker does with it is in `batch_work.py`. A batch is for its agency alone; whoever asks
by it may ask one by one, and nothing more.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django_fsm import can_proceed
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.documents import storing
from save_portal.machines import webhooks
from save_portal.outbox import queue
from verification import policies
from verification.errors import CaseError, InvalidSubmission, WrongStatus
from verification.lifecycles.batch import ENDED, BatchStatus
from verification.models import Batch
from verification.services import initial
from verification.services.batch_file import MOST_BYTES, FileRefused, header_of

FOLDER = "batches"
MOST_OPEN = 10
TASK = "verification.work_on_batch"
# What was begun goes on behind all that is only now asked for, another agency's small batch too.
FIRST, GOING_ON = 0, -1
NOT_NOW = {
    "start": "Only a batch that was checked and is ready can be started.",
    "pause": "Only a batch that is running can be paused.",
    "resume": "Only a batch that is paused can be resumed.",
    "cancel": "The batch has ended already.",
}


class NoSuchBatch(CaseError):
    """Not there, or not for this person to see."""

    status_code = 404


@transaction.atomic
def upload(*, file: File[bytes], name: str, by: User, at: datetime) -> Batch:
    """Keep a file and have it checked; nothing is asked or charged before it is started.

    The same file of the same person, while its batch has not ended, is that batch. Raises
    `InvalidSubmission` under `file` with what is wrong with it and what helps, and what keeps `by`
    from asking at all.
    """
    policies.check_can_initiate(by=by)
    initial.check_all(by=by, at=at, submissions=())
    agency_id = by.agency_id
    assert agency_id is not None
    if not file.size or file.size > MOST_BYTES:
        raise InvalidSubmission(
            {"file": too_large() if file.size else "The file is empty. Choose another."}
        )
    try:
        header = header_of(file)
    except FileRefused as refused:
        raise InvalidSubmission({"file": refused.message}) from None
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    mine = Batch.objects.filter(created_by=by).exclude(status__in=ENDED)
    if (there := mine.filter(sha256=digest).first()) is not None:
        return there
    if Batch.objects.filter(agency_id=agency_id).exclude(status__in=ENDED).count() >= MOST_OPEN:
        raise CaseError(
            f"Your agency has {MOST_OPEN} batches that have not ended. Finish or cancel one first."
        )
    batch = Batch(
        agency_id=agency_id,
        created_by=by,
        created_at=at,
        name=storing.tidy_name(name),
        stored_as=f"{FOLDER}/{at:%Y/%m/%d}/{uuid.uuid4().hex}.csv",
        size=file.size,
        sha256=digest,
        columns=header.cells,
        checked_to=header.ends_at,
        checked_lines=header.lines,
    )
    try:
        storing.documents().save(batch.stored_as, file)
        with transaction.atomic():
            batch.save()
    except IntegrityError:  # a second tab was first
        storing.documents().delete(batch.stored_as)
        return mine.get(sha256=digest)
    except BaseException:
        storing.documents().delete(batch.stored_as)
        raise
    note("batch.uploaded", batch, by=by, at=at, data={"bytes": batch.size, "sha256": digest})
    go_on(batch)
    return batch


def too_large() -> str:
    return f"A batch has at most {MOST_BYTES // 1_000_000} MB. Divide the file."


@transaction.atomic
def start(*, key: uuid.UUID, by: User, at: datetime) -> Batch:
    """Ask its rows from now on, as `by`: each is charged as one that is typed (S3.1)."""
    batch = _lock(key, "start", by=by)
    _check_may_ask(by=by, at=at)
    batch.start()
    batch.asked_by, batch.started_at = by, at
    batch.save()
    note("batch.started", batch, by=by, at=at, data={"rows": batch.rows, "fit": batch.fit})
    go_on(batch)
    return batch


@transaction.atomic
def pause(*, key: uuid.UUID, by: User, at: datetime) -> Batch:
    """Ask no further row for now. Of chunks that are being asked at this moment nothing stays."""
    batch = _lock(key, "pause", by=by)
    batch.pause(why=f"Paused by {by.full_name}.", at=at)
    batch.save()
    note("batch.paused", batch, by=by, at=at, data={"done": batch.done})
    return batch


@transaction.atomic
def resume(*, key: uuid.UUID, by: User, at: datetime) -> Batch:
    """Go on behind the last row, as `by`."""
    batch = _lock(key, "resume", by=by)
    _check_may_ask(by=by, at=at)
    batch.resume()
    batch.asked_by = by
    batch.save()
    note("batch.resumed", batch, by=by, at=at, data={"done": batch.done})
    go_on(batch)
    return batch


@transaction.atomic
def cancel(*, key: uuid.UUID, by: User, at: datetime) -> Batch:
    """Ask no further row, and remove the file. Cases that were begun stay, with their duties."""
    batch = _lock(key, "cancel", by=by)
    batch.cancel(at=at)
    remove_file(batch, at=at)
    batch.save()
    note("batch.cancelled", batch, by=by, at=at, data={"done": batch.done})
    return batch


def go_on(batch: Batch, *, priority: int = FIRST) -> None:
    """Have a worker take it up once the transaction is through; asked twice is asked once."""
    lock = f"batch-{batch.pk}"
    try:
        with transaction.atomic():
            app.configure_task(TASK, queueing_lock=lock, priority=priority).defer(batch_id=batch.pk)
    except AlreadyEnqueued:
        pass


def remove_file(batch: Batch, *, at: datetime) -> None:
    """The rows' data are in the cases, or are not wanted any more; the caller saves the batch."""
    if batch.file_removed_at is None:
        batch.file_removed_at = at
        stored_as = batch.stored_as
        transaction.on_commit(lambda: storing.documents().delete(stored_as))


def tell(batch: Batch, what: str, *, at: datetime) -> None:
    """Word that it waits for somebody or has ended: to a person by mail, to machines by call."""
    person = batch.asked_by or batch.created_by
    words = str(BatchStatus(batch.status).label).lower()
    queue.mail(
        to_user_id=person.pk,
        template="batch",
        context={"key": str(batch.key), "what": words, "why": batch.why_stopped},
        key=f"batch:{batch.pk}:{what}:{batch.done}:{at.isoformat()}",
    )
    webhooks.announce(
        agency_id=batch.agency_id,
        key=f"batch:{batch.pk}:{what}:{at.isoformat()}",
        kind=f"batch.{what}",
        at=at,
        data={"batch": f"/api/v1/batches/{batch.key}"},
    )


def note(
    verb: str, batch: Batch, *, by: User | None, at: datetime, data: Mapping[str, Any]
) -> None:
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="batch",
        subject_id=batch.key,
        agency_id=batch.agency_id,
        data=dict(data),
    )


def _lock(key: uuid.UUID, act: str, *, by: User) -> Batch:
    """The batch, locked, if this person may do this with it now."""
    policies.check_can_initiate(by=by)
    batch = (
        Batch.objects.visible_to(by)
        .select_for_update(of=("self",), no_key=True)
        .select_related("created_by", "asked_by")
        .filter(key=key)
        .first()
    )
    if batch is None:
        raise NoSuchBatch("There is no such batch among those you may see.")
    if not can_proceed(getattr(batch, act)):
        raise WrongStatus(f"{NOT_NOW[act]} It is: {BatchStatus(batch.status).label.lower()}.")
    return batch


def _check_may_ask(*, by: User, at: datetime) -> None:
    """Raise what keeps this person from asking anything (S5.1)."""
    initial.check_all(by=by, at=at, submissions=())
