"""For the caseworker: how the applicant is reached, and papers in the applicant's language."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casecheck import contacts, papers
from casecheck.forms.contact import ContactForm
from casecheck.languages import BY_CODE, LANGUAGES
from save_portal.accounts.roles import Permission
from save_portal.documents.pdf import DocumentFailed
from save_portal.web.permissions import require
from verification import case_number, policies
from verification.models import Case

READERS = (Permission.VIEW_OWN_CASES, Permission.VIEW_AGENCY_CASES)


@sensitive_post_parameters()
@require(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def applicant(request: HttpRequest, number: str) -> HttpResponse:
    """The contact on file, and the papers."""
    user: Any = request.user
    case = _case(request, number)
    contact = contacts.contact_of(case)
    known = {
        "email": contact.email if contact else "",
        "phone": contact.phone if contact else "",
        "language": contact.language if contact else "en",
    }
    form = ContactForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        contacts.record(case_number=case.number, by=user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Recorded. A code can be sent there from now on.")
        return redirect("applicant:applicant", number=case.number)
    context = {
        "case": case,
        "contact": contact,
        "form": form,
        "may_act": policies.can_act_on(by=user, case=case),
        "languages": LANGUAGES,
        "chosen": known["language"],
    }
    return render(
        request, "casecheck_agency/applicant.html", context, status=422 if form.errors else 200
    )


@require(*READERS)
@require_safe
def paper(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """The correction sheet, or the letter on where the case is."""
    case, language = _case(request, number), _language(request.GET.get("language", "en"))
    draw = {"sheet": papers.sheet, "letter": papers.letter}[name]
    try:
        content = draw(case, language, at=timezone.now())
    except DocumentFailed:
        return _not_drawn(request, case)
    return papers.answer(content, name=f"{name}-{case.number}-{language}")


@require(Permission.ACT_ON_CASE)
@require_POST
def code_letter(request: HttpRequest, number: str) -> HttpResponse:
    """A letter with a new code, for an applicant without e-mail and telephone."""
    user: Any = request.user
    case, language = _case(request, number), _language(request.POST.get("language", "en"))
    at = timezone.now()
    try:
        code = contacts.code_for_letter(case_number=case.number, by=user, at=at)
        content = papers.letter(case, language, at=at, code=code)
    except DocumentFailed:
        return _not_drawn(request, case)
    return papers.answer(content, name=f"code-{case.number}-{language}")


def _not_drawn(request: HttpRequest, case: Case) -> HttpResponse:
    messages.error(request, "The PDF could not be drawn. Nothing was changed. Try again.")
    return redirect("applicant:applicant", number=case.number)


def _case(request: HttpRequest, number: str) -> Case:
    user: Any = request.user
    canonical = case_number.canonical(number)
    case = Case.objects.visible_to(user).select_related("agency").filter(number=canonical).first()
    if case is None:
        raise Http404
    return case


def _language(code: str) -> str:
    if code not in BY_CODE:
        raise Http404
    return code
