"""What the shell of every page shows."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from save_portal.accounts import sessions
from save_portal.accounts.roles import Permission


def portal(request: HttpRequest) -> dict[str, Any]:
    """Keys: demo, now, toll_free_line, who (agency or office), may_*, session limits."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    context: dict[str, Any] = {
        "demo": settings.DEMO,
        "now": timezone.now(),
        "toll_free_line": settings.TOLL_FREE_NUMBER,
        "signed_in": signed_in,
    }
    if signed_in:
        assert user is not None
        context |= {
            "who": user.agency or user.office,
            "may_initiate": user.can(Permission.INITIATE_CASE),
            "may_see_cases": user.can(Permission.VIEW_OWN_CASES)
            or user.can(Permission.VIEW_AGENCY_CASES),
            "may_move_cases": user.agency_id is not None and user.can(Permission.VIEW_AGENCY_CASES),
            "may_see_corrections": user.can(Permission.REVIEW_REQUESTS)
            or user.can(Permission.CORRECT_RECORDS),
            "may_manage_people": user.can(Permission.MANAGE_PEOPLE),
            "may_see_agreements": user.can(Permission.SIGN_AGREEMENT)
            or user.can(Permission.MANAGE_PROGRAM),
            "may_see_invoices": user.can(Permission.VIEW_INVOICES),
            "may_review": user.can(Permission.REVIEW_REQUESTS) or user.can(Permission.MANAGE_QUEUE),
            "may_manage_queue": user.can(Permission.MANAGE_QUEUE),
            "may_take_in_forms": user.can(Permission.REVIEW_REQUESTS),
            "may_see_sources": user.can(Permission.MANAGE_PROGRAM)
            or user.can(Permission.CORRECT_RECORDS),
            "may_see_accuracy": user.can(Permission.MANAGE_PROGRAM) or user.can(Permission.MONITOR),
            "may_monitor": user.can(Permission.MONITOR),
            "may_manage_program": user.can(Permission.MANAGE_PROGRAM),
            "session_seconds": seconds_left(request),
            "warning_seconds": settings.SESSION_WARNING_SECONDS,
        }
    return context


def seconds_left(request: HttpRequest) -> int:
    """Seconds until this session ends if nothing is done."""
    return sessions.remaining_seconds(request.session, time.time())
