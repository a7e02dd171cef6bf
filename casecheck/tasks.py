"""Scheduled work of CaseCheck."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from casecheck import lookup


@app.periodic(cron="47 * * * *")
@app.task(queueing_lock="forget_misses", pass_context=False)
def forget_misses(timestamp: int) -> None:
    """Hourly: look-ups that found nothing are forgotten after two hours."""
    lookup.forget(at=datetime.fromtimestamp(timestamp, tz=UTC))
