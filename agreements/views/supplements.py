"""Supplements of an agreement: proposed, read, signed, withdrawn by its two parties."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.errors import AgreementError, InvalidChoices
from agreements.forms import ReasonForm, SignForm, SupplementForm
from agreements.models import SupplementPaper
from agreements.selectors.binding import party_scope
from agreements.selectors.pages import SupplementPage, agreement_page, supplement_page
from agreements.services import supplements
from agreements.supplement_text import CHANGEABLE, parts_changed
from agreements.views.step_up import sign_in_again, signed_in_again
from save_portal.accounts.roles import Permission
from save_portal.web.client_address import client_address
from save_portal.web.permissions import require
from save_portal.web.versions import version_of

both = require(Permission.SIGN_AGREEMENT, Permission.MANAGE_PROGRAM)


@both
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, number: str) -> HttpResponse:
    """What shall hold instead, and from when."""
    user: Any = request.user
    page = agreement_page(user=user, number=number, at=timezone.now())
    if page is None:
        raise Http404
    agreement = page.agreement
    terms = agreement.terms_on()
    initial = {**terms, "contractors": "\n".join(terms["contractors"]), "effective_on": page.today}
    form = SupplementForm(request.POST or None, initial=initial)
    refused: AgreementError | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                made = supplements.propose(
                    number=number, version=version_of(request),
                    terms={name: said[name] for name in CHANGEABLE},
                    effective_on=said["effective_on"], note=said["note"],
                    by=user, at=timezone.now(),
                )  # fmt: skip
        except InvalidChoices as error:
            form.add_field_errors(error.field_errors)
        except AgreementError as error:
            refused = error
        else:
            messages.success(
                request, f"Supplement {made.number} is proposed. Both parties sign it."
            )
            return redirect("agreements:supplement", number=number, supplement=made.number)
    elif request.method != "POST" and "supplement" not in page.acts:
        messages.error(
            request,
            "A supplement can be proposed while the agreement is in force and none waits for a "
            "signature.",
        )
        return redirect("agreements:agreement", number=number)
    context = {"agreement": agreement, "form": form, "refused": refused, "here": "agreements",
               "version": request.POST.get("version", agreement.version)}  # fmt: skip
    return render(request, "agreements/supplement_new.html", context, status=_status(form, refused))


@both
@require_safe
def show(request: HttpRequest, number: str, supplement: int) -> HttpResponse:
    """What it changes, how far it has come, and what can be done."""
    page = _page(request, number, supplement)
    return render(request, "agreements/supplement.html", _context(page))


@both
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, number: str, supplement: int) -> HttpResponse:
    """Sign, or countersign, what the page shows; only after signing in again (step-up)."""
    user: Any = request.user
    page = _page(request, number, supplement)
    if not page.acts & {"sign", "countersign"} and request.method != "POST":
        messages.error(
            request,
            "You cannot sign this now. Only the official whom the supplement names signs for the "
            "agency, and the program office after that.",
        )
        return redirect("agreements:supplement", number=number, supplement=supplement)
    if not signed_in_again(request):
        place = {"number": number, "supplement": supplement}
        return sign_in_again(reverse("agreements:supplement-sign", kwargs=place))
    form = SignForm(request.POST or None)
    refused: AgreementError | None = None
    if request.method == "POST" and form.is_valid():
        service = supplements.countersign if page.is_office else supplements.sign
        try:
            with transaction.atomic():
                service(
                    number=number, supplement=supplement, version=version_of(request),
                    digest=request.POST.get("digest", ""),
                    address=client_address(request.META) or None,
                    by=user, at=timezone.now(), **form.cleaned_data,
                )  # fmt: skip
        except AgreementError as error:
            refused = error
        else:
            messages.success(request, "Signed. The signature is on record.")
            return redirect("agreements:supplement", number=number, supplement=supplement)
    return _form_page(request, page, "agreements/supplement_sign.html", form, refused)


@both
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str, supplement: int) -> HttpResponse:
    """Taken from the table, with the reason."""
    user: Any = request.user
    page = _page(request, number, supplement)
    form = ReasonForm(request.POST or None)
    refused: AgreementError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                supplements.withdraw(
                    number=number, supplement=supplement, version=version_of(request),
                    message=form.cleaned_data["message"], by=user, at=timezone.now(),
                )  # fmt: skip
        except AgreementError as error:
            refused = error
        else:
            messages.success(request, "Withdrawn. What was signed before goes on to hold.")
            return redirect("agreements:agreement", number=number)
    return _form_page(
        request, page, "agreements/reason.html", form, refused, title="Withdraw the supplement"
    )


@both
@require_safe
def pdf(request: HttpRequest, number: str, supplement: int) -> HttpResponse:
    """The signed paper, byte for byte as it was made."""
    user: Any = request.user
    page = _page(request, number, supplement)
    with party_scope(user.agency):
        papers = SupplementPaper.objects.filter(supplement=page.supplement)
        content = papers.values_list("content", flat=True).first()
    if content is None:
        raise Http404
    response = HttpResponse(bytes(content), content_type="application/pdf")
    name = f"agreement-{number}-supplement-{supplement}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _page(request: HttpRequest, number: str, supplement: int) -> SupplementPage:
    user: Any = request.user
    page = supplement_page(user=user, number=number, supplement=supplement)
    if page is None:
        raise Http404
    return page


def _context(page: SupplementPage) -> dict[str, Any]:
    return {
        "page": page,
        "supplement": page.supplement,
        "agreement": page.agreement,
        "parts": parts_changed(page.supplement.before, page.supplement.changes),
        "here": "agreements",
    }


def _form_page(
    request: HttpRequest, page: SupplementPage, template: str, form: Any,
    refused: AgreementError | None, **more: Any,
) -> HttpResponse:  # fmt: skip
    if refused is not None and refused.field in form.fields:
        form.add_error(refused.field, refused.message)
        refused = None
    context = {
        **_context(page), "form": form, "refused": refused,
        "version": request.POST.get("version", page.agreement.version),
        "digest": request.POST.get("digest", page.supplement.digest), **more,
    }  # fmt: skip
    return render(request, template, context, status=_status(form, refused))


def _status(form: Any, refused: AgreementError | None) -> int:
    return 422 if form.is_bound and form.errors else refused.status_code if refused else 200
