"""Pages about the own account: terms of use, time left, profile."""

from __future__ import annotations

import time
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from save_portal.accounts import interrupted, sessions, terms
from save_portal.accounts.second_factor import factors_of
from save_portal.web.permissions import any_signed_in


def _next(request: HttpRequest) -> str:
    """Where the person was going, if that is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return settings.LOGIN_REDIRECT_URL


@require_http_methods(["GET", "HEAD", "POST"])
@any_signed_in
def terms_of_use(request: HttpRequest) -> HttpResponse:
    """The terms of use, accepted at each sign-in before anything else (S3.5)."""
    assert request.user.is_authenticated
    if request.method == "POST":
        if request.POST.get("accept") == "yes":
            terms.accept(session=request.session, by=request.user, at=timezone.now())
            return redirect(_next(request))
        error = "Tick the box to accept the terms of use, or sign out."
    else:
        error = ""
    context = {
        "version": terms.VERSION,
        "accepted": terms.accepted_in(request.session),
        "next": _next(request),
        "error": error,
    }
    return render(request, "account/terms.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@any_signed_in
def session(request: HttpRequest) -> HttpResponse:
    """Seconds left as JSON. GET only looks; POST says that the person is still here."""
    now = time.time()
    if request.method == "POST":
        sessions.extend(request.session, now)
    return JsonResponse(
        {
            "remaining_seconds": sessions.remaining_seconds(request.session, now),
            "absolute_remaining_seconds": sessions.absolute_remaining_seconds(request.session, now),
            "warning_seconds": settings.SESSION_WARNING_SECONDS,
        }
    )


@require_POST
@any_signed_in
def keep(request: HttpRequest) -> HttpResponse:
    """The page's time has run out: end the session, and keep what stands in its form."""
    interrupted.sign_out_and_keep(request)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_http_methods(["GET", "HEAD", "POST"])
@any_signed_in
@never_cache
def resume(request: HttpRequest) -> HttpResponse:
    """What was being typed when the session ended: go on with it, or drop it."""
    assert request.user.is_authenticated
    if request.method == "POST":
        interrupted.forget(request.session)
    form = interrupted.kept_for(request.session, request.user.pk)
    if form is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "account/resume.html", {"form": form})


@require_safe
@any_signed_in
def profile(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    context = {"factors": factors_of(request.user), "demanded": not settings.DEMO}
    return render(request, "account/profile.html", context)
