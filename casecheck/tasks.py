"""Scheduled work of CaseCheck."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from casecheck import counting, lookup, notices


@app.periodic(cron="47 * * * *")
@app.task(queueing_lock="forget_misses", pass_context=False)
def forget_misses(timestamp: int) -> None:
    """Hourly: look-ups that found nothing are forgotten after two hours, notices when they end."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    lookup.forget(at=at)
    notices.forget(at=at)


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="tell_applicants", pass_context=False)
def tell_applicants(timestamp: int) -> None:
    """Every two minutes: whoever wants to know that a case changed is told."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    notices.tell_changes(at=at)
    notices.tell_wrongful_disclosures(at=at)


@app.periodic(cron="20 7 * * *")
@app.task(queueing_lock="roll_up_figures", pass_context=False)
def roll_up_figures(timestamp: int) -> None:
    """Each night: the open figures of this month and of the one before."""
    counting.roll_up(months=2, at=datetime.fromtimestamp(timestamp, tz=UTC))
