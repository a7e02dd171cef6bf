"""The program office's page of closures."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from save_portal.accounts.roles import Permission
from save_portal.calendar.federal import statutory_holidays
from save_portal.calendar.forms import ClosureForm
from save_portal.calendar.models import Closure
from save_portal.calendar.services import save_closure
from save_portal.web.permissions import require


@require_safe
@require(Permission.MANAGE_PROGRAM)
def closure_list(request: HttpRequest) -> HttpResponse:
    year = timezone.localdate().year
    context = {
        "closures": Closure.objects.all()[:200],
        "statutory": sorted({**statutory_holidays(year), **statutory_holidays(year + 1)}.items()),
    }
    return render(request, "federal_calendar/closure_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_PROGRAM)
def closure_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    assert request.user.is_authenticated
    closure = get_object_or_404(Closure, pk=pk) if pk is not None else None
    form = ClosureForm(request.POST or None, instance=closure)
    if request.method == "POST" and form.is_valid():
        saved = save_closure(by=request.user, at=timezone.now(), closure_id=pk, **form.cleaned_data)
        messages.success(request, f"{saved.on:%B} {saved.on.day}, {saved.on.year} is saved.")
        return redirect("federal_calendar:closure-list")
    context = {"form": form, "closure": closure}
    return render(
        request, "federal_calendar/closure_edit.html", context, status=422 if form.errors else 200
    )
