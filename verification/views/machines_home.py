"""Where systems and endpoints are kept: in the agency's production, or in its sandbox.

The pages are the same for both. Those of the sandbox run in its own scope, so that neither shows
what the other has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from save_portal.accounts.models import Agency, User
from save_portal.accounts.tenancy import agency_scope
from save_portal.machines import sandbox as sandboxes
from save_portal.machines import services

PAGES = (
    "machines",
    "machine-new",
    "machine-secret",
    "machine-secret-end",
    "machine-end",
    "machine-certificate",
    "webhook-new",
    "webhook-end",
    "webhook-replay",
)


@dataclass(frozen=True, slots=True)
class Home:
    """The agency whose systems are kept here, and the addresses of the pages about them."""

    agency: Agency
    sandbox: Agency | None
    names: dict[str, str]

    @property
    def here(self) -> str:
        return "sandbox" if self.sandbox else "machines"


class Asked(HttpRequest):
    """A request to one of these pages."""

    home: Home


def at_home(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the request its `home`; addresses of the sandbox pass `sandbox=True`."""

    @wraps(view)
    def inside(request: Any, *args: Any, sandbox: bool = False, **kwargs: Any) -> HttpResponse:
        user = administrator_of(request)
        assert user.agency is not None
        prefix = "sandbox-" if sandbox else ""
        names = {page.replace("-", "_"): f"verification:{prefix}{page}" for page in PAGES}
        if not sandbox:
            request.home = Home(user.agency, None, names)
            return view(request, *args, **kwargs)
        home = sandboxes.opened(agency=user.agency, by=user, at=timezone.now())
        request.home = Home(home, home, names)
        with agency_scope(home.pk):
            return view(request, *args, **kwargs)

    return inside


def administrator_of(request: HttpRequest) -> User:
    """Who keeps the agency's systems; the offices of the program have none."""
    user: Any = request.user
    if not services.may_manage(user):
        raise PermissionDenied("Only an administrator of a user agency keeps its systems.")
    administrator: User = user
    return administrator
