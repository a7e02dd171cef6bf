"""Scheduled work of agreements."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from agreements.services import standing


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="agreements_timetable", pass_context=False)
def agreements_timetable(timestamp: int) -> None:
    """Hourly: ends are announced 90, 30 and 7 days before, and terms end (S5)."""
    standing.run_timetable(at=datetime.fromtimestamp(timestamp, tz=UTC))
