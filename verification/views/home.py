"""Where each role begins: the page of what waits for that person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import any_signed_in
from verification.views.lists import my_work_page

HOMES = (
    (Permission.REVIEW_REQUESTS, "verification:review-queue"),
    (Permission.CORRECT_RECORDS, "verification:corrections"),
    (Permission.MANAGE_PROGRAM, "agreements:index"),
    (Permission.MONITOR, "verification:accuracy"),
)


@any_signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My work for who works on cases; the own queue for the offices."""
    user: Any = request.user
    for permission, where in HOMES:
        if user.can(permission):
            return redirect(where)
    return my_work_page(request)
