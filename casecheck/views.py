"""CaseCheck: one short page for applicants, without an account, cookies or JavaScript.

Its forms need no CSRF token: there is no session that another site could abuse. Looking up changes
nothing, and asking carries a proof that only the page of a case that was found has.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casecheck import lookup
from casecheck.forms import LookUpForm
from casecheck.languages import BY_CODE, LANGUAGES
from casecheck.states import state_of
from save_portal.web.permissions import public
from verification.errors import WrongStatus
from verification.models import Case


def in_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page in the language of its address; nothing of it is kept anywhere."""

    @wraps(view)
    def speaking(request: HttpRequest, language: str, **kwargs: Any) -> HttpResponse:
        if language not in BY_CODE:
            raise Http404
        with translation.override(language):
            response = view(request, language, **kwargs)
        response.headers["Content-Language"] = language
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return speaking


@public
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """In the language that the reader's browser asks for, if CaseCheck speaks it."""
    asked = translation.get_language_from_request(request)
    code = asked if asked in BY_CODE else asked.split("-")[0]
    return redirect("casecheck:look-up", language=code if code in BY_CODE else "en")


@csrf_exempt
@sensitive_variables()
@sensitive_post_parameters()
@public
@require_http_methods(["GET", "HEAD", "POST"])
@in_language
def look_up(request: HttpRequest, language: str) -> HttpResponse:
    """The two questions, and where the case is. What is not found says nothing about why."""
    form = LookUpForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return _render(request, "casecheck/look_up.html", language, {"form": form}, status)
    case = lookup.look_up(
        number=form.cleaned_data["number"],
        date_of_birth=form.cleaned_data["date_of_birth"],
        address=request.META.get("REMOTE_ADDR", ""),
        at=timezone.now(),
    )
    if case is None:
        context = {"form": form, "not_found": True}
        return _render(request, "casecheck/look_up.html", language, context)
    return _found(request, language, case)


@csrf_exempt
@sensitive_post_parameters()
@public
@require_POST
@in_language
def ask(request: HttpRequest, language: str) -> HttpResponse:
    """The applicant wants additional verification."""
    try:
        case = lookup.ask_for_additional(proof=request.POST.get("proof", ""), at=timezone.now())
    except WrongStatus:
        case = None
    if case is None:
        context = {"form": LookUpForm(), "too_late": True}
        return _render(request, "casecheck/look_up.html", language, context, 409)
    return _found(request, language, case, asked=True)


def _found(request: HttpRequest, language: str, case: Case, *, asked: bool = False) -> HttpResponse:
    context = {
        "case": case,
        "state": state_of(case),
        "proof": lookup.proof_of(case),
        "asked": asked,
    }
    return _render(request, "casecheck/case.html", language, context)


def _render(
    request: HttpRequest, template: str, language: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context |= {"language": BY_CODE[language], "languages": LANGUAGES}
    return render(request, template, context, status=status)
