"""The caseworker asks a status verifier (S3.7)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification.enums import AdditionalReason
from verification.errors import CaseError, InvalidSubmission
from verification.forms.additional import AdditionalForm
from verification.lifecycles.case import CaseStatus
from verification.services import additional as service
from verification.views.case import context_of, page_of, version_of
from verification.views.refusals import attempt


@require(Permission.ACT_ON_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def additional(request: HttpRequest, number: str) -> HttpResponse:
    """Why, and a comment; sending it costs, and hands the case to the verifiers."""
    user: Any = request.user
    page = page_of(request, number)
    if not any(act.name == "additional" for act in page.acts):
        messages.error(request, "Additional verification cannot be requested here now.")
        return redirect("verification:case", number=page.case.number)
    prompted = page.case.status == CaseStatus.INITIAL_UNCONFIRMED
    form = AdditionalForm(
        request.POST if request.method == "POST" else None,
        initial={"reason": AdditionalReason.PROMPTED} if prompted else None,
    )
    refused: CaseError | None = None
    if request.method == "POST" and form.is_valid():
        _, refused = attempt(
            lambda: service.request(
                case_number=page.case.number,
                version=version_of(request),
                by=user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        )
        if refused is None:
            messages.success(request, "A status verifier has been asked. The answer comes here.")
            return redirect("verification:case", number=page.case.number)
        if isinstance(refused, InvalidSubmission):
            for name, sentence in refused.field_errors.items():
                form.add_error(name, sentence)
            refused = None
    context = context_of(page) | {
        "form": form,
        "refused": refused,
        "version": request.POST.get("version", page.case.version),
    }
    status = 422 if form.errors else refused.status_code if refused else 200
    return render(request, "verification/case_additional.html", context, status=status)
