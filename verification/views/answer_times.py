"""The page on which the program sets how long answers take (S3.2, S3.10)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification.errors import InvalidSubmission
from verification.forms.answer_times import AnswerTimeForm
from verification.selectors.answer_times import answer_times
from verification.services.answer_times import set_time
from verification.views.refusals import attempt


@require(Permission.MANAGE_PROGRAM, Permission.MANAGE_QUEUE)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """What holds, what was set, and a form for the next change; promises given are kept."""
    user: Any = request.user
    form = AnswerTimeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _, refused = attempt(lambda: set_time(by=user, at=timezone.now(), **form.cleaned_data))
        if refused is None:
            messages.success(request, "Set. What was promised before is kept.")
            return redirect("verification:answer-times")
        if isinstance(refused, InvalidSubmission):
            form.add_field_errors(refused.field_errors)
        else:
            form.add_error(None, refused.message)
    today = timezone.localdate()
    holds, rows = answer_times(today=today)
    context = {"form": form, "holds": holds, "rows": rows, "today": today, "here": "answer-times"}
    return render(
        request, "verification/answer_times.html", context, status=422 if form.errors else 200
    )
