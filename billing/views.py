"""Invoices: the list, one invoice down to its transactions, and the acts on it."""

from __future__ import annotations

import csv
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.errors import BillingError
from billing.forms import FORMS, LimitForm, SlipForm, form_for
from billing.lifecycles import InvoiceStatus
from billing.models import Payment
from billing.remittance import number_of
from billing.selectors import invoices as selectors
from billing.selectors.invoices import InvoicePage
from billing.selectors.limits import limit_of
from billing.services import limits, payments
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
    return _render(request, page, _forms(page, by_slip="check" in request.GET))


@require(Permission.MANAGE_PROGRAM)
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """The code of a slip, scanned or typed, leads to its invoice and the form for the check."""
    user: Any = request.user
    form = SlipForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        try:
            number = number_of(form.cleaned_data["code"])
        except BillingError as refused:
            form.add_error("code", refused.message)
        else:
            if selectors.invoice_page(user=user, number=number, at=timezone.now()) is not None:
                address = reverse("billing:invoice", args=[number])
                return redirect(f"{address}?check#pay-h")
            form.add_error("code", f"There is no invoice {number}.")
    context = {"form": form, "here": "invoices"}
    return render(request, "billing/checks.html", context, status=422 if form.errors else 200)


@require(Permission.VIEW_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def limit(request: HttpRequest) -> HttpResponse:
    """The amount at which the administrators are warned. It stops nothing."""
    user: Any = request.user
    if user.agency_id is None:
        raise Http404
    holds = limit_of(user.agency_id)
    form = LimitForm(request.POST or None, initial={"amount": holds.amount if holds else None})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                limits.set_limit(
                    agency_id=user.agency_id, by=user, at=timezone.now(), **form.cleaned_data
                )
        except BillingError as refused:
            form.add_error("amount", refused.message)
        else:
            messages.success(request, "Set. It warns by mail and never stops a verification.")
            return redirect("billing:invoices")
    context = {"form": form, "here": "invoices"}
    return render(request, "billing/limit.html", context, status=422 if form.errors else 200)


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
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """The slip alone, to print and send with a check."""
    page = _page(request, number)
    if not page.slip_code:
        raise Http404
    context = {"page": page, "invoice": page.invoice, "demo": settings.DEMO}
    content = render_pdf("pdf/remittance_slip.html", context)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="slip-{page.invoice.number}.pdf"'
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
    form = form_for(name, request.POST, lines=page.lines)
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
    forms = _forms(page) | {name: form}
    status = 422 if form.errors else refused.status_code if refused else 200
    return _render(request, page, forms, refused=refused, failed=form, status=status)


def _do(name: str, page: InvoicePage, data: dict[str, Any], *, version: int, by: Any) -> None:
    at = timezone.now()
    if name == "pay":
        payments.record(
            agency_id=page.invoice.agency_id, invoice_id=page.invoice.pk, by=by, at=at, **data
        )
        return
    service: Any = {
        "dispute": payments.dispute,
        "uphold": payments.uphold,
        "adjust": payments.adjust,
        "write-off": payments.write_off,
    }[name]
    service(invoice_id=page.invoice.pk, version=version, by=by, at=at, **data)


def _forms(page: InvoicePage, *, by_slip: bool = False) -> dict[str, Any]:
    """The forms of the page; with a slip the one for the check is filled in."""
    check = {"method": Payment.Method.CHECK, "amount": page.still_open} if by_slip else None
    return {
        name: form_for(name, lines=page.lines, initial=check if name == "pay" else None)
        for name in _acts(page)
    }


def _acts(page: InvoicePage) -> list[str]:
    acts = ["dispute"] if page.may_dispute else []
    acts += ["adjust", "uphold"] if page.may_answer else []
    return acts + (["pay", "write-off"] if page.may_record else [])


def _page(request: HttpRequest, number: str) -> InvoicePage:
    user: Any = request.user
    page = selectors.invoice_page(user=user, number=number, at=timezone.now())
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
