"""What needs no case: the guide, and the open figures as page and as files."""

from __future__ import annotations

import csv
from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from casecheck import charts, figures
from casecheck.guide import DOCUMENTS
from casecheck.views.page import readers, show
from save_portal.web.permissions import public


@readers
def guide(request: HttpRequest, language: str) -> HttpResponse:
    """What SAVE is and is not, rights, documents, history, and what becomes of one's data."""
    return show(request, "guide", language, {"documents": DOCUMENTS})


@readers
def numbers(request: HttpRequest, language: str) -> HttpResponse:
    """Waiting times, where cases are settled, corrections, errors: tables and drawings."""
    return show(request, "figures", language, shown(today=timezone.localdate()))


def shown(*, today: date) -> dict[str, Any]:
    """What the page of figures shows on a day."""
    counted = figures.figures(today=today)
    waits = [
        (step, list(reversed(rows)), charts.bars(rows)) for step, rows in counted.waits.items()
    ]
    return {
        "figures": counted,
        "waits": waits,
        "settled": [(row, charts.stacked(row)) for row in counted.settled],
        "errors": figures.in_words(counted.errors),
    }


@public
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """All of the page for machines; null where a number is below ten."""
    counted = figures.figures(today=timezone.localdate())
    return JsonResponse(asdict(counted), json_dumps_params={"indent": 1})


@public
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same as lines: number and percent of a group, days for half and for nine of ten."""
    counted = figures.figures(today=timezone.localdate())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="figures.csv"'
    writer = csv.writer(response)
    writer.writerow(["measure", "month", "group", "number", "percent", "days_half", "days_90"])
    for step, rows in counted.waits.items():
        for wait in rows:
            month = f"{wait.month:%Y-%m}"
            writer.writerow(["wait", month, step, wait.answers, "", wait.half, wait.nine_tenths])
    for row in counted.settled:
        for share in row.shares:
            month = f"{row.month:%Y-%m}"
            writer.writerow(["settled", month, share.group, share.cases, share.share, "", ""])
    outcomes = {"correction": counted.corrections}
    by_group = {f"error_by_{sort}": found for sort, found in counted.errors.items()}
    for measure, found in (outcomes | by_group).items():
        for share in found:
            writer.writerow([measure, "", share.group, share.cases, share.share, "", ""])
    return response
