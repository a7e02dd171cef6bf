"""The sandbox in the browser: its published people, its clock, and beginning anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from save_portal.accounts.roles import Permission
from save_portal.accounts.tenancy import agency_scope
from save_portal.machines import sandbox as sandboxes
from save_portal.web.permissions import public, require
from verification.errors import CaseError
from verification.sandbox.people import by_group
from verification.services import sandbox
from verification.views.machines_home import administrator_of


@public
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Whom to ask about, and what comes. Open to everybody: nobody is real."""
    groups = [
        (
            group.heading,
            group.value.replace("_", "-"),
            [(person, person.document.items()) for person in found],
        )
        for group, found in by_group().items()
    ]
    context = {"groups": groups, "here": "api-docs"}
    return render(request, "verification/sandbox_people.html", context)


@require(Permission.MANAGE_PEOPLE)
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """The clock goes forward by days; what comes due is done and told."""
    user, now = administrator_of(request), timezone.now()
    days = request.POST.get("days", "")
    if not days.isascii() or not days.isdigit() or int(days[:9]) > sandbox.MOST_DAYS:
        messages.error(request, f"Write how many days: a number from 0 to {sandbox.MOST_DAYS}.")
        return redirect("verification:sandbox-machines")
    assert user.agency is not None
    home = sandboxes.opened(agency=user.agency, by=user, at=now)
    try:
        with agency_scope(home.pk):
            to = sandboxes.now_in(home, at=now) + timedelta(days=int(days))
            done = sandbox.move_clock(sandbox=home, to=to, by=user, at=now)
    except CaseError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"The clock was moved. {_told(done)}")
    return redirect("verification:sandbox-machines")


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def begin_anew(request: HttpRequest) -> HttpResponse:
    """A fresh sandbox; asked once more before."""
    user = administrator_of(request)
    if request.method != "POST":
        return render(request, "verification/sandbox_anew.html", {"here": "sandbox"})
    assert user.agency is not None
    now = timezone.now()
    home = sandboxes.opened(agency=user.agency, by=user, at=now)
    with agency_scope(home.pk):
        sandboxes.begin_anew(sandbox=home, by=user, at=now)
    messages.success(request, "The sandbox is begun anew. Systems and endpoints go on in it.")
    return redirect("verification:sandbox-machines")


def _told(done: Any) -> str:
    counted = (
        (done.verifier_answers, "answer", "answers"),
        (done.reminders, "reminder", "reminders"),
        (done.closed, "case closed", "cases closed"),
        (done.events, "event from elsewhere", "events from elsewhere"),
    )
    parts = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
    return f"On the way: {', '.join(parts)}." if parts else "Nothing was due on the way."
