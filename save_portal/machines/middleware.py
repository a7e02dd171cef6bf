"""The short way of a request of the JSON API, past what is there for browsers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from save_portal.machines.endpoint import Endpoint


class MachinesMiddleware:
    """Hands a request to its endpoint, which authenticates, fences and refuses by itself.

    Messages, terms of use and the scope of who is signed in belong to pages; a cookie that a
    browser sends along with a request of the API means nothing here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/api/v1/"):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if not issubclass(getattr(match.func, "cls", object), Endpoint):
            return self.get_response(request)
        request.resolver_match = match
        answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return answer
