"""A form that was sent, or about to be, when the session ended: kept until its person is back.

What was typed stays on the server, in the session that begins when the old one ends, under the
key of whoever typed it. Nobody else is shown it; signing in as somebody else drops it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve

KEPT = "interrupted_form"
KEEP_VIEW = "accounts:keep"
RESUME_VIEW = "accounts:resume"
MOST_CHARACTERS = 100_000
SECRETS = ("password", "code", "token", "secret", "credential")


@dataclass(frozen=True, slots=True)
class InterruptedForm:
    """Where it was going, and its fields as (name, value), a name several times where it is a list.

    `files` tells that files were chosen, which only the person can choose again.
    """

    address: str
    fields: list[tuple[str, str]]
    files: bool


def sign_out_and_keep(request: HttpRequest) -> bool:
    """End the session; keep what was typed into the form of this request. False: nothing to keep.

    Only a form of our own pages counts: its token is checked as everywhere.
    """
    form = _form_of(request) if request.method == "POST" and _is_ours(request) else None
    user_id = request.user.pk
    logout(request)
    if form is None:
        return False
    request.session[KEPT] = {
        "user": user_id,
        "address": form.address,
        "fields": form.fields,
        "files": form.files,
    }
    return True


def kept_for(session: SessionBase, user_id: int) -> InterruptedForm | None:
    """The form that this person had open when the session ended."""
    kept = session.get(KEPT)
    if kept is None:
        return None
    if kept["user"] != user_id:
        del session[KEPT]
        return None
    fields = [(name, value) for name, value in kept["fields"]]
    return InterruptedForm(kept["address"], fields, kept["files"])


def forget(session: SessionBase, address: str = "") -> None:
    """Drop it: it was sent on to its address, or is not wanted."""
    if KEPT in session and address in ("", session[KEPT]["address"]):
        del session[KEPT]


def _form_of(request: HttpRequest) -> InterruptedForm | None:
    data = request.POST.copy()
    address = request.get_full_path()
    here = resolve(request.path_info)
    if here.view_name == KEEP_VIEW:
        address = str(data.pop("kept_address", [""])[-1])
        try:
            if not address.startswith("/") or address.startswith("//"):
                return None
            here = resolve(address.partition("?")[0])
        except Resolver404:
            return None
    if here.app_name in ("", "accounts") or getattr(here.func, "public", False):
        return None
    fields = [
        (name, str(value))
        for name, values in data.lists()
        if name != "csrfmiddlewaretoken" and not any(word in name.lower() for word in SECRETS)
        for value in values
    ]
    if sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
        return None
    return InterruptedForm(address, fields, bool(request.FILES))


def _is_ours(request: HttpRequest) -> bool:
    """The session has ended before Django looks at the token; so it is looked at here."""

    def reached(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    return CsrfViewMiddleware(reached).process_view(request, reached, (), {}) is None
