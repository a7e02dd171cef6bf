"""What agencies used in a month, priced: the numbers behind invoices and forecasts (S4.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Max

from billing import rules
from billing.models import MonthClose
from billing.rules import Used
from verification.models import ChargeEvent

# An event is on the month's invoice when the close saw it, unless an earlier close did that was
# not before the event's own month. Days and months are the agency's. The bounds on `at` only keep
# old rows from being read: they are wider than any time zone.
USED = """
SELECT charge.agency_id, charge.department_id, charge.by_id, charge.kind,
    CASE WHEN exemption.id IS NULL THEN price.amount ELSE 0 END AS unit_price,
    min(charge.day), max(charge.day), count(*)
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
GROUP BY 1, 2, 3, 4, 5, charge.used_in, price.during, exemption.id
ORDER BY 1, charge.used_in, 2, 3, 4, 6
"""


def used_by_agency(
    month: date, *, upto_charge: int, agency_id: int | None = None
) -> Iterator[tuple[int, list[Used]]]:
    """What each agency used, in the order of agencies; two queries in the caller's scope."""
    before = MonthClose.objects.filter(month__lt=month).order_by("-month").first()
    closed = before.month if before else date(1, 1, 1)
    since = rules.first_of_next(closed) if before else date(1, 1, 2)
    values: dict[str, Any] = {
        "month": month,
        "closed": closed,
        "upto": upto_charge,
        "seen": before.upto_charge if before else 0,
        "since": _midnight(since) - timedelta(days=1),
        "before": _midnight(rules.first_of_next(month)) + timedelta(days=1),
        "agency": agency_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(USED, values)
        rows = cursor.fetchall()
    for agency, group in groupby(rows, key=lambda row: row[0]):
        yield agency, [Used(*row[1:]) for row in group]


def used_until_now(agency_id: int, month: date) -> list[Used]:
    """What the agency used in a month that is still open, and what came late."""
    newest = ChargeEvent.objects.filter(agency_id=agency_id).aggregate(id=Max("id"))["id"]
    for _, used in used_by_agency(month, upto_charge=newest or 0, agency_id=agency_id):
        return used
    return []


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
