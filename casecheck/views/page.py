"""What all pages of CaseCheck share: the language of their address, and that nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from casecheck.forms.look_up import LookUpForm
from casecheck.languages import BY_CODE, LANGUAGES
from save_portal.web.permissions import public

View = Callable[..., HttpResponse]


def in_language(view: View) -> View:
    """The page in the language of its address; nothing of it is kept anywhere."""

    @wraps(view)
    def speaking(request: HttpRequest, language: str, **kwargs: Any) -> HttpResponse:
        if language not in BY_CODE:
            raise Http404
        with translation.override(language):
            response = view(request, language, **kwargs)
        response.headers["Content-Language"] = language
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return speaking


def applicants(*methods: str) -> Callable[[View], View]:
    """A form of an applicant, who has no session and so no CSRF token (see `look_up`)."""

    def decorate(view: View) -> View:
        page = public(require_http_methods(list(methods))(in_language(view)))
        guarded = csrf_exempt(sensitive_variables()(sensitive_post_parameters()(page)))
        guarded.public = True  # type: ignore[attr-defined]
        return guarded

    return decorate


def readers(view: View) -> View:
    """A page that everybody may read."""
    return public(require_safe(in_language(view)))


def show(
    request: HttpRequest, template: str, language: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page in its frame. It knows nobody, so nothing of the request goes into it."""
    return HttpResponse(draw(template, language, context), status=status)


def draw(template: str, language: str, context: dict[str, Any]) -> str:
    """The page in its frame, in the language that is active."""
    frame = _frame(language, demo=settings.DEMO) | {"language": BY_CODE[language]}
    return render_to_string(f"casecheck/{template}.html", frame | context)


def part(name: str, context: dict[str, Any]) -> str:
    """A part of a page, in the language that is active."""
    return render_to_string(f"casecheck/parts/{name}.html", context)


@cache
def _frame(language: str, *, demo: bool) -> dict[str, Any]:
    """What all pages of a language have alike, drawn once a process: `links`, `head`, `foot`; and

    the addresses that the page of a case leads to, by name (`to`).
    """
    context = {"language": BY_CODE[language], "languages": LANGUAGES, "demo": demo}
    names = ("look-up", "ask", "correction", "notices", "who-looked")
    to = {name.replace("-", "_"): reverse(f"casecheck:{name}", args=[language]) for name in names}
    with translation.override(language):
        return {"to": to} | {name: part(name, context) for name in ("links", "head", "foot")}


def look_up_again(request: HttpRequest, language: str) -> HttpResponse:
    """The proof is too old, or the case has moved on: the two questions once more."""
    return show(request, "look_up", language, {"form": LookUpForm(), "too_late": True}, 409)
