"""The worker's part of the outbox: deliver, and take up work that a dead worker left behind."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from save_portal.outbox import queue

STALLED_AFTER_SECONDS = 120


@app.task(name="deliver_outbox")
def deliver_outbox() -> int:
    return queue.deliver_due(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="deliver_outbox_by_the_clock", queueing_lock="deliver_outbox_by_the_clock")
def deliver_outbox_by_the_clock(timestamp: int) -> int:
    """Each minute: what failed before and is due again."""
    return queue.deliver_due(timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="retry_stalled_jobs", queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> int:
    """Every five minutes: jobs whose worker was killed go back into the queue."""
    manager = app.job_manager
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    retried = 0
    for job in stalled:
        if context.job is None or job.id != context.job.id:
            await manager.retry_job(job)
            retried += 1
    return retried
