"""Correction requests: the offices' queue, and one request from draft to close."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from save_portal.web.versions import version_of
from verification.enums import RecordOwner
from verification.errors import CaseError, InvalidSubmission
from verification.forms.correction import FORMS, form_for
from verification.lifecycles.correction import CorrectionStatus
from verification.selectors.corrections import CorrectionPage, correction_list, correction_page
from verification.services import correction as service
from verification.views.documents import GUARDS
from verification.views.refusals import attempt

OFFICES = (Permission.REVIEW_REQUESTS, Permission.CORRECT_RECORDS)
DONE = {
    "find_datum": "Recorded. Now it can be sent to the owner.",
    "send": "Sent. The owner’s office sees it in its queue.",
    "give_evidence": "Added. The owner’s office sees it in its queue again.",
    "decide": "Recorded. Who asked is told.",
    "close": "Closed.",
}


@require(*OFFICES)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What waits for an owner, or for evidence."""
    user: Any = request.user
    page = correction_list(
        user=user,
        at=timezone.now(),
        status=request.GET.get("status", ""),
        owner=request.GET.get("owner", ""),
        cursor=request.GET.get("cursor"),
    )
    context = {
        "page": page,
        "owners": RecordOwner.choices,
        "statuses": CorrectionStatus.choices,
        "here": "corrections",
    }
    return render(request, "verification/corrections.html", context)


@require(*OFFICES)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """From a datum: what is posted names the record and the column, never their values."""
    user: Any = request.user
    record_ref, field = request.POST.get("record_ref", ""), request.POST.get("field", "")
    if not record_ref:  # chosen from a list: "SYSTEM:key column"
        record_ref, _, field = request.POST.get("datum", "").partition(" ")
    made, refused = attempt(
        lambda: service.draft(
            record_ref=record_ref[:60],
            field=field[:40],
            case_number=request.POST.get("case_number", ""),
            by=user,
            at=timezone.now(),
        )
    )
    if refused is not None:
        messages.error(request, refused.message)
        return redirect("verification:corrections")
    if request.POST.get("other_ref"):
        return _ask_both(request, made.pk, field=request.POST.get("other_field", ""))
    return redirect("verification:correction", request_id=made.pk)


@require(*OFFICES)
@require_safe
def show(request: HttpRequest, request_id: int) -> HttpResponse:
    """The datum, who says what, and the acts of this moment."""
    page = _page(request, request_id)
    return _render(request, page, {name: form_for(name, page.request) for name in page.acts})


@sensitive_post_parameters()
@require(*OFFICES)
@require_http_methods(["POST"])
def act(request: HttpRequest, request_id: int, name: str) -> HttpResponse:
    """One of the forms of the page; what was typed stays when it is refused."""
    user: Any = request.user
    if name not in FORMS:
        raise Http404
    page = _page(request, request_id)
    form = form_for(name, page.request, request.POST)
    refused: CaseError | None = None
    if form.is_valid():
        services: dict[str, Any] = {
            "find_datum": service.find_datum,
            "send": service.send,
            "give_evidence": service.give_evidence,
            "decide": service.decide,
            "close": service.close,
        }
        done, refused = attempt(
            lambda: services[name](
                request_id=request_id,
                version=version_of(request),
                by=user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        )
        if refused is None:
            messages.success(request, DONE[name])
            return redirect("verification:correction", request_id=done.pk)
        if isinstance(refused, InvalidSubmission):
            form.add_field_errors(refused.field_errors)
            refused = None
    forms = {other: form_for(other, page.request) for other in page.acts} | {name: form}
    status = 422 if form.errors else refused.status_code if refused else 200
    return _render(request, page, forms, refused=refused, failed=form, status=status)


@require(*OFFICES)
@require_POST
def disagree(request: HttpRequest, request_id: int) -> HttpResponse:
    """The other system's owner is asked as well."""
    return _ask_both(request, request_id)


def _ask_both(request: HttpRequest, request_id: int, *, field: str = "") -> HttpResponse:
    """Two drafts that name each other, each to be sent with what it proposes."""
    user: Any = request.user
    made, refused = attempt(
        lambda: service.raise_disagreement(
            request_id=request_id,
            other_ref=request.POST.get("other_ref", "").strip()[:60],
            other_field=field[:40],
            by=user,
            at=timezone.now(),
        )
    )
    if refused is not None:
        messages.error(request, refused.message)
    else:
        messages.success(
            request,
            f"Two requests are begun: this one, and request {made.pk} to "
            f"{made.get_owner_display()}. Send both; the owners settle it.",
        )
    return redirect("verification:correction", request_id=request_id)


@require(*OFFICES)
@require_POST
def evidence(request: HttpRequest, request_id: int) -> HttpResponse:
    """Takes in a copy of a document that shows the right value."""
    user: Any = request.user
    refused = [f"{name}: {why}" for name, why in getattr(request, "files_left_out", [])]
    files = request.FILES.getlist("file")
    for file in files:
        add = partial(
            service.add_evidence, request_id=request_id, content=file.read(), name=file.name or ""
        )
        _, refusal = attempt(partial(add, by=user, at=timezone.now()))
        if isinstance(refusal, InvalidSubmission):
            refused += refusal.field_errors.values()
        elif refusal is not None:
            refused.append(refusal.message)
    if not files and not refused:
        refused.append("Choose a file first: PDF, JPEG, PNG or HEIC.")
    for sentence in refused:
        messages.error(request, sentence)
    if not refused:
        messages.success(request, "The evidence is with the request.")
    return redirect("verification:correction", request_id=request_id)


@require(*OFFICES)
@require_safe
def evidence_page(
    request: HttpRequest, request_id: int, evidence_id: int, page: int
) -> HttpResponse:
    """The picture of one page, which we drew ourselves, under strict headers."""
    user: Any = request.user
    content, refused = attempt(
        lambda: service.evidence_page(
            request_id=request_id, evidence_id=evidence_id, page=page, by=user, at=timezone.now()
        )
    )
    if refused is not None:
        raise Http404(refused.message)
    response = HttpResponse(content, content_type="image/jpeg", headers=GUARDS)
    response["Content-Disposition"] = "inline"
    return response


def _page(request: HttpRequest, request_id: int) -> CorrectionPage:
    """The request; looking at it is a disclosure of the datum."""
    user: Any = request.user
    page = correction_page(user=user, request_id=request_id)
    if page is None:
        raise Http404
    service.disclose(page.request, by=user, at=timezone.now())
    return page


def _render(
    request: HttpRequest,
    page: CorrectionPage,
    forms: dict[str, Any],
    *,
    refused: CaseError | None = None,
    failed: Any = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": page,
        "correction": page.request,
        "forms": forms,
        "form": failed,
        "refused": refused,
        "version": request.POST.get("version", page.request.version),
        "here": "corrections",
    }
    return render(request, "verification/correction.html", context, status=status)
