"""What of billing is reminded of by `manage.py send_reminders` (S4.2)."""

from __future__ import annotations

from datetime import datetime

from billing.services import limits, reminding


def of_invoices(at: datetime) -> int:
    """Invoices that are due soon, and those that are late; how many have reached a stage."""
    return reminding.remind(at=at)


def of_limits(at: datetime) -> int:
    """Agencies whose month comes near the limit that they set; how many."""
    return limits.warn(at=at)


REMINDERS = {"invoices": of_invoices, "limits": of_limits}
