"""What stands between a sign-in and the portal: time limits, terms of use, the second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse

from save_portal.accounts import interrupted, sessions, terms
from save_portal.accounts.second_factor import has_second_factor

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Pages that a signed-in person reaches whatever else is still missing, beside the public ones.
ALWAYS_OPEN = frozenset(
    {
        "accounts:terms",
        "accounts:session",
        "web:stay",
        "account_logout",
        "account_login",
        "healthz",
        "readyz",
    }
)


def view_name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _open(request: HttpRequest) -> bool:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return request.path_info.startswith(settings.STATIC_URL)
    return match.view_name in ALWAYS_OPEN or getattr(match.func, "public", False)


def _send_to(request: HttpRequest, address: str, *, page: str = "") -> HttpResponse:
    """A redirect that remembers the page, also where htmx asked for a part of one."""
    if not page and request.method == "GET" and request.headers.get("HX-Request") != "true":
        page = request.get_full_path()
    target = f"{address}?{urlencode({'next': page})}" if page not in ("", "/") else address
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _asks_by_itself(request: HttpRequest) -> bool:
    """Whether a page asks this of its own accord, which is no sign of a person."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return False
    return match.view_name == "accounts:session" or getattr(match.func, "asked_by_itself", False)


class SessionLimitsMiddleware:
    """Ends a session that was idle too long or has lasted too long; drafts are kept."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = time.time()
        if sessions.remaining_seconds(request.session, now) <= 0:
            asks_for_the_session = view_name(request) == "accounts:session"
            kept = interrupted.sign_out_and_keep(request)
            if asks_for_the_session:
                return JsonResponse({"remaining_seconds": 0}, status=HTTPStatus.UNAUTHORIZED)
            messages.warning(
                request,
                "You were signed out because your time had run out. "
                "Your drafts are kept; sign in to go on.",
            )
            login = reverse(settings.LOGIN_URL)
            if kept:
                return _send_to(request, login, page=reverse(interrupted.RESUME_VIEW))
            return _send_to(request, login)
        if not _asks_by_itself(request):
            sessions.touch(request.session, now)
        if request.method == "POST":
            interrupted.forget(request.session, request.get_full_path())
        return self.get_response(request)


class TermsOfUseMiddleware:
    """The terms of use are accepted at each sign-in, before anything else (S3.5)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            request.user.is_authenticated
            and not terms.accepted_in(request.session)
            and not _open(request)
        ):
            return _send_to(request, reverse("accounts:terms"))
        return self.get_response(request)


class SecondFactorMiddleware:
    """Whoever has no passkey or one-time code enrolls before they work, but in a demonstration."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if (
            not settings.DEMO
            and user.is_authenticated
            and user.needs_second_factor
            and not _open(request)
            and not _enrolls(request)
            and not has_second_factor(user)
        ):
            messages.info(
                request,
                "Your role needs a second factor. Add a passkey or an authenticator app to go on.",
            )
            return _send_to(request, reverse("mfa_index"))
        return self.get_response(request)


def _enrolls(request: HttpRequest) -> bool:
    name = view_name(request)
    return name.startswith("mfa_") or name.startswith("account_reauthenticate")
