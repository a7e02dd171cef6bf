"""The page of error rates, and the same as CSV: counts only, nobody's data (S10.3)."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from save_portal.web.spreadsheet import safe
from verification.rules.shares import Share
from verification.services.accuracy import Accuracy, accuracy

USUAL_DAYS, MOST_DAYS = 90, 731


class Period:
    """The days asked for, both included; the usual ones where what was typed cannot be."""

    def __init__(self, request: HttpRequest) -> None:
        today = timezone.localdate()
        self.typed = {name: request.GET.get(name, "").strip() for name in ("from", "to")}
        self.errors: dict[str, str] = {}
        self.to = self._read("to", today, "To")
        self.first = self._read("from", self.to - timedelta(days=USUAL_DAYS), "From")
        if not self.errors and self.first > self.to:
            self.errors["from"] = "From lies after To. Enter an earlier day."
        elif not self.errors and (self.to - self.first).days > MOST_DAYS:
            self.errors["from"] = "From lies more than two years before To. Enter a later day."
        if self.errors:
            self.first, self.to = today - timedelta(days=USUAL_DAYS), today

    def _read(self, name: str, usual: date, label: str) -> date:
        if not self.typed[name]:
            self.typed[name] = usual.isoformat()
            return usual
        try:
            found = parse_date(self.typed[name])
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year <= 2100:
            self.errors[name] = f"{label} is no date. Enter year, month and day as 2026-11-20."
            return usual
        return found

    def accuracy(self) -> Accuracy:
        def begins(day: date) -> datetime:
            return timezone.make_aware(datetime.combine(day, time()))

        return accuracy(first=begins(self.first), end=begins(self.to + timedelta(days=1)))


@require(Permission.MANAGE_PROGRAM, Permission.MONITOR)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """False no-matches and wrong confirmations, by kind and by group."""
    period = Period(request)
    page = period.accuracy()
    bars = _bars(page)
    context = {
        "page": page,
        "period": period,
        "bars": bars,
        "chart_height": 42 * len(bars),
        "here": "accuracy",
    }
    status = 422 if period.errors else 200
    return render(request, "verification/accuracy.html", context, status=status)


@require(Permission.MANAGE_PROGRAM, Permission.MONITOR)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The tables of the page in one file; shares of too few cases are not in it either."""
    period = Period(request)
    if period.errors:
        text = "\n".join(period.errors.values())
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"accuracy-{period.first}-{period.to}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["kind", "by", "group", "cases", "of", "percent", "at_least", "at_most"])
    for table in period.accuracy().tables:
        for share in table.shares:
            writer.writerow([table.kind, table.title, safe(share.label), *_cells(share)])
    return response


def _cells(share: Share) -> list[str]:
    if not share.shown:
        return ["", "fewer than 10", "", "", ""]
    low, high = share.interval
    shown = (f"{value:.2f}" for value in (share.percent, low, high))
    return [str(share.part), str(share.whole), *shown]


def _bars(page: Accuracy) -> list[dict[str, Any]]:
    """The chart of false no-matches by naming system: 42 a bar, 340 wide for everybody."""
    shares = [share for share in page.missed_by[2].shares if share.shown]
    return [
        {
            "share": share,
            "label_y": 14 + 42 * row,
            "y": 20 + 42 * row,
            "width": round(3.4 * share.percent, 1),
            "low": round(3.4 * share.interval[0], 1),
            "high": round(3.4 * share.interval[1], 1),
            "middle": 28 + 42 * row,
        }
        for row, share in enumerate(shares)
    ]
