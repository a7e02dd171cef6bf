"""Paying by card: to the provider's page and back. The portal never sees a card (S4.4)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from billing import cards
from billing.cards import Asked, CardProvider
from billing.errors import BillingError
from billing.selectors import invoices as selectors
from billing.services import card
from save_portal.accounts.roles import Permission
from save_portal.web.permissions import public, require


@require(Permission.VIEW_INVOICES)
@require_POST
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """An order for what is open; the next page leads to the provider."""
    user: Any = request.user
    _provider()
    page = selectors.invoice_page(user=user, number=number, at=timezone.now())
    if page is None:
        raise Http404
    try:
        order = card.begin(invoice_id=page.invoice.pk, by=user, at=timezone.now())
    except BillingError as refused:
        messages.error(request, refused.message)
        return redirect("billing:invoice", number=number)
    return redirect("billing:card-order", code=order.code)


@require(Permission.VIEW_INVOICES)
@require_safe
def order(request: HttpRequest, code: str) -> HttpResponse:
    """Before the provider's page, and after it: what was asked, and what came."""
    user: Any = request.user
    shown = selectors.card_order(user=user, code=code)
    if shown is None:
        raise Http404
    provider = _provider()
    asked = Asked(
        code=shown.code,
        amount=shown.amount,
        invoice=shown.invoice.number,
        return_url=request.build_absolute_uri(reverse("billing:card-return")),
        callback_url=settings.BASE_URL + reverse("billing:card-callback"),
    )
    context = {
        "order": shown,
        "provider": provider,
        "address": provider.page_for(asked),
        "here": "invoices",
    }
    return render(request, "billing/card_order.html", context)


@public
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """The browser comes back with the provider's signed answer; again, nothing changes."""
    try:
        ended = card.answered(request.GET.dict(), provider=_provider(), at=timezone.now())
    except BillingError as refused:
        messages.error(request, refused.message)
        return redirect("billing:invoices")
    return redirect("billing:card-order", code=ended.code)


@csrf_exempt
@public
@require_POST
def callback(request: HttpRequest) -> HttpResponse:
    """The provider itself says what happened; it may say so as often as it likes."""
    try:
        card.answered(request.POST.dict(), provider=_provider(), at=timezone.now())
    except BillingError as refused:
        return HttpResponse(
            refused.message, status=refused.status_code, content_type="text/plain; charset=utf-8"
        )
    return HttpResponse("Recorded.", content_type="text/plain; charset=utf-8")


def _provider() -> CardProvider:
    provider = cards.provider()
    if provider is None:
        raise Http404
    return provider
