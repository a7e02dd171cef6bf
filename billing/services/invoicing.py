"""A month's invoices, from its charge events (S4.1, S4.2).

`close_month` says once which events the month has; `issue_month` then makes each agency's invoice
in a transaction of its own. Both can be run again, at the same time, or after being killed in the
middle: what is there stays, what is missing is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from billing import rules
from billing.errors import BillingError
from billing.models import Invoice, InvoiceLine, MonthClose
from billing.rules import Used
from billing.selectors.used import used_by_agency
from billing.services.issuing import number_and_issue, tell_administrators
from billing.services.payments import apply_credit
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import system_scope


@dataclass(frozen=True, slots=True)
class Issued:
    """What a run did: invoices made now, those that were there before, and their sum."""

    month: date
    invoices: int
    existing: int
    total: Decimal


def close_month(month: date, *, at: datetime) -> MonthClose:
    """Say which charge events the month has; once, whoever asks again.

    Writers of charges wait a moment, so that every event below the mark is there or never will be.
    """
    if month.day != 1:
        raise BillingError("A month is named by its first day.")
    if not rules.has_ended_everywhere(month, at):
        raise BillingError(f"{month:%B %Y} is not over yet in every time zone.")
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE billing_monthclose IN SHARE ROW EXCLUSIVE MODE")
        existing = MonthClose.objects.filter(month=month).first()
        if existing is not None:
            return existing
        if MonthClose.objects.filter(month__gt=month).exists():
            raise BillingError("A later month is closed already; its invoices have these charges.")
        cursor.execute("LOCK TABLE verification_chargeevent IN SHARE MODE")
        cursor.execute("SELECT coalesce(max(id), 0) FROM verification_chargeevent")
        return MonthClose.objects.create(
            month=month, upto_charge=cursor.fetchone()[0], closed_at=at
        )


def issue_month(
    month: date, *, at: datetime, progress: Callable[[int], None] | None = None
) -> Issued:
    """Close the month if it is open, and issue every invoice that it still lacks."""
    close = close_month(month, at=at)
    made = existing = 0
    total = Decimal()
    with system_scope():
        everybody = list(used_by_agency(month, upto_charge=close.upto_charge))
    for agency_id, used in everybody:
        if not any(use.unit_price for use in used):
            continue  # exempt the whole month: nothing is owed, not even the minimum
        invoice = _issue(agency_id, close, used, at=at)
        if invoice is None:
            existing += 1
        else:
            made += 1
            total += invoice.total
        if progress:
            progress(made + existing)
    return Issued(month, made, existing, total)


@transaction.atomic
def _issue(agency_id: int, close: MonthClose, used: list[Used], *, at: datetime) -> Invoice | None:
    """One agency's invoice with its number; None when it has one."""
    with system_scope():
        agency = Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
        if Invoice.objects.filter(
            agency_id=agency_id, month=close.month, kind=Invoice.Kind.INVOICE
        ).exists():
            return None
        minimum = rules.up_to_minimum(used)
        total = sum((use.amount for use in used), Decimal()) + minimum
        invoice = Invoice(agency=agency, month=close.month, total=total)
        invoice._history_user, invoice._change_reason = None, "invoice.drafted"
        invoice.save(force_insert=True)
        lines = [
            InvoiceLine(
                invoice=invoice,
                agency=agency,
                position=position,
                department_id=use.department_id,
                by_id=use.by_id,
                kind=use.kind,
                first_on=use.first_on,
                last_on=use.last_on,
                quantity=use.quantity,
                unit_price=use.unit_price,
                amount=use.amount,
                remark=f"came late, from {use.first_on:%B %Y}"
                if use.first_on < close.month
                else "",
            )
            for position, use in enumerate(used, start=1)
        ]
        if minimum:
            lines.append(
                InvoiceLine(
                    invoice=invoice,
                    agency=agency,
                    position=len(lines) + 1,
                    amount=minimum,
                    remark=f"up to the minimum of ${rules.MINIMUM} for a month with any use",
                )
            )
        InvoiceLine.objects.bulk_create(lines, batch_size=1000)
        number_and_issue(invoice, by=None, at=at)
        tell_administrators(
            invoice,
            template="invoice_issued",
            context={
                "number": invoice.number,
                "month": f"{invoice.month:%B %Y}",
                "total": str(invoice.total),
                "due_on": invoice.due_on.isoformat() if invoice.due_on else "",
            },
        )
        apply_credit(invoice, at=at)
        return invoice
