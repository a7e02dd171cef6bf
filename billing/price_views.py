"""The price list: what holds, what held, what will; proposed and approved by two officers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing.errors import BillingError, InvalidPrices
from billing.forms import PriceListForm, RejectForm
from billing.selectors.prices import price_page
from billing.services import price_list
from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from save_portal.web.versions import version_of

DONE = {
    "approve": "Approved. The list holds from its day on.",
    "reject": "Rejected. Your colleague reads why.",
    "withdraw": "Withdrawn.",
}


@require(Permission.VIEW_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The lists, for whoever pays by them; for an officer the form that proposes the next."""
    user: Any = request.user
    if request.method == "POST" and not policies.is_office(user):
        raise PermissionDenied("Only the program office changes prices.")
    page = price_page(user=user, at=timezone.now())
    latest = page.coming[-1] if page.coming else page.holds
    form = PriceListForm(request.POST or None, holds=latest)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                price_list.propose(
                    effective_from=form.cleaned_data["effective_from"],
                    amounts=form.amounts(),
                    exempt=form.cleaned_data["exempt"],
                    source=form.cleaned_data["source"],
                    by=user,
                    at=timezone.now(),
                )
        except InvalidPrices as refused:
            form.add_field_errors(refused.errors)
        else:
            messages.success(request, "Proposed. Another officer approves or rejects it.")
            return redirect("billing:prices")
    return _render(request, form=form, reject=RejectForm())


@require(Permission.MANAGE_PROGRAM)
@require_POST
def decide(request: HttpRequest, change_id: int, act: str) -> HttpResponse:
    """Approve or reject a colleague's list, or take back one's own."""
    user: Any = request.user
    service: Any = {
        "approve": price_list.approve,
        "reject": price_list.reject,
        "withdraw": price_list.withdraw,
    }.get(act)
    if service is None:
        raise Http404
    form = RejectForm(request.POST) if act == "reject" else None
    if form is not None and not form.is_valid():
        return _render(request, form=PriceListForm(), reject=form, rejected=change_id)
    try:
        with transaction.atomic():
            service(
                change_id=change_id,
                version=version_of(request),
                by=user,
                at=timezone.now(),
                **(form.cleaned_data if form else {}),
            )
    except BillingError as refused:
        if refused.status_code == 404:
            raise Http404 from None
        messages.error(request, refused.message)
    else:
        messages.success(request, DONE[act])
    return redirect("billing:prices")


def _render(
    request: HttpRequest, *, form: PriceListForm, reject: RejectForm, rejected: int = 0
) -> HttpResponse:
    user: Any = request.user
    page = price_page(user=user, at=timezone.now())
    if not form.is_bound:
        form = PriceListForm(holds=page.coming[-1] if page.coming else page.holds)
    context = {
        "page": page,
        "propose": form,
        "form": reject if rejected else form,
        "reject": reject,
        "rejected": rejected,
        "here": "prices",
    }
    status = 422 if form.errors or rejected else 200
    return render(request, "billing/prices.html", context, status=status)
