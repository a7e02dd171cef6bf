"""Which reminder is due for a case today, to whom, and how often (S3.7, S3.10). Pure.

A reminder goes to the caseworker first, some federal working days later to the supervisors too,
and once in twenty working days after that for as long as nobody acts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from verification.enums import ReminderKind
from verification.lifecycles.case import WAITS_FOR_VERIFIER, CaseStatus

ESCALATE_AFTER = 3
AGAIN_AFTER = 20
UNREAD_AFTER = 1

HANDLER, SUPERVISORS, VERIFIER_SUPERVISORS = "handler", "supervisors", "verifier_supervisors"


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due. `key` is the same however often it is found to be due."""

    kind: ReminderKind
    to: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a reminder depends on. Days are those of the agency's zone."""

    status: str
    due_on: date | None
    told_applicant: bool
    tell_by: date | None  # by when the applicant is told that SAVE could not confirm
    unread_since: date | None


def due_today(
    case: Standing, *, today: date, working_days_between: Callable[[date, date], int]
) -> list[Due]:
    """All reminders that should have gone out by today; the keys keep them from going twice."""

    def over(since: date | None) -> int:
        return working_days_between(since, today) if since is not None and since < today else 0

    found: list[Due] = []
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        if not case.told_applicant and over(case.tell_by) > 0:
            found.append(Due(ReminderKind.TELL_APPLICANT, HANDLER, f"tell:{case.tell_by}"))
        found += _series(
            over(case.due_on), case.due_on, ReminderKind.PROMPT, ReminderKind.PROMPT_ESCALATED
        )
    elif case.status == CaseStatus.G845_RECOMMENDED:
        found += _series(
            over(case.due_on), case.due_on, ReminderKind.FORM, ReminderKind.FORM_ESCALATED
        )
    elif case.status in WAITS_FOR_VERIFIER and over(case.due_on) > 0:
        again = over(case.due_on) // AGAIN_AFTER
        key = f"review:{case.due_on}:{again}"
        found.append(Due(ReminderKind.REVIEW_OVERDUE, VERIFIER_SUPERVISORS, key))
    if case.unread_since is not None and case.status in ANSWERED:
        found += _series(
            over(case.unread_since) - UNREAD_AFTER,
            case.unread_since,
            ReminderKind.ANSWER,
            ReminderKind.ANSWER_ESCALATED,
        )
    return found


ANSWERED = (
    CaseStatus.ADDITIONAL_ANSWERED,
    CaseStatus.G845_RECOMMENDED,
    CaseStatus.G845_ANSWERED,
)


def _series(
    days_over: int, since: date | None, first: ReminderKind, escalated: ReminderKind
) -> list[Due]:
    """To the caseworker at once, to the supervisors after some days, then again and again."""
    if days_over <= 0:
        return []
    again = days_over // AGAIN_AFTER
    found = [Due(first, HANDLER, f"{first}:{since}:{again}")]
    if days_over >= ESCALATE_AFTER:
        found.append(Due(escalated, SUPERVISORS, f"{escalated}:{since}:{again}"))
    return found
