"""Pages that belong to no app: help, and the key that keeps a session alive."""

import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from save_portal.accounts import sessions

from .context import seconds_left
from .permissions import any_signed_in, public


@require_POST
@any_signed_in
def stay(request: HttpRequest) -> HttpResponse:
    """The caseworker pressed "Stay signed in"."""
    sessions.extend(request.session, time.time())
    return JsonResponse({"seconds": seconds_left(request)})


@public
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about.html")


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "web/privacy.html")


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "web/accessibility.html")


@public
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/help.html")
