"""What agencies used in a month, priced: the numbers behind invoices and forecasts (S4.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Max

from billing import rules
from billing.errors import BillingError
from billing.models import MonthClose
from billing.rules import Used
from verification.enums import ChargeKind
from verification.models import ChargeEvent

# An event is on the month's invoice when the close saw it, unless an earlier close did that was
# not before the event's own month. Days and months are the agency's own.
#
# Months that no close has had are cut, for each agency, where a month or a price begins. Events are
# counted between the edges of all agencies' cuts, so that a month costs one pass over its rows, by
# several processes, without a join; each count then lies within one cut of its agency, or outside
# them. What fell before the cuts is late, and is counted by its day. The bounds on `at` only keep
# other rows from being read: they are wider than any time zone.
USED = """
WITH begins(day) AS (
    SELECT generate_series(%(since)s, %(month)s, interval '1 month')::date
    UNION SELECT effective_from FROM billing_price
    UNION SELECT effective_from FROM billing_exemption
    UNION SELECT effective_to + 1 FROM billing_exemption
), cut AS MATERIALIZED (
    SELECT agency.id AS agency_id, span.day,
        span.day::timestamp AT TIME ZONE agency.time_zone AS since,
        span.next::timestamp AT TIME ZONE agency.time_zone AS before
    FROM accounts_agency agency
    CROSS JOIN (
        SELECT day, lead(day, 1, %(next)s) OVER (ORDER BY day) AS next
        FROM begins WHERE day >= %(since)s AND day < %(next)s
    ) span
), edges AS (
    SELECT array_agg(DISTINCT instant ORDER BY instant) AS all
    FROM cut CROSS JOIN LATERAL (VALUES (since), (before)) edge(instant)
), counted AS MATERIALIZED (
    SELECT event.agency_id, event.department_id, event.by_id, event.kind,
        min(event.at) AS first_at, max(event.at) AS last_at, count(*) AS quantity
    FROM verification_chargeevent event
    WHERE event.id <= %(upto)s AND event.at >= %(earliest)s AND event.at < %(latest)s
        AND (%(agency)s::bigint IS NULL OR event.agency_id = %(agency)s)
    GROUP BY 1, 2, 3, 4, width_bucket(event.at, (SELECT edges.all FROM edges))
), late AS MATERIALIZED (
    SELECT event.agency_id, event.department_id, event.by_id, event.kind,
        (event.at AT TIME ZONE agency.time_zone)::date AS day,
        min(event.at) AS first_at, max(event.at) AS last_at, count(*) AS quantity
    FROM verification_chargeevent event
    JOIN accounts_agency agency ON agency.id = event.agency_id
    WHERE event.id > %(seen)s AND event.id <= %(upto)s AND event.at < %(late)s
        AND event.at < %(since)s::timestamp AT TIME ZONE agency.time_zone
        AND (%(agency)s::bigint IS NULL OR event.agency_id = %(agency)s)
    GROUP BY 1, 2, 3, 4, 5
), all_used AS (
    SELECT counted.agency_id, department_id, by_id, kind, cut.day, first_at, last_at, quantity
    FROM counted JOIN cut ON cut.agency_id = counted.agency_id
        AND counted.first_at >= cut.since AND counted.first_at < cut.before
    UNION ALL
    SELECT agency_id, department_id, by_id, kind, day, first_at, last_at, quantity FROM late
), dated AS (
    SELECT used.*, used.day AS priced_on, date_trunc('month', used.day)::date AS used_in,
        (used.first_at AT TIME ZONE agency.time_zone)::date AS first_on,
        (used.last_at AT TIME ZONE agency.time_zone)::date AS last_on,
        coalesce(payer.kind, agency.kind) AS agency_kind
    FROM all_used used
    JOIN accounts_agency agency ON agency.id = used.agency_id
    LEFT JOIN accounts_agency payer ON payer.id = agency.acts_for_id
)
SELECT dated.agency_id, dated.department_id, dated.by_id, dated.kind,
    CASE WHEN exemption.id IS NULL THEN price.amount ELSE 0 END AS unit_price,
    min(dated.first_on), max(dated.last_on), sum(dated.quantity)::bigint
FROM dated
LEFT JOIN (
    SELECT kind, amount, daterange(
        effective_from, lead(effective_from) OVER (PARTITION BY kind ORDER BY effective_from)
    ) AS during
    FROM billing_price
) price ON price.kind = dated.kind AND dated.priced_on <@ price.during
LEFT JOIN billing_exemption exemption ON exemption.agency_kind = dated.agency_kind
    AND dated.priced_on <@ daterange(exemption.effective_from, exemption.effective_to, '[]')
WHERE dated.used_in <= %(month)s
GROUP BY 1, 2, 3, 4, 5, dated.used_in, price.during, exemption.id
ORDER BY 1, dated.used_in, 2, 3, 4, 6
"""


def used_by_agency(
    month: date, *, upto_charge: int, agency_id: int | None = None
) -> Iterator[tuple[int, list[Used]]]:
    """What each agency used, in the order of agencies; in the caller's scope."""
    before = MonthClose.objects.filter(month__lt=month).order_by("-month").first()
    since = rules.first_of_next(before.month) if before else month
    following = rules.first_of_next(month)
    values: dict[str, Any] = {
        "month": month,
        "next": following,
        "since": since,
        "upto": upto_charge,
        "seen": before.upto_charge if before else 0,
        "late": _midnight(since) + timedelta(days=1),
        "earliest": _midnight(since) - timedelta(days=1),
        "latest": _midnight(following) + timedelta(days=1),
        "agency": agency_id,
    }
    with connection.cursor() as cursor:
        if agency_id is None:
            # Counts of all agencies are kept in memory while they grow, until the transaction ends.
            cursor.execute("SELECT set_config('work_mem', '64MB', true)")
        cursor.execute(USED, values)
        rows = cursor.fetchall()
    for agency, group in groupby(rows, key=lambda row: row[0]):
        yield agency, [_used(*row[1:]) for row in group]


def _used(*columns: Any) -> Used:
    used = Used(*columns)
    if used.unit_price is None:
        kind = ChargeKind(used.kind).label
        raise BillingError(
            f"No price holds for {kind} on {used.first_on:%B} {used.first_on.day}, "
            f"{used.first_on.year}: the price list has a gap. Nothing was issued."
        )
    return used


def used_until_now(agency_id: int, month: date) -> list[Used]:
    """What the agency used in a month that is still open, and what came late."""
    newest = ChargeEvent.objects.filter(agency_id=agency_id).aggregate(id=Max("id"))["id"]
    for _, used in used_by_agency(month, upto_charge=newest or 0, agency_id=agency_id):
        return used
    return []


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
