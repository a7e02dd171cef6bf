"""The caseworker asks a status verifier: form, copies, check, send (S3.7)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from save_portal.accounts.roles import Permission
from save_portal.web.forms import first_control
from save_portal.web.permissions import require
from save_portal.web.versions import version_of
from verification import deadlines
from verification.enums import AdditionalReason, PhotoAnswer
from verification.errors import CaseError
from verification.forms.additional import MULTIPLE, AdditionalForm
from verification.forms.documents import CopiesForm
from verification.lifecycles.case import CaseStatus
from verification.models import AdditionalDraft, Case
from verification.rules.additional import copies_missing
from verification.selectors.case_page import CasePage
from verification.services import additional as service
from verification.services import documents
from verification.views.case import context_of, page_of
from verification.views.documents import take_uploads
from verification.views.initiate import LONGEST, as_query
from verification.views.refusals import attempt

BUTTONS = {"csrfmiddlewaretoken", "next", "add", "remove", "save", "discard", "kind", "files"}


@sensitive_post_parameters()
@require(Permission.ACT_ON_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def additional(request: HttpRequest, number: str) -> HttpResponse:
    """The form. What was typed and uploaded is kept before it is judged; nothing is sent here."""
    page = page_of(request, number)
    if (elsewhere := _cannot_ask(request, page)) is not None:
        return elsewhere
    if request.method != "POST":
        return _show(request, page, _form(page, typed=_draft(page.case)), CopiesForm())
    user: Any = request.user
    if "discard" in request.POST:
        service.discard_draft(case_number=page.case.number, by=user, at=timezone.now())
        messages.success(request, "The draft is gone. Nothing was sent or charged.")
        return redirect("verification:case", number=page.case.number)
    typed = _typed_in(request)
    service.keep_draft(case_number=page.case.number, data=typed, by=user, at=timezone.now())
    if "remove" in request.POST:
        _remove(request, page.case)
        return _to_copies(page.case)
    return _judged(request, page, typed)


def _judged(request: HttpRequest, page: CasePage, typed: dict[str, list[str]]) -> HttpResponse:
    """Take the files; then on to the check, back to the case, or the form with what is wrong."""
    number = page.case.number
    typed_of_copies = {name: request.POST.get(name, "") for name in ("kind", "language")}
    chosen = CopiesForm(**typed_of_copies).chosen
    wrong = take_uploads(request, number=number, kind=chosen)
    if "add" in request.POST and not request.FILES and not wrong:
        wrong = ["Choose the files first, then add them."]
    if not wrong and "add" in request.POST:
        return _to_copies(page.case)
    if not wrong and "save" in request.POST:
        messages.success(request, "Saved. You find it at the case when you return.")
        return redirect("verification:case", number=number)
    page = page_of(request, number)
    if "add" in request.POST or "save" in request.POST:
        return _show(
            request, page, _form(page, typed=typed), CopiesForm(**typed_of_copies, wrong=wrong)
        )
    form = _form(page, data=typed)
    if missing := copies_missing(form["reason"].value() or "", copies=len(page.documents)):
        wrong = [*wrong, missing]
    if form.is_valid() and not wrong:
        return redirect("verification:additional-check", number=number)
    return _show(request, page, form, CopiesForm(**typed_of_copies, wrong=wrong))


@require(Permission.ACT_ON_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, number: str) -> HttpResponse:
    """What will be sent, what it costs and by when it is answered. Sending twice sends once."""
    user: Any = request.user
    page = page_of(request, number)
    if (elsewhere := _cannot_ask(request, page)) is not None:
        return elsewhere
    form = _form(page, data=_draft(page.case))
    missing = copies_missing(form["reason"].value() or "", copies=len(page.documents))
    if missing or not form.is_valid():
        messages.warning(request, "Something is still missing. Nothing was sent or charged.")
        return redirect("verification:additional", number=page.case.number)
    refused: CaseError | None = None
    now = timezone.now()
    if request.method == "POST":
        asked = form.question
        _, refused = attempt(
            lambda: service.request(
                case_number=page.case.number,
                version=version_of(request),
                reason=asked.reason,
                comment=asked.comment,
                expected=asked.expected,
                dates_needed=asked.dates_needed,
                also_known_as=asked.also_known_as,
                further_numbers=asked.further_numbers,
                by=user,
                at=now,
            )
        )
        if refused is None:
            messages.success(request, "A status verifier has been asked. The answer comes here.")
            return redirect("verification:case", number=page.case.number)
    context = context_of(page) | {
        "form": form,
        "refused": refused,
        "version": request.POST.get("version", page.case.version),
        "promised": deadlines.additional(at=now, agency=page.case.agency),
        "waiting_copies": [copy for copy in page.documents if copy.sent_at is None],
    }
    status = refused.status_code if refused else 200
    return render(request, "verification/case_additional_check.html", context, status=status)


def _cannot_ask(request: HttpRequest, page: CasePage) -> HttpResponse | None:
    """Where it leads when nothing can be asked: a second click lands on the case that was sent."""
    if any(act.name == "additional" for act in page.acts):
        return None
    if page.case.status in (CaseStatus.ADDITIONAL_REQUESTED, CaseStatus.ADDITIONAL_IN_REVIEW):
        messages.info(request, "A status verifier was asked already. Nothing was charged again.")
    else:
        messages.error(request, "Additional verification cannot be requested here now.")
    return redirect("verification:case", number=page.case.number)


def _form(
    page: CasePage,
    *,
    data: dict[str, list[str]] | None = None,
    typed: dict[str, list[str]] | None = None,
) -> AdditionalForm:
    """The form with `data` to be judged, or only filled in with what was `typed`."""
    if data is not None:
        return AdditionalForm(as_query(data), case=page.case)
    kept = {n: v if n in MULTIPLE else (v[-1] if v else "") for n, v in (typed or {}).items()}
    likely = _likely_reason(page.case)
    return AdditionalForm(case=page.case, initial={"reason": likely, **kept} if likely else kept)


def _likely_reason(case: Case) -> str:
    if case.photo_answer == PhotoAnswer.NO:
        return str(AdditionalReason.DOCUMENT_DOUBTFUL)
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        return str(AdditionalReason.PROMPTED)
    return ""


def _draft(case: Case) -> dict[str, list[str]]:
    draft = AdditionalDraft.objects.filter(case=case).first()
    return dict(draft.data) if draft else {}


def _typed_in(request: HttpRequest) -> dict[str, list[str]]:
    longest = max(LONGEST, 1000)
    return {
        name: [value[:longest] for value in values]
        for name, values in request.POST.lists()
        if name not in BUTTONS
    }


def _remove(request: HttpRequest, case: Case) -> None:
    user: Any = request.user
    try:
        document = int(request.POST["remove"])
    except ValueError:
        return
    documents.remove(case_number=case.number, document_id=document, by=user, at=timezone.now())
    messages.success(request, "The copy is taken away. Nothing of it is kept.")


def _to_copies(case: Case) -> HttpResponse:
    return redirect(reverse("verification:additional", args=[case.number]) + "#copies")


def _show(
    request: HttpRequest, page: CasePage, form: AdditionalForm, copies: CopiesForm
) -> HttpResponse:
    problems = [
        (first_control(field), str(field.label).rstrip("?"), sentence)
        for field in (*form, *copies)
        for sentence in field.errors
    ]
    context = context_of(page) | {
        "form": form,
        "copies": copies,
        "problems": problems,
        "promised": deadlines.additional(at=timezone.now(), agency=page.case.agency),
        "waiting_copies": [copy for copy in page.documents if copy.sent_at is None],
        "has_draft": AdditionalDraft.objects.filter(case=page.case).exists(),
    }
    status = 422 if problems else 200
    return render(request, "verification/case_additional.html", context, status=status)
