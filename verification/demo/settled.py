"""Cases of the demo world that verifiers settled in the past quarter: what error rates rest on.

Some were not confirmed at first and are confirmed by a verifier (false no-matches), some stay
unconfirmed, and some confirmed ones were doubted and looked at again. As in `cases`, every
act is the portal's own service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from save_portal.accounts.models import User
from save_portal.accounts.tenancy import scope_for, system_scope
from verification.demo.cases import office_hours
from verification.enums import AdditionalReason, Outcome
from verification.errors import CaseError
from verification.models import Case, VerifierAnswer
from verification.rules.review import AnswerInput
from verification.rules.submission import Submission
from verification.services import additional, initial, review

NOT_CONFIRMED, DOUBTED = 32, 14  # people of either kind who are asked about
WITHOUT_FINDING, NOT_VALID, CORRECTED = 5, 7, 11  # every so-manieth
DAYS = 84
BENEFITS = {"CALHOUN": "medicaid", "LAKEDMV": "drivers_license", "HARBOR": "housing"}
NATURALIZED = frozenset({"naturalized", "naturalized_last_week", "naturalized_in_the_fifties"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a caseworker asks further, and what the verifier finds."""

    why: AdditionalReason
    comment: str
    given: AnswerInput


def settle(
    rows: Sequence[dict[str, str]],
    submission_of: Callable[[dict[str, str]], Submission],
    caseworkers: Mapping[str, User],
    *,
    at: datetime,
) -> int:
    """Begin and settle cases of these people of the truth file; how many. Safe to repeat."""
    with system_scope():
        verifiers = list(
            User.objects.select_related("office")
            .filter(office__code="SVO", role="status_verifier")
            .order_by("pk")
        )
    refused = (row for row in rows if row["outcome"] == Outcome.ADDITIONAL_VERIFICATION)
    confirmed = (row for row in rows if row["outcome"] == Outcome.CONFIRMED)
    done = 0
    for kind, people, wanted in ((_found, refused, NOT_CONFIRMED), (_looked, confirmed, DOUBTED)):
        done += _some(kind, people, wanted, submission_of, caseworkers, verifiers, at)
    return done


def _some(
    kind: Callable[[int, dict[str, str], date], Told],
    people: Iterable[dict[str, str]],
    wanted: int,
    submission_of: Callable[[dict[str, str]], Submission],
    caseworkers: Mapping[str, User],
    verifiers: Sequence[User],
    at: datetime,
) -> int:
    begun = 0
    for number, row in enumerate(islice(people, wanted)):
        agency = list(BENEFITS)[number % len(BENEFITS)]
        begun_at = office_hours(at - timedelta(days=3 + number * 7 % DAYS), 1, now=at)
        submission = replace(
            submission_of(row),
            benefits=(BENEFITS[agency],),
            agency_reference=f"{agency[:2]}-{41_200 + number}",
        )
        try:
            with scope_for(caseworkers[agency]):
                case = initial.initiate(by=caseworkers[agency], at=begun_at, submission=submission)
        except CaseError:
            continue  # this person's question is open already, or its document asks for more
        begun += 1
        told = kind(number, row, at.date())
        correct = number % CORRECTED == CORRECTED - 1
        verifier = verifiers[number % 2]
        _settled(case, told, by=caseworkers[agency], verifier=verifier, correct=correct, now=at)
    return begun


def _settled(
    case: Case, told: Told, *, by: User, verifier: User, correct: bool, now: datetime
) -> None:
    asked_at, taken_at, answered_at = (
        office_hours(case.created_at + timedelta(days=days), place, now=now)
        for days, place in ((0, 2), (1, 3), (2, 4))
    )
    with scope_for(by):
        additional.request(
            case_number=case.number,
            version=case.version,
            reason=told.why,
            comment=told.comment,
            by=by,
            at=asked_at,
        )
    with scope_for(verifier):
        case = review.take(case_number=case.number, by=verifier, at=taken_at)
        review.answer(
            case_number=case.number,
            version=case.version,
            given=told.given,
            by=verifier,
            at=answered_at,
        )
        if correct:
            last = VerifierAnswer.objects.filter(case_id=case.pk).latest("at", "id")
            note = "A record that came in later was not read the first time."
            given = replace(told.given, comment="All records were read.", correction_note=note)
            review.correct_answer(answer_id=last.pk, given=given, by=verifier, at=answered_at)


def _found(number: int, row: dict[str, str], today: date) -> Told:
    """What a verifier finds where the first answer was no match."""
    if number % WITHOUT_FINDING == WITHOUT_FINDING - 1:
        given = AnswerInput(comment="Nothing in any system speaks of this person.")
    elif row["situation"] in NATURALIZED:
        given = AnswerInput(items=({"item": 10},))
    else:
        since = today.replace(year=today.year - 4, day=1).isoformat()
        given = AnswerInput(items=({"item": 1, "since": since},))
    return Told(AdditionalReason.PROMPTED, "", given)


def _looked(number: int, row: dict[str, str], today: date) -> Told:
    """What a verifier finds where a confirmed document looked wrong."""
    if number % NOT_VALID == NOT_VALID - 1:
        given = AnswerInput(items=({"item": 20, "appears": ["altered"]},))
    else:
        given = _found(0, row, today).given
    return Told(AdditionalReason.DOCUMENT_DOUBTFUL, "The lines of the seal look drawn.", given)
