"""The worker's part: what has run out is forgotten."""

from __future__ import annotations

from django.utils import timezone
from oauth2_provider.models import clear_expired
from procrastinate.contrib.django import app

from save_portal.accounts.tenancy import whole_scope
from save_portal.machines import repeating


@app.periodic(cron="20 4 * * *")
@app.task(name="forget_requests", queueing_lock="forget_requests")
def forget_requests(timestamp: int) -> int:
    """Each night: answers that nobody repeats any more, and tokens that have expired."""
    clear_expired()
    with whole_scope():
        return repeating.forget(at=timezone.now())
