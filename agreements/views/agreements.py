"""Agreements as the agency's administrator and the program office see and move them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.enums import Kind
from agreements.errors import AgreementError, InvalidChoices
from agreements.forms import ChoicesForm, ProposalForm, ReasonForm, SignForm
from agreements.lifecycles.agreement import AgreementStatus
from agreements.models import SignedPaper
from agreements.selectors.binding import party_scope
from agreements.selectors.pages import AgreementPage, agreement_list, agreement_page, compare
from agreements.services import negotiation, registration, signing, standing
from agreements.views.step_up import sign_in_again, signed_in_again
from save_portal.accounts.roles import Permission
from save_portal.web.client_address import client_address
from save_portal.web.permissions import require
from save_portal.web.versions import version_of

PLAIN: dict[str, tuple[Any, str]] = {
    "take-up": (negotiation.take_up, "The registration is in review."),
    "accept": (negotiation.accept, "Accepted. Its first administrator is invited by mail."),
    "agree": (negotiation.agree, "Agreed. The text is ready to sign."),
    "reinstate": (standing.reinstate, "The suspension is lifted."),
    "extend": (standing.extend, "Extended by twelve months."),
}
WITH_REASON: dict[str, tuple[Any, str, str]] = {
    "ask-back": (negotiation.ask_back, "Ask back", "Sent to the agency with a link."),
    "refuse": (negotiation.refuse, "Refuse", "Refused. The agency is told why."),
    "send-back": (signing.send_back, "Do not sign this text", "Back in negotiation."),
    "suspend": (standing.suspend, "Suspend", "Suspended. No new case can be begun."),
    "terminate": (standing.terminate, "End the agreement", "Ended. No new case can be begun."),
}
both = require(Permission.SIGN_AGREEMENT, Permission.MANAGE_PROGRAM)


@both
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    asked = {name: request.GET.get(name, "") for name in ("status", "kind", "q")}
    page = agreement_list(user=user, **asked, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "agreements": page.rows,
        "asked": asked,
        "kept": urlencode({name: value for name, value in asked.items() if value}),
        "kinds": Kind.choices,
        "statuses": [c for c in AgreementStatus.choices if c[0] != AgreementStatus.DRAFT],
        "here": "agreements",
    }
    return render(request, "agreements/index.html", context)


@both
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    return _show(request, _page(request, number))


@both
@require_POST
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """An act that needs no words."""
    user: Any = request.user
    page = _page(request, number)
    if name not in PLAIN:
        raise Http404
    service, done = PLAIN[name]
    try:
        with transaction.atomic():
            service(number=number, version=version_of(request), by=user, at=timezone.now())
    except AgreementError as refused:
        return _show(request, page, refused)
    messages.success(request, done)
    return redirect("agreements:agreement", number=number)


@both
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, number: str) -> HttpResponse:
    """The registration of the agreement that follows, filled in with what holds now."""
    user: Any = request.user
    page = _page(request, number)
    if "succeed" not in page.acts:
        messages.error(request, "Only its administrator renews an agreement, while it is in force.")
        return redirect("agreements:agreement", number=number)
    known = registration.choices_to_renew(page.agreement)
    form = ChoicesForm(request.POST or None, initial=ChoicesForm.shown(known))
    refused: AgreementError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                new = registration.succeed(
                    number=number, choices=form.cleaned_data, by=user, at=timezone.now()
                )
        except InvalidChoices as error:
            form.add_field_errors(error.field_errors)
        except AgreementError as error:
            refused = error
        else:
            messages.success(request, "Handed in. The program office reviews it.")
            return redirect("agreements:agreement", number=new.number)
    return _form_page(request, page, "agreements/renew.html", form, refused)


@both
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """An act that the agency reads the reason of."""
    user: Any = request.user
    page = _page(request, number)
    if name not in WITH_REASON:
        raise Http404
    service, title, done = WITH_REASON[name]
    form = ReasonForm(request.POST or None)
    refused: AgreementError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                service(
                    number=number, version=version_of(request),
                    message=form.cleaned_data["message"], by=user, at=timezone.now(),
                )  # fmt: skip
        except AgreementError as error:
            refused = error
        else:
            messages.success(request, done)
            return redirect("agreements:agreement", number=number)
    return _form_page(request, page, "agreements/reason.html", form, refused, title=title)


@both
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, number: str) -> HttpResponse:
    """A further version of the text."""
    user: Any = request.user
    page = _page(request, number)
    if page.text is None:
        raise Http404
    form = ProposalForm(request.POST or None, initial=page.text.choices)
    refused: AgreementError | None = None
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        try:
            with transaction.atomic():
                text = negotiation.propose(
                    number=number, version=version_of(request), article=changes.pop("article"),
                    clause=changes.pop("clause"), note=changes.pop("note"), changes=changes,
                    by=user, at=timezone.now(),
                )  # fmt: skip
        except InvalidChoices as error:
            form.add_field_errors(error.field_errors)
        except AgreementError as error:
            refused = error
        else:
            messages.success(request, f"Version {text.number} is proposed to the other side.")
            return redirect("agreements:compare", number=number)
    return _form_page(request, page, "agreements/propose.html", form, refused)


@both
@require_safe
def compare_versions(request: HttpRequest, number: str) -> HttpResponse:
    """Two versions side by side: the last two, or those asked for."""
    page = _page(request, number)
    if len(page.texts) < 2:
        raise Http404
    by_number = {str(text.number): text for text in page.texts}
    left = by_number.get(request.GET.get("left", ""), page.texts[-2])
    right = by_number.get(request.GET.get("right", ""), page.texts[-1])
    context = {
        "page": page, "agreement": page.agreement, "left": left, "right": right,
        "articles": compare(left, right), "here": "agreements",
    }  # fmt: skip
    return render(request, "agreements/compare.html", context)


@both
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, number: str) -> HttpResponse:
    """Sign, or countersign, what the page shows; only after signing in again (step-up)."""
    user: Any = request.user
    page = _page(request, number)
    acts = page.acts & {"sign", "countersign"}
    if page.text is None or (not acts and request.method != "POST"):
        messages.error(
            request,
            "You cannot sign this now. Only the official whom the agreement names signs for the "
            "agency, and the program office after that.",
        )
        return redirect("agreements:agreement", number=number)
    if not signed_in_again(request):
        return sign_in_again(reverse("agreements:sign", kwargs={"number": number}))
    form = SignForm(request.POST or None)
    refused: AgreementError | None = None
    if request.method == "POST" and form.is_valid():
        service = signing.countersign if page.is_office else signing.sign
        try:
            with transaction.atomic():
                service(
                    number=number, version=version_of(request),
                    digest=request.POST.get("digest", ""),
                    address=client_address(request.META) or None,
                    by=user, at=timezone.now(), **form.cleaned_data,
                )  # fmt: skip
        except AgreementError as error:
            refused = error
        else:
            messages.success(request, "Signed. The signature is on record.")
            return redirect("agreements:agreement", number=number)
    return _form_page(request, page, "agreements/sign.html", form, refused)


@both
@require_safe
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The signed paper, byte for byte as it was made."""
    page = _page(request, number)
    if page.paper is None:
        raise Http404
    user: Any = request.user
    with party_scope(user.agency):
        content = SignedPaper.objects.values_list("content", flat=True).get(pk=page.paper.pk)
    response = HttpResponse(bytes(content), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="agreement-{number}.pdf"'
    return response


def _page(request: HttpRequest, number: str) -> AgreementPage:
    user: Any = request.user
    page = agreement_page(user=user, number=number, at=timezone.now())
    if page is None:
        raise Http404
    return page


def _show(
    request: HttpRequest, page: AgreementPage, refused: AgreementError | None = None
) -> HttpResponse:
    context = {
        "page": page,
        "agreement": page.agreement,
        "refused": refused,
        "here": "agreements",
    }
    status = refused.status_code if refused else 200
    return render(request, "agreements/agreement.html", context, status=status)


def _form_page(
    request: HttpRequest, page: AgreementPage, template: str, form: Any,
    refused: AgreementError | None, **more: Any,
) -> HttpResponse:  # fmt: skip
    if refused is not None and refused.field in form.fields:
        form.add_error(refused.field, refused.message)
        refused = None
    context = {
        "page": page, "agreement": page.agreement, "form": form, "refused": refused,
        "version": request.POST.get("version", page.agreement.version), "here": "agreements",
        "digest": request.POST.get("digest", page.text.digest if page.text else ""), **more,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else refused.status_code if refused else 200
    return render(request, template, context, status=status)
