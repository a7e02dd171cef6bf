"""What the caseworker owes the applicant, and says about the photo (S3.5, S3.7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.outbox import queue
from verification import policies
from verification.enums import EventKind, Outcome, PhotoAnswer, Wish
from verification.errors import STALE, CaseError, StaleCase, WrongStatus
from verification.lifecycles.case import CaseStatus
from verification.models import Case
from verification.services import events
from verification.services.locking import lock_case

DUTIES = ("told_applicant", "wish", "correction_sheet")


@transaction.atomic
def record(
    *, case_number: str, version: int, duty: str, value: str, by: User, at: datetime
) -> Case:
    """Tick a duty, or take the tick back with an empty `value`.

    `duty` is `told_applicant` ("yes"), `wish` (`wants` or `declines`) or `correction_sheet`
    ("yes"). Duties belong to a case that was not confirmed (S3.7).
    """
    case = _open_case(case_number, version=version, by=by)
    if case.status != CaseStatus.INITIAL_UNCONFIRMED:
        raise WrongStatus("These duties belong to a case that SAVE did not confirm.", rule="S3.7")
    done = (at, by) if value else (None, None)
    if duty == "told_applicant":
        case.told_applicant_at, case.told_applicant_by = done
    elif duty == "correction_sheet":
        case.sheet_given_at, case.sheet_given_by = done
    elif duty == "wish" and value in ("", *Wish.values):
        if case.wish_is_the_applicants_own:
            raise WrongStatus(
                "The applicant asked for additional verification on CaseCheck. Request it.",
                rule="S2.2",
            )
        case.wish = value
        case.wish_at, case.wish_by = done
    else:
        raise CaseError("Choose what the applicant said: wants it, or does not want it.")
    return _saved(case, f"case.duty.{duty}", by=by, at=at, data={"value": value})


@transaction.atomic
def applicant_wants(*, case_number: str, by: None = None, at: datetime) -> Case:
    """The applicant asks for additional verification on CaseCheck: it binds (S2.2, S5.2).

    Nobody with an account is the actor: `by` stays None. Runs in the scope of the system; asked
    again, it changes nothing. The caseworker is told.
    """
    case = Case.objects.select_for_update().filter(number=case_number).first()
    if case is None or case.status != CaseStatus.INITIAL_UNCONFIRMED:
        raise WrongStatus("This can be asked while SAVE has not confirmed and nobody was asked.")
    if case.wish_is_the_applicants_own and case.wish == Wish.WANTS:
        return case
    case.wish, case.wish_at, case.wish_by = Wish.WANTS, at, None
    case.touch(at=at)
    case._history_user, case._change_reason = None, "case.applicant_wants"
    case.save()
    audit.record(
        "case.applicant_wants",
        by=None,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
    )
    events.note(case, EventKind.APPLICANT_WANTS, at=at)
    queue.mail(
        to_user_id=case.handled_by_id,
        template="applicant_wants",
        context={"case_number": case.number},
        key=f"case.applicant_wants:{case.number}:{at.isoformat()}",
    )
    return case


@transaction.atomic
def answer_photo(*, case_number: str, version: int, answer: str, by: User, at: datetime) -> Case:
    """Record whether the returned photo shows the applicant (S3.5)."""
    case = _open_case(case_number, version=version, by=by)
    if case.status != CaseStatus.INITIAL_CONFIRMED:
        raise WrongStatus("The photo is compared while an initial answer is confirmed.")
    shown = case.initial_answers.filter(outcome=Outcome.CONFIRMED).last()
    if shown is None or shown.photo_id is None:
        raise WrongStatus("No photo came back with this answer.")
    if answer not in PhotoAnswer.values:
        raise CaseError("Choose one answer: yes, no, or cannot tell.")
    case.photo_answer = answer
    case.photo_answered_at, case.photo_answered_by = at, by
    return _saved(case, "case.photo_compared", by=by, at=at, data={"answer": answer})


def _open_case(number: str, *, version: int, by: User) -> Case:
    case = lock_case(number, by=by)
    policies.check_can_act_on(by=by, case=case)
    if not case.is_open:
        raise WrongStatus("The case is closed. It can be read and printed, not changed.")
    if case.version != version:
        raise StaleCase(STALE)
    return case


def _saved(case: Case, verb: str, *, by: User, at: datetime, data: dict[str, str]) -> Case:
    case.touch(at=at)
    case._history_user, case._change_reason = by, verb
    case.save()
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
        data=data,
    )
    return case
