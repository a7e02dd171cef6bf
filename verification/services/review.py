"""The work of status verifiers: taking requests, answering them, correcting answers (S3.8–S3.10).

A request is with one verifier at a time: it is taken under a lock, and PostgreSQL holds that a
case has a reviewer exactly while it is in review. An answer, once given, is never changed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django_fsm import can_proceed

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from save_portal.accounts.tenancy import is_sandbox
from save_portal.outbox import queue
from verification import deadlines, policies
from verification.deadlines import Deadline
from verification.enums import AnswerKind, EventKind, Step
from verification.errors import STALE, CaseError, InvalidSubmission, StaleCase, WrongStatus
from verification.lifecycles.case import IN_QUEUE, IN_REVIEW, CaseStatus
from verification.models import Case, ReviewDraft, VerifierAnswer
from verification.records.classes import group_of
from verification.rules.review import AnswerInput, check
from verification.services import events, person_records, second_review
from verification.services.locking import NoSuchCase, lock_case
from verification.services.person_records import PersonRecords

ALREADY_TAKEN = "Somebody took this request before you. Take another one."
NOT_IN_REVIEW = "The case is not in review. Take it from the queue first."
# What the acts of this module change of a case; nothing that an agency typed is written again.
CHANGED = (
    "status",
    "reviewer",
    "taken_at",
    "papers_arrived_at",
    "due_on",
    "due_because",
    "version",
    "last_action_at",
    "warned_days",
    "unread_since",
)
NOT_ARRIVED = "The form has not arrived yet. It can be taken when its arrival is recorded."


@transaction.atomic
def take_next(
    *,
    by: User,
    at: datetime,
    step: str = "",
    benefit: str = "",
    reason: str = "",
    language: str = "",
) -> Case | None:
    """Take the request that is due first and that nobody else is taking now, or None.

    One index scan that ends at the first free row, however many wait. `step`, `benefit`, `reason`
    and the `language` of the copies narrow what is taken.
    """
    _check_takes(by=by, at=at)
    waiting = Case.objects.in_queue()
    if step:
        waiting = waiting.at_step(step)
    if benefit:
        waiting = waiting.filter(benefits__contains=[benefit])
    if reason:
        waiting = waiting.asked_because(reason)
    if language:
        waiting = waiting.with_copies_in(language)
    case = (
        waiting.select_for_update(skip_locked=True, of=("self",)).order_by("due_on", "id").first()
    )
    if case is None:
        return None
    _take(case, by=by, at=at)
    return case


@transaction.atomic
def take(*, case_number: str, by: User, at: datetime) -> Case:
    """Take one request from the queue. Whoever comes second is told so."""
    _check_takes(by=by, at=at)
    case = lock_case(case_number, by=by)
    if case.reviewer_id == by.pk:
        return case
    if case.status in IN_REVIEW:
        raise WrongStatus(ALREADY_TAKEN)
    if case.status not in IN_QUEUE:
        raise WrongStatus("This case does not wait for a status verifier.")
    if case.status == CaseStatus.G845_MAILED and case.papers_arrived_at is None:
        raise WrongStatus(NOT_ARRIVED, rule="S3.3")
    _take(case, by=by, at=at)
    return case


@transaction.atomic
def release(*, case_number: str, version: int, by: User, at: datetime) -> Case:
    """Give a request back to the queue; its date and its draft stay."""
    case = lock_case(case_number, by=by)
    policies.check_can_move_review(by=by, case=case)
    _check_in_review(case, version=version)
    if case.status == CaseStatus.ADDITIONAL_IN_REVIEW:
        case.release_additional()
    else:
        case.release_g845()
    ReviewDraft.objects.filter(case=case).update(by=None)
    _save(case, "case.review_released", by=by, at=at)
    return case


@transaction.atomic
def hand_over(*, case_number: str, version: int, to: User, by: User, at: datetime) -> Case:
    """Give a request, with its draft, to a colleague of the office."""
    case = lock_case(case_number, by=by)
    policies.check_can_move_review(by=by, case=case)
    _check_in_review(case, version=version)
    if to.office_id != by.office_id or not to.can(Permission.REVIEW_REQUESTS):
        raise CaseError("Choose a status verifier of your office.")
    if to.pk == case.reviewer_id:
        raise CaseError("The case is with this colleague already.")
    case.hand_to(to, at=at)
    ReviewDraft.objects.filter(case=case).update(by=to)
    _save(case, "case.review_handed_over", by=by, at=at, data={"to": to.pk})
    if to.pk != by.pk:
        queue.mail(
            to_user_id=to.pk,
            template="case_handed_over",
            context={"case_number": case.number},
            key=f"case.handed_over:{case.number}:{case.version}",
        )
    return case


@transaction.atomic
def save_draft(*, case_number: str, data: dict[str, Any], by: User, at: datetime) -> ReviewDraft:
    """Keep what is typed so far. No version: it changes nothing that others read."""
    case = lock_case(case_number, by=by)
    policies.check_holds(by=by, case=case)
    draft, _ = ReviewDraft.objects.update_or_create(
        case=case, defaults={"by": by, "data": data, "updated_at": at}
    )
    return draft


@transaction.atomic
def forget_withdrawn(*, draft_id: int, by: User, at: datetime) -> None:
    """The verifier has read that a case was withdrawn."""
    ReviewDraft.objects.filter(pk=draft_id, by=by, case__status=CaseStatus.CLOSED).delete()


@transaction.atomic
def answer(
    *, case_number: str, version: int, given: AnswerInput, by: User, at: datetime
) -> VerifierAnswer:
    """Give the answer: the case goes back to the caseworker, who is told."""
    case = _held(case_number, version=version, by=by)
    return _give(
        case,
        AnswerKind.FINAL,
        given,
        by=by,
        at=at,
        due=deadlines.counted(
            "Your agency gives this long to act on an answer.",
            case.agency.prompt_days,
            start=deadlines.local_date(at, case.agency.time_zone),
        ),
    )


@transaction.atomic
def interim_answer(
    *, case_number: str, version: int, given: AnswerInput, by: User, at: datetime
) -> VerifierAnswer:
    """Say that the search goes on (item 19): the case stays in review, with a new date."""
    case = _held(case_number, version=version, by=by)
    if case.step == Step.ADDITIONAL:
        due = deadlines.additional(at=at, agency=case.agency)
    else:
        due = deadlines.g845(mailed_on=deadlines.local_date(at, case.agency.time_zone))
    rule = f"A status verifier is searching further. {due.because['rule']}"
    due = replace(due, because={**due.because, "rule": rule})
    return _give(case, AnswerKind.INTERIM, given, by=by, at=at, due=due)


@transaction.atomic
def ask_for_documents(
    *, case_number: str, version: int, given: AnswerInput, by: User, at: datetime
) -> VerifierAnswer:
    """Ask for what only the documents can settle: the case goes on, without a new charge (S3.9).

    At additional verification this recommends a Form G-845; at the form it says what exactly is
    to be sent again.
    """
    case = _held(case_number, version=version, by=by)
    kind = AnswerKind.G845_RECOMMENDED if case.step == Step.ADDITIONAL else AnswerKind.RESUBMIT
    due = deadlines.counted(
        "Your agency gives this long to send the documents.",
        case.agency.prompt_days,
        start=deadlines.local_date(at, case.agency.time_zone),
    )
    return _give(case, kind, given, by=by, at=at, due=due)


@transaction.atomic
def correct_answer(*, answer_id: int, given: AnswerInput, by: User, at: datetime) -> VerifierAnswer:
    """Correct an answer by a further one that refers to it; the agency is told, however old it is.

    The case stays where it is. Each answer is corrected once: a correction is corrected in turn.
    """
    wrong = VerifierAnswer.objects.select_related("case").filter(pk=answer_id).first()
    if wrong is None:
        raise NoSuchCase("There is no such answer.")
    case = lock_case(wrong.case.number, by=by)
    policies.check_can_correct(by=by, answer=wrong)
    if wrong.kind not in (AnswerKind.FINAL, AnswerKind.CORRECTION):
        raise WrongStatus("Only an answer that said what is true can be corrected.")
    if VerifierAnswer.objects.filter(corrects=wrong).exists():
        raise StaleCase("This answer was corrected before. Correct the newest one.")
    found = person_records.of_case(case)
    checked = _checked(case, AnswerKind.CORRECTION, given, found, at=at)
    if (checked.items, checked.comments, checked.comment) == (
        tuple(wrong.items),
        tuple(wrong.comments),
        wrong.comment,
    ):
        raise InvalidSubmission({"items": "Nothing is different from the answer to be corrected."})
    kept = _record(
        case, AnswerKind.CORRECTION, checked, found, by=by, at=at, step=wrong.step, corrects=wrong
    )
    wrong.checks.filter(done_at=None).update(done_at=at, done_by=by)
    if case.is_open:
        _save(case, "case.answer_corrected", by=by, at=at, data=_said(kept))
    else:
        case._history_user, case._change_reason = by, "case.answer_corrected"
        case.save(update_fields=["unread_since"])
        _log(case, "case.answer_corrected", by=by, at=at, data=_said(kept))
    _tell(case, kept)
    return kept


def _check_takes(*, by: User, at: datetime) -> None:
    policies.check_reviews(by=by)
    policies.check_trained(by=by, on=deadlines.local_date(at, deadlines.OFFICES_ZONE))


@transaction.atomic
def still_holds(*, answer_id: int, by: User, at: datetime) -> VerifierAnswer:
    """The answer was compared with the record as it is corrected now, and is right (S3.10)."""
    answer = VerifierAnswer.objects.select_related("case").filter(pk=answer_id).first()
    if answer is None:
        raise NoSuchCase("There is no such answer.")
    lock_case(answer.case.number, by=by)
    policies.check_can_correct(by=by, answer=answer)
    if answer.checks.filter(done_at=None).update(done_at=at, done_by=by):
        _log(answer.case, "case.answer_holds", by=by, at=at, data=_said(answer))
    return answer


def _take(case: Case, *, by: User, at: datetime) -> None:
    if case.status == CaseStatus.ADDITIONAL_REQUESTED:
        case.take_additional(by=by, at=at)
    else:
        case.take_g845(by=by, at=at)
    ReviewDraft.objects.bulk_create(
        [ReviewDraft(case=case, by=by, updated_at=at)],
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["by"],
    )
    _save(case, "case.review_taken", by=by, at=at)


def _held(number: str, *, version: int, by: User) -> Case:
    """The case, locked, if it is with this verifier and as the page showed it."""
    case = lock_case(number, by=by)
    policies.check_reviews(by=by)
    if case.status not in IN_REVIEW:
        raise WrongStatus(NOT_IN_REVIEW)
    policies.check_holds(by=by, case=case)
    if case.version != version:
        raise StaleCase(STALE)
    return case


def _check_in_review(case: Case, *, version: int) -> None:
    if case.status not in IN_REVIEW:
        raise WrongStatus(NOT_IN_REVIEW)
    if case.version != version:
        raise StaleCase(STALE)


def _give(
    case: Case, kind: AnswerKind, given: AnswerInput, *, by: User, at: datetime, due: Deadline
) -> VerifierAnswer:
    """One answer: checked, moved, recorded, told."""
    step = case.step
    found = person_records.of_case(case)
    checked = _checked(case, kind, given, found, at=at)
    move = _move_for(case, kind)
    if move is not None:
        if not can_proceed(move):
            raise WrongStatus(NOT_IN_REVIEW)
        move()
        case.papers_arrived_at = None
        ReviewDraft.objects.filter(case=case).delete()
    else:
        ReviewDraft.objects.filter(case=case).update(data={}, updated_at=at)
    case.due_on, case.due_because = due.on, due.because
    kept = _record(
        case,
        kind,
        checked,
        found,
        by=by,
        at=at,
        step=step,
        expected_on=due.on if kind == AnswerKind.INTERIM else None,
    )
    _save(case, "case.review_answered", by=by, at=at, data=_said(kept))
    if kind == AnswerKind.FINAL and not is_sandbox(case.agency_id):
        second_review.draw(kept, at=at)
    _tell(case, kept)
    return kept


def _move_for(case: Case, kind: AnswerKind) -> Any:
    if kind == AnswerKind.INTERIM:
        return None
    if kind in (AnswerKind.RESUBMIT, AnswerKind.G845_RECOMMENDED):
        return case.recommend_g845
    return case.answer_additional if case.step == Step.ADDITIONAL else case.answer_g845


def _checked(
    case: Case, kind: AnswerKind, given: AnswerInput, found: PersonRecords, *, at: datetime
) -> AnswerInput:
    return check(
        given,
        kind=kind,
        today=deadlines.local_date(at, case.agency.time_zone),
        agency_reasons=case.additional_requests.values_list("reason", flat=True),
        secret=person_records.secret_numbers(case, found),
        own=case.enumerators_an_agency_may_read(),
        class_exists=lambda code: group_of(code) != "unknown",
    )


def _record(
    case: Case,
    kind: AnswerKind,
    checked: AnswerInput,
    found: PersonRecords,
    *,
    by: User,
    at: datetime,
    **more: Any,
) -> VerifierAnswer:
    case.unread_since = at
    return VerifierAnswer.objects.create(
        case=case,
        agency_id=case.agency_id,
        kind=kind,
        at=at,
        by=by,
        items=list(checked.items),
        comments=list(checked.comments),
        comment=checked.comment,
        send_again=list(checked.send_again),
        correction_note=checked.correction_note,
        record_refs=sorted(record.ref for record in found.theirs),
        person_ref=found.person_ref,
        **more,
    )


def _said(kept: VerifierAnswer) -> dict[str, Any]:
    return {"answer": kept.pk, "kind": kept.kind, "step": kept.step, "corrects": kept.corrects_id}


def _tell(case: Case, kept: VerifierAnswer) -> None:
    """The caseworker is told by mail that there is something to read, not what; machines too."""
    events.note(case, EventKind.ANSWERED, at=kept.at)
    queue.mail(
        to_user_id=case.handled_by_id,
        template="case_answered",
        context={
            "case_number": case.number,
            "kind": kept.kind,
            "expected_on": deadlines.long(kept.expected_on) if kept.expected_on else "",
        },
        key=f"case.answered:{kept.pk}",
    )


def _save(
    case: Case, verb: str, *, by: User, at: datetime, data: dict[str, Any] | None = None
) -> None:
    case.touch(at=at)
    case._history_user, case._change_reason = by, verb
    case.save(update_fields=CHANGED)
    _log(case, verb, by=by, at=at, data=data)


def _log(
    case: Case, verb: str, *, by: User, at: datetime, data: dict[str, Any] | None = None
) -> None:
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
        data=data,
    )
