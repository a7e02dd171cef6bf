"""The pages by which an administrator keeps people, and the page that an invitation leads to."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from save_portal.accounts.models import Invitation
from save_portal.accounts.people import links, selectors, services
from save_portal.accounts.people.errors import NobodySuch, PeopleError
from save_portal.accounts.people.forms import (
    DepartmentForm,
    GroupForm,
    InviteForm,
    MoveForm,
    SetPasswordForm,
)
from save_portal.accounts.people.selectors import Filters, PersonPage
from save_portal.accounts.roles import Permission
from save_portal.accounts.tenancy import system_scope
from save_portal.web.forms import PortalForm
from save_portal.web.permissions import public, require
from save_portal.web.spreadsheet import safe


@require(Permission.MANAGE_PEOPLE)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everybody, and the invitations that wait."""
    user: Any = request.user
    page = selectors.people_list(
        by=user, at=timezone.now(), filters=_filters(request), cursor=request.GET.get("cursor")
    )
    context = {"page": page, "states": selectors.STATES, "here": "people"}
    return render(request, "people/index.html", context)


@require(Permission.MANAGE_PEOPLE)
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as a file."""
    user: Any = request.user
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    writer = csv.writer(response)
    for row in selectors.csv_rows(by=user, at=timezone.now(), filters=_filters(request)):
        writer.writerow([safe(cell) for cell in row])
    return response


def _filters(request: HttpRequest) -> Filters:
    return Filters(
        words=request.GET.get("q", "")[:80],
        state=request.GET.get("state", ""),
        role=request.GET.get("role", ""),
        place=request.GET.get("place", ""),
    )


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = InviteForm(request.POST or None, by=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        invitation = _attempt(
            form,
            lambda: services.invite(
                email=data["email"],
                full_name=data["full_name"],
                role=data["role"],
                agency_code=data.get("agency_code", ""),
                by=user,
                at=timezone.now(),
                **form.placed(),
            ),
        )
        if invitation is not None:
            messages.success(
                request,
                f"Invited. A link is on its way to {invitation.email}; it works for 7 days.",
            )
            return redirect("people:index")
    return _form_page(request, "people/invite.html", form)


@require(Permission.MANAGE_PEOPLE)
@require_POST
def invitation_act(request: HttpRequest, invitation_id: int, name: str) -> HttpResponse:
    """Send the link again, or withdraw it."""
    user: Any = request.user
    act: Any = {"resend": services.resend, "withdraw": services.withdraw}[name]
    try:
        with transaction.atomic():
            invitation = act(invitation_id=invitation_id, by=user, at=timezone.now())
    except NobodySuch:
        raise Http404 from None
    except PeopleError as refused:
        messages.error(request, refused.message)
    else:
        done = "Sent again to" if name == "resend" else "Withdrawn: the link no longer works for"
        messages.success(request, f"{done} {invitation.email}.")
    return redirect("people:index")


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: role and place to change, what happened, the way to end the account."""
    user: Any = request.user
    page = _page(request, user_id)
    form = None
    if page.may_change:
        form = MoveForm(request.POST or None, by=user, person=page.person)
    if request.method == "POST":
        if form is None:
            messages.error(request, "Role and place of this person are not yours to change.")
            return redirect("people:person", user_id=user_id)
        if form.is_valid():
            role, placed = form.cleaned_data["role"], form.placed()
            moved = _attempt(
                form,
                lambda: services.move(
                    user_id=user_id, role=role, by=user, at=timezone.now(), **placed
                ),
            )
            if moved is not None:
                messages.success(request, f"Saved. {moved.full_name}'s cases stay where they are.")
                return redirect("people:person", user_id=user_id)
    return _form_page(request, "people/person.html", form, page=page)


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, user_id: int) -> HttpResponse:
    """Says what ending does, then ends the account at once."""
    user: Any = request.user
    page = _page(request, user_id)
    if request.method == "POST":
        _told(
            request,
            lambda: services.end(user_id=user_id, by=user, at=timezone.now()),
            f"The account of {page.person.full_name} has ended. Every open session of it is over.",
        )
        return redirect("people:person", user_id=user_id)
    return render(request, "people/end.html", {"page": page, "here": "people"})


@require(Permission.MANAGE_PEOPLE)
@require_POST
def reactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    user: Any = request.user
    page = _page(request, user_id)
    _told(
        request,
        lambda: services.reactivate(user_id=user_id, by=user, at=timezone.now()),
        f"The account is open again. {page.person.full_name} gets a link for a new password.",
    )
    return redirect("people:person", user_id=user_id)


@require(Permission.MANAGE_PEOPLE)
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Departments with their groups."""
    user: Any = request.user
    if user.agency_id is None:
        raise Http404
    context = {"departments": selectors.departments(user), "here": "people"}
    return render(request, "people/places.html", context)


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def department(request: HttpRequest, department_id: int | None = None) -> HttpResponse:
    user: Any = request.user
    kept = _department(request, department_id) if department_id is not None else None
    form = DepartmentForm(request.POST or None, initial={"name": kept.name if kept else ""})
    if request.method == "POST" and form.is_valid():
        saved = _attempt(
            form,
            lambda: services.save_department(
                department_id=department_id, by=user, at=timezone.now(), **form.cleaned_data
            ),
        )
        if saved is not None:
            messages.success(request, f"{saved.name} is saved.")
            return redirect("people:places")
    title = f"Rename {kept.name}" if kept else "Add a department"
    return _form_page(request, "people/place.html", form, title=title)


@require(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def group(
    request: HttpRequest, department_id: int | None = None, group_id: int | None = None
) -> HttpResponse:
    user: Any = request.user
    groups = [g for d in selectors.departments(user) for g in d.groups.all() if g.pk == group_id]
    if group_id is not None and not groups:
        raise Http404
    if department_id is not None:
        title = f"Add a group to {_department(request, department_id).name}"
        initial = {}
    else:
        title = f"Change {groups[0].name}"
        initial = {"name": groups[0].name, "cases_shared": groups[0].cases_shared}
    form = GroupForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = _attempt(
            form,
            lambda: services.save_group(
                department_id=department_id,
                group_id=group_id,
                by=user,
                at=timezone.now(),
                **form.cleaned_data,
            ),
        )
        if saved is not None:
            messages.success(request, f"{saved.name} is saved.")
            return redirect("people:places")
    return _form_page(request, "people/place.html", form, title=title)


@sensitive_post_parameters()
@public
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation leads: set a password, once."""
    try:
        invitation = _invitation(token)
        form = SetPasswordForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            password = form.cleaned_data["password"]
            made = _attempt(
                form, lambda: services.accept(token=token, password=password, at=timezone.now())
            )
            if made is not None:
                messages.success(request, "Your account is ready. Sign in with your new password.")
                return redirect("account_login")
    except PeopleError as closed:
        context = {"sentence": closed.message}
        response = render(
            request, "people/invitation_closed.html", context, status=closed.status_code
        )
    else:
        response = _form_page(request, "people/accept.html", form, invitation=invitation)
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _invitation(token: str) -> Invitation:
    """The invitation that the link opens; refuses one that is closed."""
    invitation_id, sending = links.read(token)
    with system_scope():
        found = Invitation.objects.select_related(
            "agency__acts_for", "office", "invited_by"
        ).filter(pk=invitation_id)
        invitation: Invitation | None = found.first()
    if invitation is None:
        raise NobodySuch(links.FORGED)
    links.check_open(invitation, sending, at=timezone.now())
    return invitation


def _page(request: HttpRequest, user_id: int) -> PersonPage:
    user: Any = request.user
    page = selectors.person_page(by=user, user_id=user_id, at=timezone.now())
    if page is None:
        raise Http404
    return page


def _department(request: HttpRequest, department_id: int) -> Any:
    user: Any = request.user
    for one in selectors.departments(user):
        if one.pk == department_id:
            return one
    raise Http404


def _attempt(form: PortalForm, act: Callable[[], Any]) -> Any:
    """What the service gave; or None, the refusal standing at its field."""
    try:
        with transaction.atomic():
            return act()
    except NobodySuch:
        raise
    except PeopleError as refused:
        if refused.status_code == 410:
            raise
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return None


def _told(request: HttpRequest, act: Callable[[], Any], done: str) -> None:
    """Does it, or shows why not."""
    try:
        with transaction.atomic():
            act()
    except PeopleError as refused:
        if refused.status_code == 404:
            raise Http404 from None
        messages.error(request, refused.message)
    else:
        messages.success(request, done)


def _form_page(
    request: HttpRequest, template: str, form: PortalForm | None, **more: Any
) -> HttpResponse:
    context = {"form": form, "here": "people", **more}
    wrong = form is not None and form.is_bound and form.errors
    return render(request, template, context, status=422 if wrong else 200)
