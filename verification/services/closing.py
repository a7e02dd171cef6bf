"""The end of a case: closed by a person with a reason, or by 180 days without action (S3.6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django_fsm import can_proceed

from save_portal import audit
from save_portal.accounts.models import Agency, User
from save_portal.accounts.tenancy import scope_of
from save_portal.outbox import queue
from verification import deadlines, policies
from verification.enums import ClosureReason, EventKind
from verification.errors import STALE, CaseError, StaleCase, WrongStatus
from verification.models import Case
from verification.rules import voter
from verification.rules.closing import check_may_close
from verification.services import events
from verification.services.locking import lock_case

BATCH = 200


@transaction.atomic
def close(*, case_number: str, version: int, reason: str, by: User, at: datetime) -> Case:
    """Close a case with a reason. Refuses while a duty toward the applicant is open (S3.7)."""
    case = lock_case(case_number, by=by)
    policies.check_can_make("close", by=by, case=case)
    if not can_proceed(case.close):
        raise WrongStatus("The case is already closed.")
    if case.version != version:
        raise StaleCase(STALE)
    if reason not in ClosureReason.values or reason == ClosureReason.EXPIRED:
        raise CaseError("Choose the reason for closing.")
    if reason == ClosureReason.SUPERSEDED:
        raise CaseError(
            "A case is superseded by the case for the newer document: begin that one from here."
        )
    last = case.initial_answers.last()
    check_may_close(
        case,
        reason=reason,
        has_photo=last is not None and last.photo_id is not None,
        was_asked=case.additional_requests.exists() or case.g845_mailings.exists(),
        citizen=voter.concerns(case.benefits)
        and voter.found_citizen(case.verifier_answers.order_by("at", "id")),
    )
    _close(case, reason=reason, by=by, at=at)
    return case


def supersede(case: Case, *, by: User, at: datetime) -> None:
    """Close a locked case whose place a newer one takes; its open duties pass to that one."""
    _close(case, reason=ClosureReason.SUPERSEDED, by=by, at=at)


def close_stale(
    *,
    at: datetime,
    progress: Callable[[int], None] | None = None,
    sandbox: Agency | None = None,
) -> tuple[int, int]:
    """Close what nobody touched for 180 days, and warn 14 and 3 days before (S3.6).

    A case whose applicant wants what nobody has asked for stays: reminders go on (S2.2).

    Returns how many were closed and how many warnings were written. Each batch is a transaction
    of its own; rows that somebody works on are left for the next run. Safe to run at any time, by
    several workers. `sandbox` names the one whose clock shows `at`; else it is production's turn.
    """
    closed = warned = 0
    while True:
        with scope_of(sandbox):
            batch = _due_for_closing(at)
            for case in batch:
                _close(case, reason=ClosureReason.EXPIRED, by=None, at=at)
        closed += len(batch)
        if progress:
            progress(closed)
        if len(batch) < BATCH:
            break
    for days in sorted(deadlines.WARNINGS):
        while True:
            with scope_of(sandbox):
                count = _warn(at, days)
            warned += count
            if count < BATCH:
                break
    return closed, warned


def _untouched(at: datetime, days: int) -> list[Case]:
    """Cases that expire within `days` in their own zone; the two spare days cover every zone."""
    candidates = (
        Case.objects.without_action_since(at - timedelta(days=deadlines.DAYS_OPEN - days - 2))
        .select_related("agency", "handled_by")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("last_action_at")
    )
    if days:
        candidates = candidates.exclude(warned_days__lte=days)
    else:
        candidates = candidates.filter(
            last_action_at__lte=at - timedelta(days=deadlines.DAYS_OPEN - 2)
        )
    return [
        case
        for case in candidates[: BATCH * 2]
        if deadlines.expires_on(last_action_at=case.last_action_at, time_zone=case.agency.time_zone)
        - timedelta(days=days)
        <= deadlines.local_date(at, case.agency.time_zone)
    ][:BATCH]


def _due_for_closing(at: datetime) -> list[Case]:
    return _untouched(at, 0)


def _warn(at: datetime, days: int) -> int:
    cases = _untouched(at, days)
    for case in cases:
        expiry = deadlines.expiry(last_action_at=case.last_action_at, agency=case.agency)
        expires = expiry.on
        case.warned_days = days
        case._change_reason = "case.expiry_warned"
        case.save(update_fields=["warned_days"])
        queue.mail(
            to_user_id=case.handled_by_id,
            template="case_expires",
            context={
                "case_number": case.number,
                "expires_on": deadlines.long(expires),
                "because": expiry.in_words(),
                "days": days,
            },
            key=f"case.expires:{case.number}:{expires.isoformat()}:{days}",
        )
        audit.record(
            "case.expiry_warned",
            by=None,
            at=at,
            subject_type="case",
            subject_id=case.number,
            agency_id=case.agency_id,
            data={"days": days, "expires_on": expires.isoformat()},
        )
    return len(cases)


def _close(case: Case, *, reason: str, by: User | None, at: datetime) -> None:
    was, reviewer_id = case.status, case.reviewer_id
    case.close(reason=reason, at=at)
    case.touch(at=at)
    case.due_on = None
    case._history_user, case._change_reason = by, "case.closed"
    case.save()
    audit.record(
        "case.closed",
        by=by,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
        data={"reason": reason, "from": was},
    )
    events.note(case, EventKind.CLOSED, at=at)
    if reviewer_id is not None:
        queue.mail(
            to_user_id=reviewer_id,
            template="case_withdrawn",
            context={"case_number": case.number},
            key=f"case.withdrawn:{case.number}:{case.version}",
        )
