"""Reminders of invoices that are open: before they are due, and after (S4.2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings

from billing.lifecycles import PAYABLE
from billing.models import Invoice
from billing.services.issuing import tell_administrators
from billing.services.payments import open_amount
from save_portal.accounts.tenancy import system_scope
from save_portal.calendar.local import local_date

# Days after the due date; of several that were reached the last is sent, each once.
STAGES = (-7, 1, 15, 30)


def remind(*, at: datetime) -> int:
    """Remind of every open invoice that has reached a stage; a dispute is not reminded of."""
    today = local_date(at, settings.TIME_ZONE)
    with system_scope():
        owed = Invoice.objects.filter(
            kind=Invoice.Kind.INVOICE,
            status__in=PAYABLE,
            due_on__lte=today - timedelta(days=STAGES[0]),
        )
        for invoice in owed:
            _tell(invoice, today=today)
        return len(owed)


def _tell(invoice: Invoice, *, today: date) -> None:
    assert invoice.due_on is not None
    stage = max(days for days in STAGES if invoice.due_on + timedelta(days=days) <= today)
    tell_administrators(
        invoice.agency_id,
        template="invoice_due",
        context={
            "number": invoice.number,
            "open": str(open_amount(invoice)),
            "due_on": f"{invoice.due_on:%B} {invoice.due_on.day}, {invoice.due_on.year}",
            "is_late": stage > 0,
        },
        key=f"{invoice.number}:{stage}",
    )
