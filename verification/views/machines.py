"""The agency's eligibility systems: their credentials, changed over and ended by its administrator.

A secret is shown once, on the answer to the form that made it, and is kept nowhere.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.enums import AccessMode
from agreements.selectors.binding import permitted
from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from save_portal.benefits import Benefit
from save_portal.machines import services, webhooks
from save_portal.machines.models import Client, Webhook
from save_portal.web.permissions import require
from verification import deadlines
from verification.forms.machines import ClientForm, WebhookForm


@require(Permission.MANAGE_PEOPLE)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All systems of the agency, the live ones first."""
    return render(request, "verification/machines.html", _context(request))


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """A new system with its first secret."""
    user = _administrator(request)
    assert user.agency is not None
    now = timezone.now()
    today = deadlines.local_date(now, user.agency.time_zone)
    found = permitted(agency=user.agency, on=today)
    mode = AccessMode.WEB_SERVICES
    benefits = found.benefits if found is not None and found.allows(mode) else ()
    form = ClientForm(request.POST or None, permitted=benefits)
    if request.method == "POST" and form.is_valid():
        client, secret = services.make_client(
            agency=user.agency,
            access_mode=mode,
            by=user,
            at=now,
            **form.cleaned_data,
        )
        return _shown_once(request, client, secret)
    context = {"form": form, "permitted": benefits, "here": "machines"}
    status = 422 if form.errors else 200
    return render(request, "verification/machine_new.html", context, status=status)


@require(Permission.MANAGE_PEOPLE)
@require_POST
def add_secret(request: HttpRequest, client_id: int) -> HttpResponse:
    """A second secret, for the change over."""
    user = _administrator(request)
    try:
        with transaction.atomic():
            client, secret = services.add_secret(client_id=client_id, by=user, at=timezone.now())
    except services.ClientError as refused:
        return _refused(request, refused)
    return _shown_once(request, client, secret)


@require(Permission.MANAGE_PEOPLE)
@require_POST
def end_secret(request: HttpRequest, client_id: int, secret_id: int) -> HttpResponse:
    """A secret is over at once, with every token that is out."""
    user = _administrator(request)
    try:
        with transaction.atomic():
            services.end_secret(
                client_id=client_id, secret_id=secret_id, by=user, at=timezone.now()
            )
    except services.ClientError as refused:
        return _refused(request, refused)
    messages.success(request, "The secret is ended. The system gets new tokens by its other one.")
    return redirect("verification:machines")


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, client_id: int) -> HttpResponse:
    """The system is out at once; asked once more before."""
    user = _administrator(request)
    client = Client.objects.visible_to(user).filter(pk=client_id).first()
    if client is None:
        return _refused(request, services.ClientError("There is no such system in your agency."))
    if request.method != "POST":
        context = {"client": client, "here": "machines"}
        return render(request, "verification/machine_end.html", context)
    services.end_client(client_id=client_id, by=user, at=timezone.now())
    messages.success(request, f"{client.name} is ended and gets no further answer.")
    return redirect("verification:machines")


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_webhook(request: HttpRequest) -> HttpResponse:
    """An address that is called when something happens to a case."""
    user = _administrator(request)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                webhooks.add(url=form.cleaned_data["url"], by=user, at=timezone.now())
        except services.ClientError as refused:
            form.add_error("url", refused.message)
        else:
            messages.success(request, "The endpoint is added. Its signing key is below.")
            return redirect("verification:machines")
    context = {"form": form, "here": "machines"}
    status = 422 if form.errors else 200
    return render(request, "verification/webhook_new.html", context, status=status)


@require(Permission.MANAGE_PEOPLE)
@require_POST
def end_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """No further call to this address."""
    user = _administrator(request)
    try:
        webhooks.end(webhook_id=webhook_id, by=user, at=timezone.now())
    except services.ClientError as refused:
        return _refused(request, refused)
    messages.success(request, "The endpoint is ended and is not called again.")
    return redirect("verification:machines")


@require(Permission.MANAGE_PEOPLE)
@require_POST
def replay_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Calls again what was given up after three days."""
    user = _administrator(request)
    try:
        count = webhooks.replay(webhook_id=webhook_id, by=user, at=timezone.now())
    except services.ClientError as refused:
        return _refused(request, refused)
    messages.success(request, f"{count} calls that had been given up are made again.")
    return redirect("verification:machines")


def _administrator(request: HttpRequest) -> User:
    """Who keeps the agency's systems; the offices of the program have none."""
    user: Any = request.user
    if not services.may_manage(user):
        raise PermissionDenied("Only an administrator of a user agency keeps its systems.")
    administrator: User = user
    return administrator


def _context(request: HttpRequest) -> dict[str, Any]:
    """Three queries, and one for each endpoint, of which there are five at most."""
    user = _administrator(request)
    clients = Client.objects.visible_to(user).prefetch_related("secrets")
    ordered = [
        (client, [Benefit(code).label for code in client.benefits])
        for client in sorted(clients, key=lambda client: client.ended_at is not None)
    ]
    endpoints = [
        (webhook, webhooks.key_of(webhook), webhooks.given_up(webhook))
        for webhook in Webhook.objects.filter(agency=user.agency, ended_at__isnull=True)
    ]
    return {"clients": ordered, "endpoints": endpoints, "here": "machines"}


def _shown_once(request: HttpRequest, client: Client, secret: str) -> HttpResponse:
    context = {"client": client, "secret": secret, "here": "machines"}
    return render(request, "verification/machine_secret.html", context)


def _refused(request: HttpRequest, refused: services.ClientError) -> HttpResponse:
    messages.error(request, refused.message)
    return redirect("verification:machines")
