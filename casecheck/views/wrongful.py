"""The pages of those who monitor: a look that was wrongful is found, written down and told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from casecheck import papers, wrongful
from casecheck.forms.wrongful import CaseForm, WrongfulForm
from casecheck.languages import BY_CODE, LANGUAGES
from save_portal.accounts.roles import Permission
from save_portal.documents.pdf import DocumentFailed
from save_portal.web.permissions import require
from verification.services import wrongful_disclosure
from verification.views.refusals import attempt


@require(Permission.MONITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def look_for(request: HttpRequest) -> HttpResponse:
    """What was found so far, and the disclosure log of one case."""
    user: Any = request.user
    form = CaseForm(request.POST or None)
    entries = None
    if request.method == "POST" and form.is_valid():
        entries = wrongful.log_of(case_number=form.cleaned_data["case"], by=user, at=timezone.now())
        if entries is None:
            form.add_error("case", "There is no case of this number. Look at it again.")
    context = {
        "form": form,
        "entries": entries,
        "recorded": wrongful.recorded(by=user) if entries is None else [],
        "here": "wrongful",
    }
    return render(
        request, "casecheck_office/wrongful.html", context, status=422 if form.errors else 200
    )


@require(Permission.MONITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, disclosure: int) -> HttpResponse:
    """One entry of the log: it is written down as wrongful here, or was."""
    user: Any = request.user
    entry = _entry(request, disclosure)
    form = WrongfulForm(request.POST if request.method == "POST" and not entry.found else None)
    if form.is_bound and form.is_valid():
        _, refused = attempt(
            lambda: wrongful_disclosure.report(
                disclosure_id=disclosure,
                fault=form.cleaned_data["fault"],
                note=form.cleaned_data["note"],
                by=user,
                at=timezone.now(),
            )
        )
        if refused is None:
            messages.success(
                request,
                "Recorded. The person reads it on CaseCheck from now on; where they can be "
                "reached, a message leaves within minutes.",
            )
            return redirect("wrongful:look", disclosure=disclosure)
        form.add_error(None, refused.message)
    context = {
        "form": form,
        "entry": entry,
        "told": wrongful.told(entry.found) if entry.found else None,
        "case": wrongful.case_of(entry),
        "languages": LANGUAGES,
        "here": "wrongful",
    }
    return render(
        request, "casecheck_office/wrongful_look.html", context, status=422 if form.errors else 200
    )


@require(Permission.MONITOR)
@require_safe
def letter(request: HttpRequest, disclosure: int) -> HttpResponse:
    """What the person reads on CaseCheck, for who has neither e-mail nor telephone."""
    entry, language = _entry(request, disclosure), request.GET.get("language", "en")
    case = wrongful.case_of(entry)
    if entry.found is None or case is None or language not in BY_CODE:
        raise Http404
    try:
        content = papers.wrongful_letter(case, language, at=timezone.now(), entry=entry)
    except DocumentFailed:
        messages.error(request, "The PDF could not be drawn. Try again.")
        return redirect("wrongful:look", disclosure=disclosure)
    return papers.answer(content, name=f"letter-{case.number}-{language}")


def _entry(request: HttpRequest, disclosure: int) -> wrongful.Entry:
    user: Any = request.user
    entry = wrongful.entry(disclosure_id=disclosure, by=user)
    if entry is None:
        raise Http404
    return entry
