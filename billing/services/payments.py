"""Money in, disputes and credit notes (S4.4)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django_fsm import can_proceed

from billing import policies, rules
from billing.errors import BillingError
from billing.lifecycles import OWED, InvoiceStatus
from billing.models import Allocation, Invoice, InvoiceLine, Payment
from billing.services.issuing import number_and_issue, tell_administrators
from save_portal import audit

if TYPE_CHECKING:
    from save_portal.accounts.models import User

LARGEST = Decimal("9999999999.99")


@transaction.atomic
def record(
    *,
    agency_id: int,
    method: str,
    reference: str,
    amount: Decimal,
    received_on: date,
    by: User,
    at: datetime,
    invoice_id: int | None = None,
) -> Payment:
    """The office records a payment; it covers the named invoice, then the oldest open ones.

    What is left over stays as a credit and is taken for the next invoice. The same reference with
    the same amount again is the same payment; with another amount it is refused.
    """
    policies.check_is_office(by)
    reference = " ".join(reference.split())
    if method not in Payment.Method.values:
        raise BillingError("Choose how it was paid.", field="method")
    if not reference:
        raise BillingError("Write the number of the check.", field="reference")
    if not rules.is_money(amount) or not Decimal() < amount <= LARGEST:
        raise BillingError("Write an amount in dollars and cents, above zero.", field="amount")
    if received_on > at.date():
        raise BillingError("This day is in the future.", field="received_on")
    first = None
    if invoice_id is not None:
        first = Invoice.objects.filter(pk=invoice_id, agency_id=agency_id).first()
    return take(
        agency_id=agency_id,
        method=method,
        reference=reference,
        amount=amount,
        received_on=received_on,
        first=first,
        by=by,
        at=at,
    )


@transaction.atomic
def take(
    *,
    agency_id: int,
    method: str,
    reference: str,
    amount: Decimal,
    received_on: date,
    first: Invoice | None,
    by: User | None,
    at: datetime,
) -> Payment:
    """Money came: once, whoever says it again. `first` is the invoice that it was sent for."""
    owed = sorted(_owed(agency_id), key=lambda invoice: first is None or invoice.pk != first.pk)
    payment, new = Payment.objects.get_or_create(
        agency_id=agency_id,
        method=method,
        reference=reference,
        defaults={
            "amount": amount,
            "invoice": first,
            "received_on": received_on,
            "recorded_at": at,
            "recorded_by": by,
        },
    )
    if not new:
        if payment.amount != amount:
            raise BillingError(
                f"Payment {reference} was recorded with ${payment.amount}. Is it another check?",
                field="reference",
            )
        return payment
    _allocate(payment, owed, left=amount, by=by, at=at)
    audit.record(
        "payment.recorded",
        by=by,
        at=at,
        subject_type="payment",
        subject_id=payment.pk,
        agency_id=agency_id,
        data={"method": method, "amount": str(amount)},
    )
    return payment


def apply_credit(invoice: Invoice, *, at: datetime) -> None:
    """Let earlier overpayments cover a new invoice; in the caller's transaction."""
    payments = (
        Payment.objects.filter(agency_id=invoice.agency_id)
        .annotate(used=Sum("allocations__amount", default=Decimal()))
        .order_by("received_on", "id")
    )
    for payment in payments:
        left = payment.amount - payment.used
        if left > 0 and invoice.status in OWED:
            _allocate(payment, [invoice], left=left, by=None, at=at)


def open_amount(invoice: Invoice) -> Decimal:
    """What is still owed: its total, its credit notes taken off, its payments taken off."""
    credited = invoice.credit_notes.aggregate(total=Sum("total", default=Decimal()))["total"]
    paid = invoice.allocations.aggregate(total=Sum("amount", default=Decimal()))["total"]
    return Decimal(invoice.total + credited - paid)


@transaction.atomic
def dispute(
    *,
    invoice_id: int,
    version: int,
    reason: str,
    by: User,
    at: datetime,
    line: int | None = None,
) -> Invoice:
    """The administrator says which line is wrong, or that the whole is; the office answers."""
    invoice = _locked(invoice_id, version)
    policies.check_disputes(by, agency_id=invoice.agency_id)
    reason = " ".join(reason.split())
    if not reason:
        raise BillingError("Say which line is wrong, and why.", field="reason")
    if line is not None and not invoice.lines.filter(position=line).exists():
        raise BillingError("This invoice has no such line.", field="line")
    _may(invoice, "dispute")
    invoice.dispute()
    invoice.dispute_line = line
    invoice.dispute_reason, invoice.reply = reason[:1000], ""
    _save(invoice, "disputed", by=by, at=at)
    return invoice


@transaction.atomic
def uphold(*, invoice_id: int, version: int, reply: str, by: User, at: datetime) -> Invoice:
    """The office explains why the invoice stands."""
    policies.check_is_office(by)
    invoice = _locked(invoice_id, version)
    _may(invoice, "uphold")
    invoice.uphold()
    invoice.reply = _reply(reply)
    if invoice.allocations.exists():
        invoice.pay_part()
    _save(invoice, "upheld", by=by, at=at)
    return invoice


@transaction.atomic
def adjust(
    *, invoice_id: int, version: int, amount: Decimal, reply: str, by: User, at: datetime
) -> Invoice:
    """The office agrees: a credit note of its own, numbered like an invoice, never a change."""
    policies.check_is_office(by)
    invoice = _locked(invoice_id, version)
    _may(invoice, "adjust")
    still_open = open_amount(invoice)
    if not Decimal() < amount <= still_open or amount != amount.quantize(Decimal("0.01")):
        raise BillingError(f"Write an amount up to the ${still_open} that is open.", field="amount")
    note = Invoice(
        agency_id=invoice.agency_id,
        kind=Invoice.Kind.CREDIT_NOTE,
        month=invoice.month,
        corrects=invoice,
        total=-amount,
    )
    note._history_user, note._change_reason = by, "invoice.drafted"
    note.save(force_insert=True)
    InvoiceLine.objects.create(
        invoice=note,
        agency_id=invoice.agency_id,
        position=1,
        amount=-amount,
        remark=f"credit on {invoice.number}",
    )
    number_and_issue(note, by=by, at=at)
    note.settle()
    _save(note, "settled", by=by, at=at)
    invoice.adjust()
    invoice.reply = _reply(reply)
    if open_amount(invoice) == 0:
        invoice.settle()
    _save(invoice, "adjusted", by=by, at=at)
    return invoice


@transaction.atomic
def write_off(*, invoice_id: int, version: int, reply: str, by: User, at: datetime) -> Invoice:
    """The office gives up what is open, and says why."""
    policies.check_is_office(by)
    invoice = _locked(invoice_id, version)
    _may(invoice, "write_off")
    invoice.write_off()
    invoice.reply = _reply(reply)
    _save(invoice, "written_off", by=by, at=at)
    return invoice


def _owed(agency_id: int) -> list[Invoice]:
    return list(
        Invoice.objects.select_for_update()
        .filter(agency_id=agency_id, kind=Invoice.Kind.INVOICE, status__in=OWED)
        .order_by("month", "id")
    )


def _allocate(
    payment: Payment, invoices: list[Invoice], *, left: Decimal, by: User | None, at: datetime
) -> None:
    for invoice in invoices:
        part = min(left, open_amount(invoice))
        if part <= 0:
            continue
        Allocation.objects.create(
            payment=payment, invoice=invoice, agency_id=invoice.agency_id, amount=part
        )
        left -= part
        if open_amount(invoice) == 0:
            invoice.settle()
        elif invoice.status != InvoiceStatus.DISPUTED:
            invoice.pay_part()
        _save(invoice, "paid", by=by, at=at)
        if not left:
            return


def locked(invoice_id: int) -> Invoice:
    """The invoice, for this transaction alone."""
    invoice = (
        Invoice.objects.select_for_update().filter(pk=invoice_id, kind=Invoice.Kind.INVOICE).first()
    )
    if invoice is None:
        raise BillingError("There is no such invoice.", status_code=404)
    return invoice


def _locked(invoice_id: int, version: int) -> Invoice:
    invoice = locked(invoice_id)
    if invoice.version != version:
        raise BillingError(
            "Somebody changed this invoice after your page was shown. Nothing of yours was "
            "saved: look at it as it is now and do it again."
        )
    return invoice


def _may(invoice: Invoice, act: str) -> None:
    if not can_proceed(getattr(invoice, act)):
        raise BillingError(
            f"The invoice is {invoice.get_status_display().lower()}: this cannot be done now."
        )


def _reply(text: str) -> str:
    text = " ".join(text.split())[:1000]
    if not text:
        raise BillingError("Say why, so that the agency understands.", field="reply")
    return text


def _save(invoice: Invoice, act: str, *, by: User | None, at: datetime) -> None:
    invoice.touch(by=by, act=act)
    invoice.save()
    audit.record(
        f"invoice.{act}",
        by=by,
        at=at,
        subject_type="invoice",
        subject_id=invoice.number,
        agency_id=invoice.agency_id,
        data={"status": invoice.status},
    )
    if act in ("upheld", "adjusted", "written_off"):
        tell_administrators(
            invoice.agency_id,
            template="invoice_answered",
            context={"number": invoice.number, "status": invoice.get_status_display()},
            key=f"{invoice.number}:{invoice.version}",
        )
