"""Scheduled work of training."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from agreements.training import services
from save_portal.accounts.tenancy import system_scope


@app.periodic(cron="20 12 * * *")
@app.task(name="remind_of_training", queueing_lock="remind_of_training")
def remind_of_training(timestamp: int) -> None:
    """Daily: whose training runs out, or whose tutorial has changed. Each is told once."""
    with system_scope():
        services.remind(at=datetime.fromtimestamp(timestamp, tz=UTC))
