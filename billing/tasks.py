"""Scheduled work of billing."""

from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

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
