"""The applicant has a newer document: begin again, with the old case linked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification.errors import CaseError
from verification.forms.initiate import DocumentForm
from verification.services import superseding
from verification.views.case import context_of, page_of
from verification.views.refusals import attempt


@require(Permission.CLOSE_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """Says what happens, asks which document it is, and goes on with a form filled in."""
    user: Any = request.user
    page = page_of(request, number)
    if not any(act.name == "newer" for act in page.acts):
        messages.error(request, "This case can no longer be replaced. Begin a new case.")
        return redirect("verification:case", number=page.case.number)
    form = DocumentForm(request.POST or None, initial={"document": page.case.document_type})
    refused: CaseError | None = None
    if request.method == "POST" and form.is_valid():
        draft, refused = attempt(
            lambda: superseding.begin(
                case_number=page.case.number,
                document_type=form.cleaned_data["document"],
                by=user,
                at=timezone.now(),
            )
        )
        if refused is None:
            return redirect("verification:details", draft=draft.pk)
    context = context_of(page) | {"form": form, "refused": refused}
    status = 422 if form.errors else refused.status_code if refused else 200
    return render(request, "verification/newer_document.html", context, status=status)
