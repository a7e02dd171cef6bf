"""Scheduled work of the cases; each task is a thin caller of a service."""

from datetime import UTC, datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from verification.services import (
    batch_work,
    batches,
    closing,
    correction,
    reminders,
    sandbox,
    sources,
)


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="close_stale_cases", pass_context=False)
def close_stale_cases(timestamp: int) -> None:
    """Hourly: close after 180 days without action, warn 14 and 3 days before (S3.6)."""
    closing.close_stale(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="settle_corrections", pass_context=False)
def settle_corrections(timestamp: int) -> None:
    """Hourly: close what the sources' uploads have put right, and tell the agencies (S3.10)."""
    correction.settle(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="27 * * * *")
@app.task(queueing_lock="watch_sources", pass_context=False)
def watch_sources(timestamp: int) -> None:
    """Hourly: program officers hear of uploads that are missing, stale, or unlike the others."""
    sources.warn(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="47 * * * *")
@app.task(queueing_lock="send_reminders", pass_context=False)
def send_reminders(timestamp: int) -> None:
    """Hourly: prompts that nobody acts on, answers not read, forms not mailed, overdue reviews."""
    reminders.send_due(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.task(name=batches.TASK)
def work_on_batch(batch_id: int) -> None:
    """A batch for some seconds, then whatever else waits, then the batch again."""
    if batch_work.work_on(batch_id=batch_id, clock=timezone.now):
        batch_work.take_up(batch_id=batch_id)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="take_up_batches", pass_context=False)
def take_up_batches(timestamp: int) -> None:
    """Each minute: batches whose worker was killed."""
    batch_work.take_up_all()


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="expire_batches", pass_context=False)
def expire_batches(timestamp: int) -> None:
    """Hourly: files that nobody went on with, and what nobody needs any more."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    batch_work.expire(at=at)
    batch_work.sweep(at=at)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="run_sandboxes", pass_context=False)
def run_sandboxes(timestamp: int) -> None:
    """Every five minutes: what the clocks of sandboxes say is due, verifiers' answers too."""
    sandbox.run_all(at=timezone.now())
