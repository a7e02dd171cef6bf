"""The program office's page of looks that are shown to the person later (S10.3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from casecheck import delays
from casecheck.forms.delay import DelayForm
from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification.errors import InvalidSubmission
from verification.views.refusals import attempt


@require(Permission.MANAGE_PROGRAM)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """What is delayed, what was ever set and by whom, and a form for the next rule."""
    user: Any = request.user
    form = DelayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _, refused = attempt(
            lambda: delays.set_delay(by=user, at=timezone.now(), **form.cleaned_data)
        )
        if refused is None:
            messages.success(request, "Set. Looks of the days before keep their rule.")
            return redirect("delays:rules")
        if isinstance(refused, InvalidSubmission):
            form.add_field_errors(refused.field_errors)
        else:
            form.add_error(None, refused.message)
    today = timezone.localdate()
    context = {"form": form, "page": delays.rules(today=today), "today": today, "here": "delays"}
    return render(
        request, "casecheck_office/delays.html", context, status=422 if form.errors else 200
    )
