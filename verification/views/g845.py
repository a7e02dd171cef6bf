"""The caseworker's side of Form G-845: asking, printing, mailing, or sending copies (S3.9)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from save_portal.web.versions import version_of
from verification.enums import AdditionalReason, DocumentKind, DocumentLanguage
from verification.errors import CaseError, InvalidSubmission
from verification.forms.g845 import MailedForm, ReasonFields
from verification.selectors.g845_page import G845Page, form_context, g845_page
from verification.services import g845 as service
from verification.views.case import READERS, context_of, page_of
from verification.views.documents import take_uploads
from verification.views.papers import paper
from verification.views.refusals import attempt, refused_to_case


@require(*READERS)
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """What to send, and how far it is."""
    page = _page(request, number)
    if not page.may_print:
        return redirect("verification:case", number=page.case.number)
    return _shown(request, page)


@require(Permission.ACT_ON_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Goes on with the form: why, what it costs, and what else is asked."""
    page = _page(request, number)
    if page.refusal is not None or not page.may_act:
        why = page.refusal.message if page.refusal else "Only the case's agency can ask for a form."
        messages.error(request, why)
        return redirect("verification:case", number=page.case.number)
    return _reason(request, page, service.ask_for, "The form is ready. Print it and mail it.")


@require(Permission.ACT_ON_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest, number: str) -> HttpResponse:
    """Changes item 19 and the Supplement, until the form is mailed."""
    page = _page(request, number)
    if not page.may_act:
        raise PermissionDenied("Only the caseworkers of the case's agency can do this.")
    if not page.waits_for_mailing:
        messages.error(request, "The form can be changed only while it waits to be mailed.")
        return redirect("verification:case", number=page.case.number)
    return _reason(request, page, service.fill_in, "The form is changed. Print it anew.")


@require(Permission.ACT_ON_CASE)
@require_POST
def mailed(request: HttpRequest, number: str) -> HttpResponse:
    """Records the day of mailing."""
    user: Any = request.user
    page = _page(request, number)
    form = MailedForm(request.POST, today=page.today)
    refused: CaseError | None = None
    if form.is_valid():
        _, refused = attempt(
            lambda: service.mark_mailed(
                case_number=page.case.number,
                version=version_of(request),
                mailed_on=form.cleaned_data["mailed_on"],
                by=user,
                at=timezone.now(),
            )
        )
        if refused is None:
            messages.success(request, "Recorded as mailed. The answer comes here.")
            return redirect("verification:g845", number=page.case.number)
        if isinstance(refused, InvalidSubmission):
            form.add_field_errors(refused.field_errors)
            refused = None
    return _shown(request, page, form=form, refused=refused)


@require(Permission.ACT_ON_CASE)
@require_POST
@refused_to_case
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Takes copies in, to be sent in place of the mailed form."""
    page = _page(request, number)
    kind = request.POST.get("kind", "")
    refused = take_uploads(request, number=page.case.number, kind=kind)
    for sentence in refused:
        messages.error(request, sentence)
    if not refused and not request.FILES.getlist("files"):
        messages.error(request, "Choose a file first: PDF, JPEG, PNG or HEIC.")
    return redirect("verification:g845", number=page.case.number)


@require(Permission.ACT_ON_CASE)
@require_POST
def send_copies(request: HttpRequest, number: str) -> HttpResponse:
    """Sends the uploaded copies in place of the mailed form."""
    user: Any = request.user
    page = _page(request, number)
    _, refused = attempt(
        lambda: service.send_copies_instead(
            case_number=page.case.number, version=version_of(request), by=user, at=timezone.now()
        )
    )
    if refused is not None:
        return _shown(request, page, refused=refused)
    messages.success(request, "The copies are sent. A status verifier can take the case now.")
    return redirect("verification:g845", number=page.case.number)


@require(*READERS)
@require_safe
def form_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The form already filled in, to print and mail."""
    page = _page(request, number)
    if not page.may_print:
        raise Http404("There is no Form G-845 for this case now.")
    return paper(request, page.case, "pdf/g845.html", form_context(page), name="g845")


@require(*READERS)
@require_safe
def call_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """One page to have at hand when calling the toll-free number (S3.10)."""
    page = _page(request, number)
    if not page.is_under_way:
        raise Http404("No Form G-845 of this case is on its way.")
    context = {"page": page, "case": page.case, "filled": page.filled}
    return paper(request, page.case, "pdf/g845_call.html", context, name="g845-call")


def _page(request: HttpRequest, number: str) -> G845Page:
    user: Any = request.user
    page = g845_page(user=user, number=number, at=timezone.now())
    if page is None:
        raise Http404
    return page


def _shown(
    request: HttpRequest,
    page: G845Page,
    *,
    form: MailedForm | None = None,
    refused: CaseError | None = None,
) -> HttpResponse:
    wrong = form is not None and bool(form.errors)
    context = context_of(page_of(request, page.case.number)) | {
        "g845": page,
        "form": form if form is not None else MailedForm(today=page.today),
        "wrong": wrong,
        "refused": refused,
        "kinds": DocumentKind.choices,
        "languages": DocumentLanguage.choices,
        "version": request.POST.get("version", page.case.version),
    }
    status = 422 if wrong else refused.status_code if refused else 200
    return render(request, "verification/g845.html", context, status=status)


def _reason(request: HttpRequest, page: G845Page, act: Any, done: str) -> HttpResponse:
    """The form for item 19 and the Supplement, before the form is asked for and after."""
    user: Any = request.user
    case = page.case
    refused: CaseError | None = None
    if request.method == "POST":
        form = ReasonFields(request.POST)
        if form.is_valid():
            _, refused = attempt(
                lambda: act(
                    case_number=case.number,
                    version=version_of(request),
                    by=user,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
            )
            if refused is None:
                messages.success(request, done)
                return redirect("verification:g845", number=case.number)
            if isinstance(refused, InvalidSubmission):
                form.add_field_errors(refused.field_errors)
                refused = None
    else:
        form = ReasonFields(initial=_known(page))
    context = context_of(page_of(request, case.number)) | {
        "g845": page,
        "form": form,
        "refused": refused,
        "version": request.POST.get("version", case.version),
        "asking": act is service.ask_for,
    }
    status = 422 if form.errors else refused.status_code if refused else 200
    return render(request, "verification/g845_reason.html", context, status=status)


def _known(page: G845Page) -> dict[str, Any]:
    """What is known already: the form's own, else the reason of the request before it."""
    if page.form is not None:
        form = page.form
        return {"reason": form.reason, "comment": form.comment, "supplement": form.supplement}
    if page.case.document_doubt:
        doubt = page.case.document_doubt[: service.COMMENT_LENGTH]
        return {"reason": AdditionalReason.DOCUMENT_DOUBTFUL, "comment": doubt}
    asked = page.request
    if asked is not None:
        return {"reason": asked.reason, "comment": asked.comment[: service.COMMENT_LENGTH]}
    return {}
