"""Paying by card: begun by the administrator, ended by the provider's signed answer (S4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_hex

from django.conf import settings
from django.db import transaction

from billing import policies
from billing.cards import PAID, Answer, CardProvider, ForgedAnswer
from billing.errors import BillingError
from billing.lifecycles import PAYABLE
from billing.models import CardOrder, Payment
from billing.services import payments
from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import system_scope
from save_portal.calendar.local import local_date

SAME_ORDER_FOR = timedelta(minutes=30)


@transaction.atomic
def begin(*, invoice_id: int, by: User, at: datetime) -> CardOrder:
    """An order for what is open of the invoice; pressed twice, or in two windows, the same one."""
    invoice = payments.locked(invoice_id)
    policies.check_pays(by, agency_id=invoice.agency_id)
    if invoice.status not in PAYABLE:
        raise BillingError(
            f"The invoice is {invoice.get_status_display().lower()}: there is nothing to pay now."
        )
    amount = payments.open_amount(invoice)
    begun = CardOrder.objects.filter(
        invoice=invoice,
        amount=amount,
        status=CardOrder.Status.BEGUN,
        begun_at__gt=at - SAME_ORDER_FOR,
    ).first()
    if begun is not None:
        return begun
    order = CardOrder.objects.create(
        agency_id=invoice.agency_id,
        invoice=invoice,
        code=token_hex(16),
        amount=amount,
        begun_by=by,
        begun_at=at,
    )
    _record("begun", order, by=by, at=at, data={"amount": str(amount)})
    return order


def answered(sent: Mapping[str, str], *, provider: CardProvider, at: datetime) -> CardOrder:
    """What the provider says happened to an order; said again, nothing changes.

    What it took is what counts, however late and whatever was asked: the money came, so it covers
    the order's invoice, then the oldest open ones, and the rest stays as a credit.
    """
    try:
        answer = provider.read(sent)
    except ForgedAnswer:
        _refused(sent, at=at)
        raise BillingError(
            "This answer was not signed by the card provider. Nothing was recorded.",
            status_code=400,
        ) from None
    with system_scope():
        order = _order(answer.code)
        if order.status == CardOrder.Status.PAID:
            _repeated(order, answer, at=at)
        elif answer.outcome == PAID and answer.amount > 0:
            _paid(order, answer, at=at)
        elif order.status == CardOrder.Status.BEGUN:
            order.status, order.answered_at = CardOrder.Status.DECLINED, at
            order.save(update_fields=["status", "answered_at"])
            _record("declined", order, by=None, at=at, data={})
        return order


def _paid(order: CardOrder, answer: Answer, *, at: datetime) -> None:
    order.payment = payments.take(
        agency_id=order.agency_id,
        method=Payment.Method.CARD,
        reference=order.code,
        amount=answer.amount,
        received_on=local_date(at, settings.TIME_ZONE),
        first=order.invoice,
        by=None,
        at=at,
    )
    order.status, order.answered_at = CardOrder.Status.PAID, at
    order.provider_reference = answer.reference
    order.save(update_fields=["status", "answered_at", "provider_reference", "payment"])
    _record(
        "paid",
        order,
        by=None,
        at=at,
        data={"asked": str(order.amount), "taken": str(answer.amount)},
    )


def _repeated(order: CardOrder, answer: Answer, *, at: datetime) -> None:
    """The first answer holds; one that says otherwise is kept for people to see."""
    assert order.payment is not None
    if (answer.outcome, answer.amount) != (PAID, order.payment.amount):
        _record(
            "contradicted",
            order,
            by=None,
            at=at,
            data={"outcome": answer.outcome, "amount": str(answer.amount)},
        )


def _refused(sent: Mapping[str, str], *, at: datetime) -> None:
    with system_scope():
        order = CardOrder.objects.filter(code=sent.get("code", "")[:32]).first()
        if order is not None:
            _record("forged_answer", order, by=None, at=at, data={})


def _order(code: str) -> CardOrder:
    order = (
        CardOrder.objects.select_for_update(of=("self",))
        .select_related("invoice", "payment")
        .filter(code=code)
        .first()
    )
    if order is None:
        raise BillingError("There is no such card payment.", status_code=404)
    return order


def _record(
    act: str, order: CardOrder, *, by: User | None, at: datetime, data: dict[str, str]
) -> None:
    audit.record(
        f"card.{act}",
        by=by,
        at=at,
        subject_type="invoice",
        subject_id=order.invoice.number,
        agency_id=order.agency_id,
        data=data,
    )
