"""The status verification office takes in what agencies mail (S3.3, S3.4)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification.errors import CaseError, InvalidSubmission
from verification.forms.g845 import ArrivalForm, PaperForm
from verification.forms.initiate import DocumentForm
from verification.immigration_documents import DOCUMENT_TYPES
from verification.selectors.g845_page import recent_arrivals
from verification.services import g845, paper_form
from verification.views.refusals import attempt


@require(Permission.REVIEW_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def arrivals(request: HttpRequest) -> HttpResponse:
    """Scan the bar code of a form, or type its number: one field, ready for the next."""
    user: Any = request.user
    form = ArrivalForm(request.POST or None)
    refused: CaseError | None = None
    if request.method == "POST" and form.is_valid():
        done, refused = attempt(
            lambda: g845.record_arrival(
                case_number=form.cleaned_data["number"], by=user, at=timezone.now()
            )
        )
        if refused is None:
            case, news = done
            said = "arrived. A verifier can take it." if news else "was recorded before."
            messages.success(request, f"The form of case {case.grouped_number} {said}")
            return redirect("verification:arrivals")
        form.add_error("number", refused.message)
    context = {"form": form, "recent": recent_arrivals(user=user), "here": "arrivals"}
    status = refused.status_code if refused else 422 if form.errors else 200
    return render(request, "verification/arrivals.html", context, status=status)


@require(Permission.REVIEW_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """A paper form without a case number: which document does it name?"""
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("verification:paper-form-details", document=form.cleaned_data["document"])
    context = {"form": form, "here": "arrivals"}
    return render(request, "verification/paper_form_document.html", context)


@sensitive_post_parameters()
@require(Permission.REVIEW_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, document: str) -> HttpResponse:
    """Keys in the paper form: a case of its agency, charged as a paper form (S3.4)."""
    user: Any = request.user
    kind = DOCUMENT_TYPES.get(document)
    if kind is None:
        raise Http404
    form = PaperForm(request.POST or None, document=kind, today=timezone.localdate())
    refused: CaseError | None = None
    if request.method == "POST" and form.is_valid():
        case, refused = attempt(
            lambda: paper_form.enter(
                official_email=form.cleaned_data["official_email"],
                submission=form.submission,
                mailed_on=form.cleaned_data["mailed_on"],
                reason=form.cleaned_data["reason"],
                comment=form.cleaned_data["comment"],
                supplement=form.cleaned_data["supplement"],
                by=user,
                at=timezone.now(),
            )
        )
        if refused is None:
            messages.success(
                request,
                f"Case {case.grouped_number} is made and charged as a paper form. Write the "
                "number on the paper.",
            )
            return redirect("verification:arrivals")
        if isinstance(refused, InvalidSubmission):
            form.add_field_errors(refused.field_errors)
            refused = None
    context = {"form": form, "document": kind, "refused": refused, "here": "arrivals"}
    status = 422 if form.errors else refused.status_code if refused else 200
    return render(request, "verification/paper_form.html", context, status=status)
