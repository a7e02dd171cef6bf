"""What an agency used, for the charts beside its invoices: by month, and by program this month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum

from billing import rules
from billing.models import Invoice
from save_portal.accounts.models import Agency
from save_portal.benefits import Benefit
from save_portal.calendar.local import local_date
from save_portal.web.templatetags.portal import dollars

MONTHS = 12
# In the units of the drawing, 260 wide: the height of a row (words above a bar), the longest bar.
ROW, WIDEST = 40, 180

BY_PROGRAM = """
    SELECT benefit, count(*)
    FROM verification_chargeevent event
    JOIN verification_case asked ON asked.id = event.case_id
    CROSS JOIN unnest(asked.benefits) AS benefit
    WHERE event.agency_id = %s AND event.at >= %s AND event.at < %s
    GROUP BY benefit
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart and of the table behind it; places in the units of the drawing."""

    label: str
    value: str
    width: int
    y: int

    @property
    def text_y(self) -> int:
        return self.y + 14

    @property
    def bar_y(self) -> int:
        return self.y + 19

    @property
    def value_y(self) -> int:
        return self.y + 33

    @property
    def end(self) -> int:
        return self.width + 6


@dataclass(frozen=True, slots=True)
class Use:
    """`months` are dollars invoiced, the oldest first; `programs` acts of this month."""

    months: list[Bar]
    programs: list[Bar]

    @property
    def months_height(self) -> int:
        return ROW * len(self.months)

    @property
    def programs_height(self) -> int:
        return ROW * len(self.programs)


def use_of(agency: Agency, *, at: datetime) -> Use:
    """Two queries. A case for several programs counts with each of them."""
    today = local_date(at, agency.time_zone)
    month = today.replace(day=1)
    return Use(months=_months(agency, month), programs=_programs(agency, month))


def _months(agency: Agency, month: date) -> list[Bar]:
    """Invoices less their credit notes, of the twelve months before this one."""
    since = (month - timedelta(days=365)).replace(day=1)
    sums = dict(
        Invoice.objects.filter(agency=agency, month__gte=since)
        .exclude(status="draft")
        .order_by()
        .values_list("month")
        .annotate(sum=Sum("total"))
    )
    shown = sorted(sums)[-MONTHS:]
    most = max((sums[day] for day in shown if sums[day] > 0), default=Decimal(1))
    return [
        Bar(f"{day:%b %Y}", dollars(sums[day]), _width(sums[day], most), ROW * place)
        for place, day in enumerate(shown)
    ]


def _width(amount: Decimal, most: Decimal) -> int:
    """Of a bar; a month whose credit notes outweigh it has none."""
    return max(0, int(WIDEST * amount / most))


def _programs(agency: Agency, month: date) -> list[Bar]:
    zone = ZoneInfo(agency.time_zone)
    first, after = (
        datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        for day in (month, rules.first_of_next(month))
    )
    with connection.cursor() as cursor:
        cursor.execute(BY_PROGRAM, [agency.pk, first, after])
        counted = sorted(cursor.fetchall(), key=lambda row: (-row[1], row[0]))
    most = counted[0][1] if counted else 1
    return [
        Bar(str(Benefit(code).label), f"{count:,}", WIDEST * count // most, ROW * place)
        for place, (code, count) in enumerate(counted)
    ]
