"""Pages without an account: registering an agency, and checking a signed paper."""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.errors import AgreementError, InvalidChoices
from agreements.forms import BeginForm, ChoicesForm
from agreements.lifecycles.agreement import AgreementStatus
from agreements.selectors.pages import paper_with
from agreements.services import registration
from save_portal.accounts.tenancy import system_scope
from save_portal.web.client_address import of_limits
from save_portal.web.permissions import public

LINK = "registration_link"
SHA256 = re.compile(r"^[0-9a-f]{64}$")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The address to which the link goes; the answer never tells whether it is known."""
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        registration.begin(
            email=form.cleaned_data["email"],
            by=None,
            at=timezone.now(),
            address=of_limits(request),
        )
        return redirect("agreements:sent")
    return _page(request, "agreements/begin.html", form=form)


@public
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "agreements/sent.html")


@public
@require_safe
def continue_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: the registration opens in this browser, without the link in its address."""
    try:
        request.session[LINK] = registration.opened_by(token, at=timezone.now())
    except AgreementError as refused:
        return render(request, "agreements/link_closed.html", {"refused": refused}, status=410)
    return redirect("agreements:register")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The registration: kept at each step, handed in when it can stand."""
    now = timezone.now()
    link = request.session.get(LINK)
    try:
        draft = registration.read(link_id=int(link or 0), at=now)
    except AgreementError as refused:
        return render(request, "agreements/link_closed.html", {"refused": refused}, status=410)
    if draft.status != AgreementStatus.DRAFT:
        return render(request, "agreements/registered.html", {"agreement": draft})
    if request.method != "POST":
        form = ChoicesForm(initial=ChoicesForm.shown(draft.choices))
        return _page(request, "agreements/register.html", form=form, agreement=draft)
    try:
        registration.keep(
            link_id=draft_link(link), choices=ChoicesForm.typed(request.POST), by=None, at=now
        )
        if "save" in request.POST:
            form = ChoicesForm(initial=request.POST.dict())
            return render(request, "agreements/saved.html", {"agreement": draft})
        form = ChoicesForm(request.POST)
        if form.is_valid():
            registration.submit(
                link_id=draft_link(link), choices=form.cleaned_data, by=None, at=now
            )
            return redirect("agreements:register")
    except InvalidChoices as refused:
        form.add_field_errors(refused.field_errors)
    except AgreementError as refused:
        return render(request, "agreements/link_closed.html", {"refused": refused}, status=409)
    return _page(request, "agreements/register.html", form=form, agreement=draft)


def draft_link(link: object) -> int:
    return int(str(link or 0))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Whether a file, or its SHA-256, is a signed agreement kept here. The file is not kept."""
    asked, error = "", ""
    if request.method == "POST":
        file = request.FILES.get("file")
        asked = "".join(request.POST.get("hash", "").lower().split())
        if file is not None:
            asked = hashlib.sha256(file.read()).hexdigest()
        elif not SHA256.match(asked):
            error = (
                "Choose the PDF, or paste its SHA-256: 64 characters of the digits 0 to 9 and the "
                "letters a to f."
            )
    found = None
    if asked and not error:
        with system_scope():
            found = paper_with(asked)
    context = {"asked": asked, "error": error, "found": found}
    return render(request, "agreements/check.html", context, status=422 if error else 200)


def _page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    form = context["form"]
    status = 422 if getattr(form, "errors", None) else 200
    return render(request, template, context, status=status)
