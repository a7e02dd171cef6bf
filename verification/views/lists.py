"""My work, the list of cases, its saved views and its export."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from save_portal import audit
from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from save_portal.web.spreadsheet import safe
from verification import case_number, policies
from verification.enums import Need, Step, WaitsFor
from verification.lifecycles.case import CaseStatus
from verification.models import Case, SavedView
from verification.rules.voter import LISTED
from verification.selectors.board import colleagues
from verification.selectors.case_list import SORTS, case_list, export_rows, neighbors
from verification.selectors.filters import HANDLED_BY, CaseFilters
from verification.selectors.my_work import my_work
from verification.services import saved_views
from verification.views.refusals import attempt

KEPT = (
    "q",
    "benefit",
    "step",
    "status",
    "waiting_for",
    "need",
    "by",
    "created_from",
    "created_to",
    "sort",
)


@require(Permission.VIEW_OWN_CASES, Permission.VIEW_AGENCY_CASES)
@require_safe
def my_work_page(request: HttpRequest) -> HttpResponse:
    """What waits for this person, by urgency."""
    user: Any = request.user
    filters = CaseFilters.read(_known(request))
    page = my_work(user=user, at=timezone.now(), filters=filters)
    most = max([mine + save for _, mine, save in page.ages] or [0]) or 1
    bars = [
        {
            "label": label,
            "mine": mine,
            "save": save,
            "total": mine + save,
            "y": 8 + 34 * position,
            "text_y": 24 + 34 * position,
            "mine_width": round(160 * mine / most),
            "save_x": 58 + round(160 * mine / most),
            "save_width": round(160 * save / most),
            "end": 64 + round(160 * mine / most) + round(160 * save / most),
        }
        for position, (label, mine, save) in enumerate(page.ages)
    ]
    context = {
        "page": page,
        "bars": bars,
        "here": "my-work",
        "within": within(request, by=filters.by or "me"),
        **_choices(user, filters),
    }
    return render(request, "verification/my_work.html", context)


@require(Permission.VIEW_OWN_CASES, Permission.VIEW_AGENCY_CASES)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """All cases that this person may see; a whole case number in the search opens the case."""
    user: Any = request.user
    filters = CaseFilters.read(_known(request))
    page = case_list(
        user=user,
        at=timezone.now(),
        filters=filters,
        sort=request.GET.get("sort", ""),
        cursor=request.GET.get("cursor"),
    )
    whole = case_number.canonical(filters.q)
    if case_number.is_case_number(whole) and [row.case.number for row in page.rows] == [whole]:
        return redirect("verification:case", number=whole)
    context = {
        "page": page,
        "here": "cases",
        "within": within(request),
        "needs": Need.choices,
        **_choices(user, filters),
    }
    return render(request, "verification/case_list.html", context)


@require(Permission.VIEW_OWN_CASES, Permission.VIEW_AGENCY_CASES)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV that a spreadsheet opens without running anything."""
    user: Any = request.user
    filters = CaseFilters.read(_known(request))
    now = timezone.now()
    audit.record(
        "cases.exported",
        by=user,
        at=now,
        subject_type="case_list",
        subject_id="",
        agency_id=user.agency_id,
        data={"filters": sorted(name for name in KEPT if request.GET.get(name))},
    )
    rows = list(_csv_rows(export_rows(user=user, at=now, filters=filters)))
    writer = csv.writer(_Echo())
    response = StreamingHttpResponse(
        ("\ufeff" if position == 0 else "") + writer.writerow(row)
        for position, row in enumerate(rows)
    )
    response["Content-Type"] = "text/csv; charset=utf-8"
    response["Content-Disposition"] = 'attachment; filename="cases.csv"'
    return response  # type: ignore[return-value]


@require(Permission.VIEW_OWN_CASES, Permission.VIEW_AGENCY_CASES)
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the filters that are in force under a name."""
    user: Any = request.user
    pairs = [(key, value) for key, value in parse_qsl(request.POST.get("query", "")) if key in KEPT]
    back = _back(request)
    view, refused = attempt(
        lambda: saved_views.save(
            by=user,
            at=timezone.now(),
            name=request.POST.get("name", ""),
            query=urlencode(pairs),
        )
    )
    if refused is None:
        messages.success(request, f"The view “{view.name}” is saved.")
    else:
        messages.error(request, refused.message)
    return redirect(back)


@require(Permission.VIEW_OWN_CASES, Permission.VIEW_AGENCY_CASES)
@require_POST
def remove_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forgets a saved view."""
    user: Any = request.user
    saved_views.remove(by=user, at=timezone.now(), view_id=view_id)
    messages.success(request, "The view is removed.")
    return redirect(_back(request))


class _Echo:
    def write(self, value: str) -> str:
        return value


def _csv_rows(found: Any) -> Iterator[list[str]]:
    yield [
        "case_number",
        "agency_reference",
        "family_name",
        "given_name",
        "benefits",
        "status",
        "waits_for",
        "due_on",
        "handled_by",
        "created_at",
    ]
    for case in found:
        cells = [
            case.number,
            case.agency_reference,
            case.family_name,
            case.given_name,
            " ".join(case.benefits),
            case.status,
            case.waits_for,
            case.due_on.isoformat() if case.due_on else "",
            case.handled_by.full_name,
            case.created_at.isoformat(timespec="seconds"),
        ]
        yield [safe(str(cell)) for cell in cells]


def _choices(user: Any, filters: CaseFilters) -> dict[str, Any]:
    by = HANDLED_BY if user.group_id else {k: v for k, v in HANDLED_BY.items() if k != "group"}
    people = colleagues(user) if policies.can_move_cases(by=user) else []
    others = {str(one.pk): one.full_name for one in people if one.pk != user.pk}
    return {
        "colleagues": people,
        "filters": filters,
        "benefits": LISTED,
        "steps": Step.choices,
        "statuses": CaseStatus.choices,
        "waiting": WaitsFor.choices,
        "handlers": list((by | others).items()),
        "sorts": SORTS,
        "views": list(SavedView.objects.filter(user=user)),
    }


def within(request: HttpRequest, **more: str) -> str:
    """The list that is shown, for the addresses of its cases: they lead on inside it."""
    return urlencode(_known(request) | more)


def around(request: HttpRequest, case: Case) -> dict[str, Any]:
    """The neighbors of a case in the list that it was opened from, and the way back there."""
    query = {name: value for name, value in parse_qsl(request.GET.get("in", "")) if name in KEPT}
    if not query:
        return {}
    user: Any = request.user
    found = neighbors(
        user=user,
        at=timezone.now(),
        filters=CaseFilters.read(query),
        sort=query.get("sort", ""),
        case=case,
    )
    return {"around": found, "within": urlencode(query)}


def _known(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in KEPT if name in request.GET}


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return back
    return reverse("verification:case-list")
