"""One place turns a foreseen refusal into what the caseworker sees."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from verification.errors import CaseError

View = Callable[..., HttpResponse]


def refused_to_case(view: View) -> View:
    """An act on a case: a refusal is shown on the case's page, where nothing has changed."""

    @wraps(view)
    def guarded(request: HttpRequest, number: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return view(request, number, *args, **kwargs)
        except CaseError as refused:
            if refused.status_code == 404:
                raise Http404 from None
            messages.error(request, refused.message)
            return redirect("verification:case", number=number)

    return guarded


def attempt(act: Callable[[], Any]) -> tuple[Any, CaseError | None]:
    """What the service gave, or its refusal; a refusal leaves nothing of the act behind."""
    try:
        with transaction.atomic():
            return act(), None
    except CaseError as refused:
        return None, refused
