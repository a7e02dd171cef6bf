"""The program office opens the account of a contractor that an agreement names (S1.2)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agreements.errors import AgreementError
from agreements.forms import ContractorForm
from agreements.selectors.pages import agreement_page
from agreements.services import contractors
from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from save_portal.web.versions import version_of


@require(Permission.MANAGE_PROGRAM)
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest, number: str) -> HttpResponse:
    """Which contractor, and who administers its people."""
    user: Any = request.user
    page = agreement_page(user=user, number=number, at=timezone.now())
    if page is None:
        raise Http404
    form = ContractorForm(request.POST or None, lines=page.not_opened)
    refused: AgreementError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = contractors.open_account(
                    number=number, version=version_of(request), by=user, at=timezone.now(),
                    **form.cleaned_data,
                )  # fmt: skip
        except AgreementError as error:
            if error.field in form.fields:
                form.add_error(error.field, error.message)
            else:
                refused = error
        else:
            messages.success(request, f"{made.name} is opened. Its administrator gets a mail.")
            return redirect("agreements:agreement", number=number)
    status = 422 if form.is_bound and form.errors else refused.status_code if refused else 200
    context = {
        "page": page, "agreement": page.agreement, "form": form, "refused": refused,
        "here": "agreements", "version": request.POST.get("version", page.agreement.version),
    }  # fmt: skip
    return render(request, "agreements/contractor.html", context, status=status)
