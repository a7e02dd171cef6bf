"""Every view says who may enter it; the architecture test reads what is said here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from save_portal.accounts.roles import Permission

View = Callable[..., HttpResponse]

WHO_CAN = {
    Permission.INITIATE_CASE: "Only caseworkers and supervisors of a user agency begin cases.",
    Permission.VIEW_OWN_CASES: "Only people who work on cases see this page.",
    Permission.VIEW_AGENCY_CASES: "Only people who work on cases see this page.",
    Permission.ACT_ON_CASE: "Only caseworkers and supervisors of the agency act on a case.",
    Permission.MANAGE_PEOPLE: "Only administrators keep the people of an agency or an office.",
    Permission.CLOSE_CASE: "Only caseworkers and supervisors of the agency close a case.",
}


def require(*permissions: Permission) -> Callable[[View], View]:
    """Lets in whoever has any of the permissions; nothing that is shown stays in a cache."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user: Any = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(user.can(permission) for permission in permissions):
                raise PermissionDenied(
                    WHO_CAN.get(permissions[0], "Your role does not open this page.")
                )
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store, private")
            return response

        guarded.permission = permissions[0]  # type: ignore[attr-defined]
        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def asked_by_itself(view: View) -> View:
    """A part that a page gets anew of its own accord: it keeps no session from running out."""
    view.asked_by_itself = True  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """A page without personal data, open without signing in."""
    opened = login_not_required(view)
    opened.public = True  # type: ignore[attr-defined]
    return opened


def any_signed_in(view: View) -> View:
    """A page for whoever is signed in, whatever the role."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    guarded.permission = "any_signed_in"  # type: ignore[attr-defined]
    return guarded
