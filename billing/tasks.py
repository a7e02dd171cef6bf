"""Scheduled work of billing."""

from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

from billing.services import limits, reminding
from billing.services.invoicing import issue_month
from save_portal.calendar.federal import federal_calendar


@app.periodic(cron="5 14 * * *")
@app.task(queueing_lock="issue_invoices", pass_context=False)
def issue_invoices(timestamp: int) -> None:
    """Daily in the first days of a month: from its first federal working day on, the invoices.

    A day on which the worker did not run is made up for by the next; nothing is issued twice.
    """
    now = datetime.fromtimestamp(timestamp, tz=UTC)
    first = now.date().replace(day=1)
    if now.date() <= first + timedelta(days=10) and federal_calendar().is_working_day(now.date()):
        issue_month((first - timedelta(days=1)).replace(day=1), at=now)


@app.periodic(cron="20 14 * * *")
@app.task(queueing_lock="remind_of_invoices", pass_context=False)
def remind_of_invoices(timestamp: int) -> int:
    """Daily: invoices that are due soon, and those that are late."""
    return reminding.remind(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="40 * * * *")
@app.task(queueing_lock="warn_of_limits", pass_context=False)
def warn_of_limits(timestamp: int) -> int:
    """Hourly: agencies whose month comes near the limit that they set."""
    return limits.warn(at=datetime.fromtimestamp(timestamp, tz=UTC))
