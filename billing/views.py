"""Invoices: the list, one invoice down to its transactions, and the acts on it."""

from __future__ import annotations

import csv
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing.errors import BillingError
from billing.forms import FORMS, form_for
from billing.lifecycles import InvoiceStatus
from billing.selectors import invoices as selectors
from billing.selectors.invoices import InvoicePage
from billing.services import payments
from save_portal.accounts.roles import Permission
from save_portal.documents import render_pdf
from save_portal.web.permissions import require
from save_portal.web.spreadsheet import safe
from save_portal.web.versions import version_of

DONE = {
    "dispute": "Disputed. The program office answers you here and by mail.",
    "uphold": "The invoice stands. The agency is told.",
    "adjust": "A credit note was issued. The agency is told.",
    "write-off": "Written off. The agency is told.",
    "pay": "The payment is recorded.",
}


@require(Permission.VIEW_INVOICES)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Invoices, newest first; this month so far, or what is owed by age."""
    user: Any = request.user
    page = selectors.invoice_list(
        user=user,
        at=timezone.now(),
        status=request.GET.get("status", ""),
        cursor=request.GET.get("cursor"),
    )
    context = {
        "page": page,
        "statuses": [c for c in InvoiceStatus.choices if c[0] != InvoiceStatus.DRAFT],
        "here": "invoices",
    }
    return render(request, "billing/invoices.html", context)


@require(Permission.VIEW_INVOICES)
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    page = _page(request, number)
    return _render(request, page, {name: form_for(name) for name in _acts(page)})


@require(Permission.VIEW_INVOICES)
@require_safe
def line(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """The transactions of one line."""
    user: Any = request.user
    found = selectors.transactions(
        user=user, number=number, position=position, cursor=request.GET.get("cursor")
    )
    if found is None:
        raise Http404
    invoice, shown, page = found
    context = {"invoice": invoice, "line": shown, "page": page, "here": "invoices"}
    return render(request, "billing/line.html", context)


@require(Permission.VIEW_INVOICES)
@require_safe
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The invoice on paper, tagged; with the slip to send with a check."""
    page = _page(request, number)
    context = {"page": page, "invoice": page.invoice, "demo": settings.DEMO}
    response = HttpResponse(render_pdf("pdf/invoice.html", context), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="invoice-{page.invoice.number}.pdf"'
    return response


@require(Permission.VIEW_INVOICES)
@require_safe
def as_csv(request: HttpRequest, number: str) -> HttpResponse:
    """Each transaction as a row."""
    page = _page(request, number)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="invoice-{page.invoice.number}.csv"'
    writer = csv.writer(response)
    for *cells, amount, remark in selectors.csv_rows(page.invoice):
        writer.writerow([*map(safe, cells), amount, safe(remark)])
    return response


@require(Permission.VIEW_INVOICES)
@require_POST
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """One of the forms of the page; what was typed stays when it is refused."""
    user: Any = request.user
    if name not in FORMS:
        raise Http404
    page = _page(request, number)
    form = form_for(name, request.POST)
    refused: BillingError | None = None
    if form.is_valid():
        try:
            with transaction.atomic():
                _do(name, page, form.cleaned_data, version=version_of(request), by=user)
        except BillingError as error:
            refused = error
        else:
            messages.success(request, DONE[name])
            return redirect("billing:invoice", number=number)
    if refused is not None and refused.field in form.fields:
        form.add_error(refused.field, refused.message)
        refused = None
    forms = {other: form_for(other) for other in _acts(page)} | {name: form}
    status = 422 if form.errors else refused.status_code if refused else 200
    return _render(request, page, forms, refused=refused, failed=form, status=status)


def _do(name: str, page: InvoicePage, data: dict[str, Any], *, version: int, by: Any) -> None:
    at = timezone.now()
    if name == "pay":
        payments.record(agency_id=page.invoice.agency_id, by=by, at=at, **data)
        return
    service: Any = {
        "dispute": payments.dispute,
        "uphold": payments.uphold,
        "adjust": payments.adjust,
        "write-off": payments.write_off,
    }[name]
    service(invoice_id=page.invoice.pk, version=version, by=by, at=at, **data)


def _acts(page: InvoicePage) -> list[str]:
    acts = ["dispute"] if page.may_dispute else []
    acts += ["adjust", "uphold"] if page.may_answer else []
    return acts + (["pay", "write-off"] if page.may_record else [])


def _page(request: HttpRequest, number: str) -> InvoicePage:
    user: Any = request.user
    page = selectors.invoice_page(user=user, number=number)
    if page is None:
        raise Http404
    return page


def _render(
    request: HttpRequest,
    page: InvoicePage,
    forms: dict[str, Any],
    *,
    refused: BillingError | None = None,
    failed: Any = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": page,
        "invoice": page.invoice,
        "forms": {name.replace("-", "_"): form for name, form in forms.items()},
        "form": failed,
        "refused": refused,
        "version": request.POST.get("version", page.invoice.version),
        "here": "invoices",
    }
    return render(request, "billing/invoice.html", context, status=status)
