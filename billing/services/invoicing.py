"""A month's invoices, from its charge events (S4.1, S4.2).

`close_month` says once which events the month has; `issue_month` then makes each agency's invoice,
some agencies in one transaction. Both can be run again, at the same time, or after being killed in
the middle: what is there stays, what is missing is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.db import connection, transaction
from django.db.models import F, Sum
from simple_history.utils import bulk_create_with_history

from billing import rules
from billing.errors import BillingError
from billing.models import Invoice, MonthClose, Payment
from billing.rules import Used
from billing.selectors.prices import minimum_of
from billing.selectors.used import used_by_agency
from billing.services import issuing
from billing.services.payments import apply_credit
from save_portal import rows
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import system_scope

AT_ONCE = 100  # agencies in one transaction
Bill = tuple[int, list[Used]]  # an agency and what it used


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
    month: date,
    *,
    at: datetime,
    progress: Callable[[int], None] | None = None,
    at_once: int = AT_ONCE,
) -> Issued:
    """Close the month if it is open, and issue every invoice that it still lacks."""
    with system_scope():
        minimum = minimum_of(month)  # a list with a gap is refused before the month is closed
    close = close_month(month, at=at)
    with system_scope():
        # Exempt the whole month: nothing is owed, not even the minimum.
        bills = iter(
            [
                bill
                for bill in used_by_agency(month, upto_charge=close.upto_charge)
                if any(use.unit_price for use in bill[1])
            ]
        )
    made = existing = 0
    total = Decimal()
    while some := dict(islice(bills, at_once)):
        invoices = _issue(some, close, minimum, at=at)
        made += len(invoices)
        existing += len(some) - len(invoices)
        total += sum((invoice.total for invoice in invoices), Decimal())
        if progress:
            progress(made + existing)
    return Issued(month, made, existing, total)


@transaction.atomic
def _issue(
    bills: dict[int, list[Used]], close: MonthClose, minimum: Decimal, *, at: datetime
) -> list[Invoice]:
    """The invoices of some agencies with their numbers, but for those that are there."""
    with system_scope():
        agencies = list(
            Agency.objects.select_for_update(no_key=True).filter(pk__in=bills).order_by("pk")
        )
        there = set(
            Invoice.objects.filter(
                agency__in=agencies, month=close.month, kind=Invoice.Kind.INVOICE
            ).values_list("agency_id", flat=True)
        )
        drafts = [
            _drafted(agency, bills[agency.pk], close, minimum)
            for agency in agencies
            if agency.pk not in there
        ]
        if not drafts:
            return []
        issuing.number(drafts, at=at)
        invoices: list[Invoice] = bulk_create_with_history(
            drafts, Invoice, default_change_reason="invoice.issued", default_date=at
        )
        rows.insert(
            "billing_invoiceline",
            [
                line
                for invoice in invoices
                for line in _lines(invoice, bills[invoice.agency_id], minimum)
            ],
        )
        issuing.tell_issued(invoices, at=at)
        _apply_credits(invoices, at=at)
        return invoices


def _drafted(agency: Agency, used: list[Used], close: MonthClose, minimum: Decimal) -> Invoice:
    total = sum((use.amount for use in used), Decimal())
    total += rules.up_to_minimum(used, minimum=minimum)
    return Invoice(agency=agency, month=close.month, total=total)


def _lines(invoice: Invoice, used: list[Used], minimum: Decimal) -> Iterator[rows.Row]:
    """A line for each kind of act of a person at a price; what the minimum adds is the last."""
    missing = rules.up_to_minimum(used, minimum=minimum)
    empty = {
        "invoice_id": invoice.pk,
        "agency_id": invoice.agency_id,
        "department_id": None,
        "by_id": None,
        "kind": "",
        "first_on": None,
        "last_on": None,
        "quantity": 0,
        "unit_price": None,
        "remark": "",
    }
    for position, use in enumerate(used, start=1):
        late = use.first_on < invoice.month
        yield empty | {
            "position": position,
            "department_id": use.department_id,
            "by_id": use.by_id,
            "kind": use.kind,
            "first_on": use.first_on,
            "last_on": use.last_on,
            "quantity": use.quantity,
            "unit_price": use.unit_price,
            "amount": use.amount,
            "remark": f"came late, from {use.first_on:%B %Y}" if late else "",
        }
    if missing:
        yield empty | {
            "position": len(used) + 1,
            "amount": missing,
            "remark": f"up to the minimum of ${minimum} for a month with any use",
        }


def _apply_credits(invoices: list[Invoice], *, at: datetime) -> None:
    """What agencies paid too much before covers their new invoice."""
    with_credit = set(
        Payment.objects.filter(agency__in=[invoice.agency_id for invoice in invoices])
        .annotate(used=Sum("allocations__amount", default=Decimal()))
        .filter(amount__gt=F("used"))
        .values_list("agency_id", flat=True)
    )
    for invoice in invoices:
        if invoice.agency_id in with_credit:
            apply_credit(invoice, at=at)
