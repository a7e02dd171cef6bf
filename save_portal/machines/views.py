"""The pages about the API: its description, its documentation, its problems."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from save_portal.machines.answers import as_json
from save_portal.machines.endpoint import Endpoint
from save_portal.machines.problems import KINDS
from save_portal.machines.reference_page import operations_by_tag, shapes
from save_portal.machines.schema import example_of
from save_portal.web.permissions import public


@cache
def description_of_the_api() -> dict[str, Any]:
    """The OpenAPI document; the same for everybody, made once a process."""
    generator = SchemaGenerator()
    found: dict[str, Any] = generator.get_schema(request=None, public=True)
    return found


@public
@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, as JSON (which YAML readers read as well)."""
    response = HttpResponse(
        as_json(description_of_the_api()),
        content_type="application/vnd.oai.openapi+json; version=3.1",
    )
    response["Cache-Control"] = "max-age=300"
    return response


@public
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description for people, drawn here: no script, nothing from elsewhere."""
    described = description_of_the_api()
    context = {
        "api": described["info"],
        "tags": operations_by_tag(described),
        "shapes": shapes(described),
        "kinds": KINDS.values(),
        "here": "api-docs",
    }
    return render(request, "machines/docs.html", context)


@public
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """What changed in the API, and what may change."""
    return render(request, "machines/changes.html", {"here": "api-docs"})


@public
@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Every kind of problem."""
    return render(request, "machines/problems.html", {"kinds": KINDS.values()})


@public
@require_safe
def problem_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What a `type` points to."""
    kind = KINDS.get(slug)
    if kind is None:
        raise Http404
    example = json.dumps(example_of(kind), indent=2, ensure_ascii=False)
    return render(request, "machines/problem.html", {"kind": kind, "example": example})


class Nowhere(Endpoint):
    """Answers for addresses that do not exist, to whoever asks, as the API answers."""

    operations = {}

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        raise Http404


@csrf_exempt
def missing(request: HttpRequest, rest: str) -> HttpResponseBase:
    """An address of the API that is not there; with a slash too many it is the one without."""
    if rest.endswith("/"):
        try:
            match = resolve(request.path_info.rstrip("/"))
        except Resolver404:
            match = None
        if match is not None and match.func is not missing:
            found: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
            return found
    nowhere: HttpResponseBase = Nowhere.as_view()(request)
    return nowhere


missing.public = True  # type: ignore[attr-defined]
