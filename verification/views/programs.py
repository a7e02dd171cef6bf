"""The table of programs: for everybody to read, for program officers to add to (S6)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.programs.errors import ProgramError
from agreements.programs.services import add_row
from save_portal.accounts.roles import Permission
from save_portal.web.permissions import any_signed_in
from verification.forms.programs import ProgramRowForm
from verification.rules.derived_facts import CHECKED_ON
from verification.selectors import programs as selector


@require_safe
@any_signed_in
def index(request: HttpRequest) -> HttpResponse:
    context = {"programs": selector.program_list(on=timezone.localdate()), "here": "programs"}
    return render(request, "programs/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@any_signed_in
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One program with its history; a program officer adds a row from a day on."""
    user: Any = request.user
    page = selector.program_page(code, on=timezone.localdate())
    if page is None:
        raise Http404
    form = ProgramRowForm(request.POST or None) if user.can(Permission.MANAGE_PROGRAM) else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied("Only the program office keeps this table.")
        if form.is_valid():
            try:
                with transaction.atomic():
                    add_row(benefit=code, by=user, at=timezone.now(), **form.cleaned_data)
            except ProgramError as refused:
                form.add_field_errors(refused.field_errors)
            else:
                messages.success(request, "Added. What held before stays to be read.")
                return redirect("verification:program", code=code)
    context = {"page": page, "form": form, "checked_on": CHECKED_ON, "here": "programs"}
    status = 422 if form is not None and form.errors else 200
    return render(request, "programs/program.html", context, status=status)
