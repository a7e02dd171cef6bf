"""The worker's part of documents: the virus scanner's verdicts, and sweeping up."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from save_portal.documents import scanning, storing


@app.task(name="scan_documents")
def scan_documents() -> int:
    """As soon as a document is in quarantine."""
    return scanning.scan_due(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="scan_documents_by_the_clock", queueing_lock="scan_documents_by_the_clock")
def scan_documents_by_the_clock(timestamp: int) -> int:
    """Each minute: what the scanner gave no verdict on before."""
    return scanning.scan_due(at=timezone.now()) if settings.CLAMD_URL else 0


@app.periodic(cron="41 4 * * *")
@app.task(name="sweep_documents", queueing_lock="sweep_documents")
def sweep_documents(timestamp: int) -> int:
    """Each night: content that a killed process left behind."""
    return storing.sweep(at=timezone.now())
