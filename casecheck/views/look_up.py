"""The two questions, and where the case is: without an account, cookies or JavaScript.

CaseCheck's forms need no CSRF token: there is no session that another site could abuse. Looking up
changes nothing, and whatever does carries a proof that only the page of a case found has.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from casecheck import lookup, work
from casecheck.forms.look_up import LookUpForm
from casecheck.languages import BY_CODE
from casecheck.records import followed
from casecheck.states import dates_of, has_asked
from casecheck.views.page import applicants, look_up_again, part, show
from casecheck.views.prepared import Sort, case_page
from save_portal.accounts.tenancy import system_scope
from save_portal.web.client_address import of_limits
from save_portal.web.permissions import public
from verification.errors import WrongStatus
from verification.models import Case


@public
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """In the language that the reader's browser asks for, if CaseCheck speaks it."""
    asked = translation.get_language_from_request(request)
    code = asked if asked in BY_CODE else asked.split("-")[0]
    return redirect("casecheck:look-up", language=code if code in BY_CODE else "en")


@applicants("GET", "HEAD", "POST")
def look_up(request: HttpRequest, language: str) -> HttpResponse:
    """The two questions, and where the case is. What is not found says nothing about why."""
    if request.method == "POST" and "proof" in request.POST:  # back from another page of the case
        with system_scope():
            case = lookup.case_of(request.POST["proof"])
        return _found(request, language, case) if case else look_up_again(request, language)
    form = LookUpForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, "look_up", language, {"form": form}, 422 if form.errors else 200)
    found = lookup.look_up(
        number=form.cleaned_data["number"],
        date_of_birth=form.cleaned_data["date_of_birth"],
        address=of_limits(request) or "",
        work=work.done(request.POST),
        at=timezone.now(),
    )
    if found is None:
        task = {"task": work.task(), "bits": work.BITS}
        return show(request, "look_up", language, {"form": form, "not_found": True, **task})
    corrections = None if found.has_corrections else ()
    return _found(request, language, found.case, corrections=corrections)


@applicants("POST")
def ask(request: HttpRequest, language: str) -> HttpResponse:
    """The applicant wants additional verification."""
    try:
        case = lookup.ask_for_additional(proof=request.POST.get("proof", ""), at=timezone.now())
    except WrongStatus:
        case = None
    return _found(request, language, case, asked=True) if case else look_up_again(request, language)


def _found(
    request: HttpRequest, language: str, case: Case, *, corrections: Any = None, asked: bool = False
) -> HttpResponse:
    """The page of the case; `corrections` are looked for unless it is known that there are none."""
    if corrections is None:
        with system_scope():
            corrections = followed(case.pk)
    dates = dates_of(case, today=timezone.localdate())
    sort = Sort(
        language=language,
        status=case.status,
        asked=has_asked(case),
        just_now=asked,
        promised=bool(dates.by),
        explained=bool(dates.why_by),
        late=dates.late,
    )
    page = case_page(
        sort,
        number=case.grouped_number,
        agency=case.agency.name,
        dates=dates,
        proof=lookup.proof_of(case),
        followed=part("followed", {"corrections": corrections}) if corrections else "",
    )
    return HttpResponse(page)
