"""Scheduled work of the cases; each task is a thin caller of a service."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from verification.services import closing, correction, reminders, sources


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
