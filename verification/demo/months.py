"""Cases of past months in the demo world: what invoices are made of. By the portal's services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from save_portal.accounts.models import User
from save_portal.accounts.tenancy import scope_for
from verification.enums import ClosureReason, Outcome, PhotoAnswer, Wish
from verification.errors import CaseError
from verification.models import Case
from verification.rules.submission import Submission
from verification.services import closing, duties, initial

# How many people were asked about, the oldest month first; the last one is the month before this.
ASKED = (6, 62, 5, 8, 4)


def past_months(at: datetime) -> list[date]:
    """The first days of as many months before this one, the oldest first."""
    first = at.date().replace(day=1)
    months = []
    for _ in ASKED:
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(first)
    return months[::-1]


def play(
    rows: Sequence[dict[str, str]],
    submission_of: Callable[[dict[str, str]], Submission],
    worker: User,
    *,
    benefit: str,
    at: datetime,
) -> int:
    """Begin and end the cases of all months; the number of cases. A second run makes none."""
    assert worker.agency is not None
    zone = ZoneInfo(worker.agency.time_zone)
    with scope_for(worker):
        last = datetime.combine(past_months(at)[-1], time(), tzinfo=zone)
        if Case.objects.filter(created_at__lt=last).exists():
            return 0
    place = made = 0
    for month, count in zip(past_months(at), ASKED, strict=True):
        some = [rows[(place + number) % len(rows)] for number in range(min(count, len(rows)))]
        place += len(some)
        asked_at = datetime.combine(_working_day(month), time(10, 20), tzinfo=zone)
        made += _month(some, submission_of, worker, benefit=benefit, at=asked_at)
    return made


def _working_day(month: date) -> date:
    """The second Tuesday: a federal working day in every month."""
    return month + timedelta(days=(1 - month.weekday()) % 7 + 7)


def _month(
    rows: Sequence[dict[str, str]],
    submission_of: Callable[[dict[str, str]], Submission],
    worker: User,
    *,
    benefit: str,
    at: datetime,
) -> int:
    questions = [
        replace(submission_of(row), benefits=(benefit,), agency_reference=f"FH-{at:%y%m}{number}")
        for number, row in enumerate(rows, 1)
    ]
    with scope_for(worker):
        begun = initial.initiate_all(by=worker, at=at, submissions=questions)
        cases = [one.case(worker) for one in begun if not isinstance(one, CaseError)]
        for case in cases:
            _end(case, by=worker, at=at + timedelta(hours=2))
    return len(cases)


def _end(case: Case, *, by: User, at: datetime) -> None:
    """The duties of the caseworker, then the end of the case."""
    answer = case.initial_answers.get()
    reason = ClosureReason.COMPLETED
    if answer.outcome != Outcome.CONFIRMED:
        reason = ClosureReason.APPLICANT_DECLINED
        for duty, value in (("told_applicant", "yes"), ("wish", Wish.DECLINES)):
            case = duties.record(
                case_number=case.number, version=case.version, duty=duty, value=value, by=by, at=at
            )
    elif answer.photo_id is not None:
        case = duties.answer_photo(
            case_number=case.number, version=case.version, answer=PhotoAnswer.YES, by=by, at=at
        )
    closing.close(case_number=case.number, version=case.version, reason=reason, by=by, at=at)
