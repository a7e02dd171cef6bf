"""The agency's eligibility systems: their credentials, changed over and ended by its administrator.

A secret is shown once, on the answer to the form that made it, and is kept nowhere.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.enums import AccessMode
from agreements.selectors.binding import permitted
from save_portal.accounts.roles import Permission
from save_portal.benefits import Benefit
from save_portal.machines import sandbox as sandboxes
from save_portal.machines import services, webhooks
from save_portal.machines.models import Client, Webhook
from save_portal.web.permissions import require
from verification import deadlines
from verification.forms.machines import CertificateForm, ClientForm, WebhookForm
from verification.models import Case
from verification.services.sandbox import MOST_DAYS
from verification.views.machines_home import Asked, administrator_of, at_home


@require(Permission.MANAGE_PEOPLE)
@require_safe
@at_home
def index(request: Asked) -> HttpResponse:
    """All systems of the agency, or of its sandbox, the live ones first."""
    return render(request, "verification/machines.html", _context(request))


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
@at_home
def make(request: Asked) -> HttpResponse:
    """A new system with its first secret."""
    user = administrator_of(request)
    now, agency = timezone.now(), request.home.agency
    found = permitted(agency=agency, on=deadlines.local_date(now, agency.time_zone))
    mode = AccessMode.WEB_SERVICES
    benefits = found.benefits if found is not None and found.allows(mode) else ()
    form = ClientForm(request.POST or None, permitted=benefits)
    if request.method == "POST" and form.is_valid():
        client, secret = services.make_client(
            agency=agency,
            access_mode=mode,
            by=user,
            at=now,
            **form.cleaned_data,
        )
        return _shown_once(request, client, secret)
    context = {"form": form, "permitted": benefits, **_here(request)}
    status = 422 if form.errors else 200
    return render(request, "verification/machine_new.html", context, status=status)


@require(Permission.MANAGE_PEOPLE)
@require_POST
@at_home
def add_secret(request: Asked, client_id: int) -> HttpResponse:
    """A second secret, for the change over."""
    user = administrator_of(request)
    try:
        with transaction.atomic():
            client, secret = services.add_secret(client_id=client_id, by=user, at=timezone.now())
    except services.ClientError as refused:
        return _refused(request, refused)
    return _shown_once(request, client, secret)


@require(Permission.MANAGE_PEOPLE)
@require_POST
@at_home
def end_secret(request: Asked, client_id: int, secret_id: int) -> HttpResponse:
    """A secret is over at once, with every token that is out."""
    user = administrator_of(request)
    try:
        with transaction.atomic():
            services.end_secret(
                client_id=client_id, secret_id=secret_id, by=user, at=timezone.now()
            )
    except services.ClientError as refused:
        return _refused(request, refused)
    messages.success(request, "The secret is ended. The system gets new tokens by its other one.")
    return redirect(request.home.names["machines"])


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
@at_home
def end(request: Asked, client_id: int) -> HttpResponse:
    """The system is out at once; asked once more before."""
    user = administrator_of(request)
    client = Client.objects.visible_to(user).filter(pk=client_id).first()
    if client is None:
        return _refused(request, services.ClientError("There is no such system in your agency."))
    if request.method != "POST":
        context = {"client": client, **_here(request)}
        return render(request, "verification/machine_end.html", context)
    services.end_client(client_id=client_id, by=user, at=timezone.now())
    messages.success(request, f"{client.name} is ended and gets no further answer.")
    return redirect(request.home.names["machines"])


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
@at_home
def certificate(request: Asked, client_id: int) -> HttpResponse:
    """The TLS certificate that the system must come with."""
    user = administrator_of(request)
    client = Client.objects.visible_to(user).filter(pk=client_id).first()
    if client is None:
        return _refused(request, services.ClientError("There is no such system in your agency."))
    if not settings.CLIENT_CERTIFICATE_HEADER:
        return _refused(
            request, services.ClientError("The operator of this portal asks for no certificates.")
        )
    form = CertificateForm(request.POST or None, initial={"certificate": client.certificate})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["certificate"]
        try:
            with transaction.atomic():
                client = services.bind_certificate(
                    client_id=client_id, certificate=given, by=user, at=timezone.now()
                )
        except services.ClientError as refused:
            form.add_error("certificate" if refused.field else None, refused.message)
        else:
            how = "only with its certificate" if client.certificate else "without a certificate"
            messages.success(request, f"{client.name} comes {how} from now on.")
            return redirect(request.home.names["machines"])
    context = {"form": form, "client": client, **_here(request)}
    status = 422 if form.errors else 200
    return render(request, "verification/machine_certificate.html", context, status=status)


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
@at_home
def add_webhook(request: Asked) -> HttpResponse:
    """An address that is called when something happens to a case."""
    user = administrator_of(request)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                webhooks.add(
                    agency=request.home.agency,
                    url=form.cleaned_data["url"],
                    by=user,
                    at=timezone.now(),
                )
        except services.ClientError as refused:
            form.add_error("url", refused.message)
        else:
            messages.success(request, "The endpoint is added. Its signing key is below.")
            return redirect(request.home.names["machines"])
    context = {"form": form, **_here(request)}
    status = 422 if form.errors else 200
    return render(request, "verification/webhook_new.html", context, status=status)


@require(Permission.MANAGE_PEOPLE)
@require_POST
@at_home
def end_webhook(request: Asked, webhook_id: int) -> HttpResponse:
    """No further call to this address."""
    user = administrator_of(request)
    try:
        webhooks.end(agency=request.home.agency, webhook_id=webhook_id, by=user, at=timezone.now())
    except services.ClientError as refused:
        return _refused(request, refused)
    messages.success(request, "The endpoint is ended and is not called again.")
    return redirect(request.home.names["machines"])


@require(Permission.MANAGE_PEOPLE)
@require_POST
@at_home
def replay_webhook(request: Asked, webhook_id: int) -> HttpResponse:
    """Calls again what was given up after three days."""
    user = administrator_of(request)
    try:
        count = webhooks.replay(
            agency=request.home.agency, webhook_id=webhook_id, by=user, at=timezone.now()
        )
    except services.ClientError as refused:
        return _refused(request, refused)
    messages.success(request, f"{count} calls that had been given up are made again.")
    return redirect(request.home.names["machines"])


def _here(request: Asked) -> dict[str, Any]:
    """What every page of these says of where it is."""
    return {
        "here": request.home.here,
        "names": request.home.names,
        "sandbox": request.home.sandbox,
        "certificates": bool(settings.CLIENT_CERTIFICATE_HEADER),
    }


def _context(request: Asked) -> dict[str, Any]:
    """Three queries, and one for each endpoint, of which there are five at most."""
    user = administrator_of(request)
    clients = Client.objects.visible_to(user).prefetch_related("secrets")
    ordered = [
        (client, [Benefit(code).label for code in client.benefits])
        for client in sorted(clients, key=lambda client: client.ended_at is not None)
    ]
    endpoints = [
        (webhook, webhooks.key_of(webhook), webhooks.given_up(webhook))
        for webhook in Webhook.objects.filter(agency=request.home.agency, ended_at__isnull=True)
    ]
    return {"clients": ordered, "endpoints": endpoints, **_here(request), **_of_sandbox(request)}


def _of_sandbox(request: Asked) -> dict[str, Any]:
    """What the page of a sandbox shows beside. Two queries."""
    sandbox = request.home.sandbox
    if sandbox is None:
        return {}
    return {
        "shows": sandboxes.now_in(sandbox, at=timezone.now()),
        "zone": sandbox.time_zone,
        "cases": Case.objects.filter(agency=sandbox).count(),
        "most_days": MOST_DAYS,
    }


def _shown_once(request: Asked, client: Client, secret: str) -> HttpResponse:
    context = {"client": client, "secret": secret, **_here(request)}
    return render(request, "verification/machine_secret.html", context)


def _refused(request: Asked, refused: services.ClientError) -> HttpResponse:
    messages.error(request, refused.message)
    return redirect(request.home.names["machines"])
