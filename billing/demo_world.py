"""Invoices of the demo world, one in each state that an administrator meets. By the services."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from billing.models import Invoice
from billing.rules import has_ended_everywhere
from billing.services import payments, reminding
from billing.services.invoicing import issue_month
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.calendar.federal import federal_calendar
from verification.models import ChargeEvent


def play(*, at: datetime) -> int:
    """Issue the past months' invoices; one is left unpaid, the next ones are paid, paid in part,

    disputed, and newly issued. The number of invoices; a second run changes nothing.
    """
    with system_scope():
        if Invoice.objects.exists():
            return 0
        begun = ChargeEvent.objects.order_by("at").values_list("at", flat=True).first()
        office = User.objects.filter(role=Role.PROGRAM_OFFICER).order_by("pk").first()
    if begun is None or office is None:
        return 0
    month, this_month = begun.date().replace(day=1), at.date().replace(day=1)
    while month < this_month:
        following = (month + timedelta(days=31)).replace(day=1)
        issued_at = min(_first_working_day(following), at)
        if has_ended_everywhere(month, issued_at):
            issue_month(month, at=issued_at)
        month = following
    with system_scope():
        made = list(Invoice.objects.order_by("month", "id"))
        # The first is left unpaid.
        for act, invoice in zip((_pay, _pay_some, _dispute), made[1:], strict=False):
            act(invoice, office)
    reminding.remind(at=at)
    return len(made)


def _first_working_day(month: date) -> datetime:
    day = month
    while not federal_calendar().is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(20, 5), tzinfo=ZoneInfo(settings.TIME_ZONE))


def _pay(invoice: Invoice, office: User) -> None:
    _check(invoice, invoice.total, "20417", office)


def _pay_some(invoice: Invoice, office: User) -> None:
    _check(invoice, Decimal("10.00"), "20455", office)


def _check(invoice: Invoice, amount: Decimal, reference: str, office: User) -> None:
    assert invoice.issued_at is not None
    came = invoice.issued_at + timedelta(days=6)
    payments.record(
        agency_id=invoice.agency_id, method="check", reference=reference, amount=amount,
        received_on=came.date(), by=office, at=came, invoice_id=invoice.pk,
    )  # fmt: skip


def _dispute(invoice: Invoice, office: User) -> None:
    assert invoice.issued_at is not None
    administrator = User.objects.get(agency=invoice.agency, role=Role.AGENCY_ADMINISTRATOR)
    payments.dispute(
        invoice_id=invoice.pk, version=invoice.version,
        reason="Two of these requests were for one person, after the network had failed.",
        by=administrator, at=invoice.issued_at + timedelta(days=3),
    )  # fmt: skip
