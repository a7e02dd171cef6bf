"""The page of the verifiers' supervisor: ageing, throughput, second looks, and their share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification.selectors.review_board import ReviewBoard, review_board
from verification.services import second_review
from verification.views.refusals import attempt


@require(Permission.MANAGE_QUEUE)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    page = review_board(user=user, at=timezone.now())
    context = {
        "page": page,
        "bars": _bars(page),
        "columns": _columns(page),
        "here": "review-board",
    }
    return render(request, "verification/review_board.html", context)


@require(Permission.MANAGE_QUEUE)
@require_POST
def set_share(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    typed = request.POST.get("percent", "").strip().rstrip("%").strip()
    kept, refused = attempt(
        lambda: second_review.set_share(
            percent=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else -1,
            by=user,
            at=timezone.now(),
        )
    )
    if refused is not None:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"From now on {kept.percent} of 100 answers get a second look.")
    return redirect("verification:review-board")


def _bars(page: ReviewBoard) -> list[dict[str, Any]]:
    """The ageing chart: a row of 34 a bar, 260 wide for the longest."""
    most = max([bar.total for bar in page.ages] or [0]) or 1
    return [
        {
            "bar": bar,
            "y": 6 + 34 * row,
            "text_y": 22 + 34 * row,
            "first": round(260 * bar.additional / most),
            "second_x": 90 + round(260 * bar.additional / most),
            "second": round(260 * bar.g845 / most),
            "end": 96 + round(260 * bar.additional / most) + round(260 * bar.g845 / most),
        }
        for row, bar in enumerate(page.ages)
    ]


def _columns(page: ReviewBoard) -> list[dict[str, Any]]:
    """Answers a day: a column of 34 a day, 120 high for the most."""
    most = max([day.total for day in page.days] or [0]) or 1
    return [
        {
            "day": day,
            "x": 8 + 36 * place,
            "middle": 21 + 36 * place,
            "y": 140 - round(120 * day.total / most),
            "height": round(120 * day.total / most),
            "text_y": 135 - round(120 * day.total / most),
        }
        for place, day in enumerate(page.days)
    ]
