"""The worker's part of the log: a seal every five minutes."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from save_portal.audit import seals


@app.periodic(cron="*/5 * * * *")
@app.task(name="seal_audit_log", queueing_lock="seal_audit_log")
def seal_audit_log(timestamp: int) -> int:
    return seals.seal(timezone.now())
