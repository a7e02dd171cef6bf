"""The demonstration's page in the place of a card provider's: it asks for no card, and says so."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from billing import cards
from save_portal.web.permissions import public

ASKED = ("code", "amount", "currency", "invoice", "return_url", "callback_url")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """What a provider's page does: shows what is asked, and sends its signed answer back."""
    provider = cards.provider()
    if provider is None or not provider.is_stand_in:
        raise Http404
    page = cards.stand_in()
    asked = {name: request.GET.get(name, "") for name in ASKED}
    if not page.is_signed("asked", asked, request.GET.get("signature", "")):
        raise Http404
    if request.method == "POST":
        paid = request.POST.get("outcome") == cards.PAID
        answer = page.answer(
            code=asked["code"],
            outcome=cards.PAID if paid else cards.DECLINED,
            amount=asked["amount"] if paid else "0.00",
            reference=f"STAND-IN-{asked['code'][:8].upper()}" if paid else "",
        )
        return redirect(f"{asked['return_url']}?{urlencode(answer)}")
    return render(request, "billing/card_stand_in.html", {"asked": asked})
