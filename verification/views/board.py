"""The supervisor's board, and moving cases from one caseworker to another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification import case_number
from verification.selectors import board as selector
from verification.services import moving
from verification.views.case import page_of
from verification.views.refusals import attempt


@require(Permission.VIEW_AGENCY_CASES)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What lies with each caseworker, the most urgent first."""
    user: Any = request.user
    page = selector.board(user=user, at=timezone.now())
    return render(request, "verification/board.html", {"page": page, "here": "board"})


@require(Permission.VIEW_AGENCY_CASES)
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Gives the ticked cases to a colleague."""
    user: Any = request.user
    numbers = [case_number.canonical(number) for number in request.POST.getlist("numbers")]
    if not numbers:
        messages.error(request, "Tick the cases to be moved. Nothing was moved.")
        return redirect(_back(request))
    _told(
        request,
        lambda: moving.move(
            case_numbers=numbers, to_id=_taker(request), by=user, at=timezone.now()
        ),
    )
    return redirect(_back(request))


@require(Permission.VIEW_AGENCY_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def move_one(request: HttpRequest, number: str) -> HttpResponse:
    """Gives one case to a colleague, from its own page."""
    user: Any = request.user
    page = page_of(request, number)
    case = page.case
    if request.method == "POST" and _told(
        request,
        lambda: moving.move(
            case_numbers=[case.number], to_id=_taker(request), by=user, at=timezone.now()
        ),
    ):
        return redirect("verification:case", number=case.number)
    others = [one for one in selector.colleagues(user) if one.pk != case.handled_by_id]
    context = {"case": case, "page": page, "colleagues": others, "here": "cases"}
    return render(request, "verification/case_move.html", context)


@require(Permission.VIEW_AGENCY_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def move_all(request: HttpRequest, person_id: int) -> HttpResponse:
    """Gives every open case of one person to a colleague: somebody goes on leave."""
    user: Any = request.user
    page = selector.board(user=user, at=timezone.now())
    desk = next((desk for desk in page.desks if desk.person.pk == person_id), None)
    if desk is None:
        raise Http404
    if request.method == "POST" and _told(
        request,
        lambda: moving.move_all(
            from_id=person_id, to_id=_taker(request), by=user, at=timezone.now()
        ),
    ):
        return redirect("verification:board")
    others = [one for one in selector.colleagues(user) if one.pk != person_id]
    context = {"desk": desk, "colleagues": others, "here": "board"}
    return render(request, "verification/board_move.html", context)


@require(Permission.VIEW_AGENCY_CASES)
@require_POST
def move_back(request: HttpRequest, move_id: int) -> HttpResponse:
    """Undoes one act of moving."""
    user: Any = request.user
    _told(request, lambda: moving.move_back(move_id=move_id, by=user, at=timezone.now()))
    return redirect("verification:board")


def _told(request: HttpRequest, act: Any) -> bool:
    """Whether the move was made; either way the person reads what happened."""
    moved, refused = attempt(act)
    if refused is not None:
        messages.error(request, refused.message)
    elif not moved:
        messages.info(request, "Nothing was moved: no open case there is left to move.")
    else:
        words = "1 case was moved." if moved == 1 else f"{moved:,} cases were moved."
        messages.success(request, f"{words} The board shows it, and can move it back.")
    return refused is None


def _taker(request: HttpRequest) -> int:
    chosen = request.POST.get("to", "")
    return int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return back
    return reverse("verification:case-list")
