"""A month's invoices, from its charge events (S4.1, S4.2).

`close_month` says once which events the month has; `issue_month` then makes each agency's invoice
in a transaction of its own. Both can be run again, at the same time, or after being killed in the
middle: what is there stays, what is missing is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.db import connection, transaction

from billing import rules
from billing.errors import BillingError
from billing.models import Invoice, InvoiceLine, MonthClose
from billing.rules import Used
from billing.services.issuing import number_and_issue, tell_administrators
from billing.services.payments import apply_credit
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import system_scope

# An event is on the month's invoice when the close saw it, unless an earlier close did that was
# not before the event's own month. Days and months are the agency's. The bounds on `at` only keep
# old rows from being read: they are wider than any time zone.
USED = """
SELECT charge.agency_id, charge.department_id, charge.by_id, charge.kind, charge.used_in,
    CASE WHEN exemption.id IS NULL THEN price.amount ELSE 0 END AS unit_price, count(*)
FROM (
    SELECT event.id, event.agency_id, event.department_id, event.by_id, event.kind,
        (event.at AT TIME ZONE agency.time_zone)::date AS day,
        date_trunc('month', event.at AT TIME ZONE agency.time_zone)::date AS used_in,
        coalesce(payer.kind, agency.kind) AS agency_kind
    FROM verification_chargeevent event
    JOIN accounts_agency agency ON agency.id = event.agency_id
    LEFT JOIN accounts_agency payer ON payer.id = agency.acts_for_id
    WHERE event.id <= %(upto)s AND event.at < %(before)s
        AND (event.at >= %(since)s OR event.id > %(seen)s)
        AND (%(agency)s::bigint IS NULL OR event.agency_id = %(agency)s)
) charge
JOIN (
    SELECT kind, amount, daterange(
        effective_from, lead(effective_from) OVER (PARTITION BY kind ORDER BY effective_from)
    ) AS during
    FROM billing_price
) price ON price.kind = charge.kind AND charge.day <@ price.during
LEFT JOIN billing_exemption exemption ON exemption.agency_kind = charge.agency_kind
    AND charge.day >= exemption.effective_from
    AND (exemption.effective_to IS NULL OR charge.day <= exemption.effective_to)
WHERE charge.used_in <= %(month)s AND NOT (charge.used_in <= %(closed)s AND charge.id <= %(seen)s)
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, 5, 2, 3, 4, 6
"""


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
    for agency_id, used in used_by_agency(close):
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


def used_by_agency(
    close: MonthClose, *, agency_id: int | None = None
) -> Iterator[tuple[int, list[Used]]]:
    """What each agency used, in the order of agencies; one query, read as it comes."""
    with system_scope():
        before = MonthClose.objects.filter(month__lt=close.month).order_by("-month").first()
    closed = before.month if before else date(1, 1, 1)
    since = rules.first_of_next(closed) if before else date(1, 1, 2)
    values = {
        "month": close.month,
        "closed": closed,
        "upto": close.upto_charge,
        "seen": before.upto_charge if before else 0,
        "since": _midnight(since) - timedelta(days=1),
        "before": _midnight(rules.first_of_next(close.month)) + timedelta(days=1),
        "agency": agency_id,
    }
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(USED, values)
        rows = cursor.fetchall()
    for agency, group in groupby(rows, key=lambda row: row[0]):
        yield agency, [Used(*row[1:]) for row in group]


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
                used_in=use.used_in,
                quantity=use.quantity,
                unit_price=use.unit_price,
                amount=use.amount,
                remark=f"came late, from {use.used_in:%B %Y}" if use.used_in < close.month else "",
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


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
