"""The record systems as the program office watches them, as a page and as metrics."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import public, require
from verification.services import sources


@require(Permission.MANAGE_PROGRAM, Permission.CORRECT_RECORDS)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Each system with its newest upload, and what is wrong first."""
    systems = sources.overview(at=timezone.now())
    systems.sort(key=lambda state: not state.problems)
    context = {
        "systems": systems,
        "problems": [problem for state in systems for problem in state.problems],
        "waiting": [state for state in systems if state.uploads and not state.indexed],
        "here": "sources",
    }
    return render(request, "verification/sources.html", context)


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For a Prometheus that sends METRICS_TOKEN; for everybody else there is no such page."""
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if not token or not secrets.compare_digest(sent.encode(), token.encode()):
        raise Http404
    registry = CollectorRegistry()
    loaded = _gauge(registry, "loaded_timestamp_seconds", "When the newest upload was taken over")
    as_of = _gauge(registry, "as_of_timestamp_seconds", "The newest update in any upload")
    rows = _gauge(registry, "upload_rows", "Rows of the newest upload by what became of them", "of")
    records = _gauge(registry, "records", "Records that the system ever sent")
    problem = _gauge(registry, "problem", "1 for each problem with the uploads", "kind")
    share = _gauge(registry, "upload_share", "Shares of the newest upload's rows, and usual", "of")
    indexed = _gauge(registry, "indexed", "1 when the newest upload is in the index")
    for state in sources.overview(at=timezone.now()):
        name = state.system.name
        records.labels(name).set(state.records)
        for each in state.problems:
            problem.labels(name, each.kind).set(1)
        if upload := state.newest:
            loaded.labels(name).set(upload.loaded_at.timestamp())
            as_of.labels(name).set(max(each.as_of for each in state.uploads).timestamp())
            indexed.labels(name).set(state.indexed)
            for kind in ("read", "inserted", "updated", "unchanged", "closed", "rejected"):
                rows.labels(name, kind).set(getattr(upload, kind))
            share.labels(name, "rejected").set(upload.rejected_share)
            share.labels(name, "changed").set(upload.changed_share)
            if (usual := state.usual_changed_share) is not None:
                share.labels(name, "usually_changed").set(usual)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _gauge(registry: CollectorRegistry, name: str, words: str, *labels: str) -> Gauge:
    return Gauge(f"save_source_{name}", words, ["system", *labels], registry=registry)
