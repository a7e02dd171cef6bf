"""Numbers without gaps, and the word to the agency."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection

from billing import rules
from billing.models import Invoice
from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.outbox import queue

NUMBERS = 0x5A7E0002  # one number at a time, so that there are no gaps


def number_and_issue(invoice: Invoice, *, by: User | None, at: datetime) -> None:
    """Give the next number of the year and issue. Numbers have no gaps: one at a time."""
    year = at.astimezone(UTC).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS])
    last = (
        Invoice.objects.filter(number__startswith=f"SV-{year}-")
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    number = int(last.rsplit("-", 1)[1]) + 1 if last else 1
    issued_on = at.astimezone(UTC).date()
    invoice.issue(number=f"SV-{year}-{number:06}", at=at, due_on=rules.due_on(issued_on))
    invoice.touch(by=by, act="issued")
    invoice.save()
    audit.record(
        "invoice.issued",
        by=by,
        at=at,
        subject_type="invoice",
        subject_id=invoice.number,
        agency_id=invoice.agency_id,
        data={"month": invoice.month.isoformat(), "total": str(invoice.total)},
    )


def tell_administrators(invoice: Invoice, *, template: str, context: dict[str, Any]) -> None:
    """A mail to each administrator of the agency, once for each state of the invoice."""
    administrators = User.objects.filter(
        agency_id=invoice.agency_id, role=Role.AGENCY_ADMINISTRATOR, is_active=True
    )
    for user_id in administrators.values_list("pk", flat=True):
        queue.mail(
            to_user_id=user_id,
            template=template,
            context=context,
            key=f"{template}:{invoice.number}:{invoice.version}:{user_id}",
        )
