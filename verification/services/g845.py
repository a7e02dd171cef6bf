"""Form G-845: asking for it, sending it, its arrival, and the paper form alone (S3.3, S3.4, S3.9).

The form of a case is made from the case when it is printed and is kept nowhere; what is kept is
why it is sent, what else it asks, and each time that it went on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django_fsm import can_proceed

from save_portal import audit
from save_portal.accounts.models import User
from verification import case_number as case_numbers
from verification import deadlines, policies
from verification.enums import (
    AdditionalReason,
    ChargeKind,
    FormWay,
    SupplementQuestion,
    Wish,
)
from verification.errors import STALE, InvalidSubmission, StaleCase, WrongStatus
from verification.lifecycles.case import CaseStatus
from verification.models import Case, ChargeEvent, G845Form, G845Mailing
from verification.rules import g845 as rules
from verification.services import documents
from verification.services.locking import NoSuchCase, lock_case

COMMENT_LENGTH = 200


@transaction.atomic
def ask_for(
    *,
    case_number: str,
    version: int,
    reason: str,
    comment: str,
    supplement: Sequence[str] = (),
    by: User,
    at: datetime,
) -> Case:
    """Go on with a Form G-845: after an answer, or where additional verification may be skipped.

    Free after additional verification; charged as `g845` where that was skipped (S3.3). Skipping
    it after a prompt records, as asking for it does, that the applicant was told and wants this.
    """
    case = lock_case(case_number, by=by)
    policies.check_can_make("ask_for_g845", by=by, case=case)
    last = case.initial_answers.last()
    refused = rules.refusal_to_ask(case, reasons=last.reasons if last else ())
    if refused is not None:
        raise refused
    _check_version(case, version)
    content = checked_content(reason=reason, comment=comment, supplement=supplement)
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        if case.told_applicant_at is None:
            case.told_applicant_at, case.told_applicant_by = at, by
        if case.wish != Wish.WANTS:
            case.wish, case.wish_at, case.wish_by = Wish.WANTS, at, by
    kind = rules.charge_for_asking([event.kind for event in case.charges.all()])
    case.ask_for_g845()
    case.papers_arrived_at = None
    due = deadlines.counted(
        "Your agency gives this long to send the documents.",
        case.agency.prompt_days,
        start=deadlines.local_date(at, case.agency.time_zone),
    )
    case.due_on, case.due_because = due.on, due.because
    keep_content(case, content, by=by, at=at)
    if kind is not None:
        charge(case, kind, by=by, at=at)
    _save(
        case,
        "case.g845_asked",
        by=by,
        at=at,
        data={"reason": reason, "charge": kind.value if kind else ""},
    )
    return case


@transaction.atomic
def fill_in(
    *,
    case_number: str,
    version: int,
    reason: str,
    comment: str,
    supplement: Sequence[str],
    by: User,
    at: datetime,
) -> Case:
    """Change what the form says beyond the case, until it is mailed."""
    case = lock_case(case_number, by=by)
    policies.check_can_make("mail_g845", by=by, case=case)
    if case.status != CaseStatus.G845_RECOMMENDED:
        raise WrongStatus("The form can be changed only while it waits to be mailed.")
    _check_version(case, version)
    content = checked_content(reason=reason, comment=comment, supplement=supplement)
    keep_content(case, content, by=by, at=at)
    _save(case, "case.g845_filled_in", by=by, at=at, data={"reason": reason})
    return case


@transaction.atomic
def mark_mailed(*, case_number: str, version: int, mailed_on: date, by: User, at: datetime) -> Case:
    """Record that the printed form and the copies are on their way; the 20 days begin (S3.10)."""
    case = lock_case(case_number, by=by)
    policies.check_can_make("mail_g845", by=by, case=case)
    if not can_proceed(case.mail_g845):
        raise WrongStatus(_not_to_be_mailed(case))
    _check_version(case, version)
    zone = case.agency.time_zone
    refused = rules.refusal_of_mailing_day(
        mailed_on,
        today=deadlines.local_date(at, zone),
        not_before=deadlines.local_date(case.created_at, zone),
    )
    if refused:
        raise InvalidSubmission({"mailed_on": refused})
    _send(case, FormWay.POST, mailed_on=mailed_on, by=by, at=at)
    _save(case, "case.g845_mailed", by=by, at=at, data={"mailed_on": mailed_on.isoformat()})
    return case


@transaction.atomic
def send_copies_instead(*, case_number: str, version: int, by: User, at: datetime) -> Case:
    """Hand the uploaded copies to the verifiers in place of the mailed form (S3.9).

    They are there at once. Also for a mailed form that has not arrived: a lost letter is no dead
    end, and its date stays as promised.
    """
    case = lock_case(case_number, by=by)
    policies.check_can_make("mail_g845", by=by, case=case)
    lost = case.status == CaseStatus.G845_MAILED and case.papers_arrived_at is None
    if not lost and not can_proceed(case.mail_g845):
        raise WrongStatus(_not_to_be_mailed(case))
    _check_version(case, version)
    asked = case.verifier_answers.last()
    refused = rules.refusal_to_send_copies(
        asked.send_again if asked and not lost else (),
        copies=case.documents.waiting().exclude(file__state="refused").count(),
    )
    if refused is not None:
        raise refused
    sent = documents.send_waiting(case=case, by=by, at=at)
    today = deadlines.local_date(at, case.agency.time_zone)
    if lost:
        promised = case.due_on, case.due_because
        put_under_way(case, FormWay.COPIES, mailed_on=today, by=by, at=at)
        case.due_on, case.due_because = promised
    else:
        _send(case, FormWay.COPIES, mailed_on=today, by=by, at=at)
    _save(case, "case.g845_copies_sent", by=by, at=at, data={"documents": [d.pk for d in sent]})
    return case


@transaction.atomic
def record_arrival(*, case_number: str, by: User, at: datetime) -> tuple[Case, bool]:
    """The office has the paper in hand: from now on a verifier can take the case.

    Returns the case, and whether this was news: scanning it twice changes nothing. A form that
    nobody had marked as mailed is here, so it was mailed: its days count from today.
    """
    policies.check_can_record_arrival(by=by)
    number = case_numbers.canonical(case_number)
    if not case_numbers.is_case_number(number):
        raise NoSuchCase("This is no case number. Scan the bar code again, or type the 15 signs.")
    case = lock_case(number, by=by)
    if not case.is_open:
        raise WrongStatus(_closed(case))
    unrecorded = case.g845_mailings.filter(arrived_at__isnull=True).last()
    if case.status == CaseStatus.G845_RECOMMENDED:
        today = deadlines.local_date(at, case.agency.time_zone)
        unrecorded = _send(case, FormWay.POST, mailed_on=today, by=by, at=at)
    elif unrecorded is None:
        if case.g845_mailings.exists():
            return case, False
        raise WrongStatus(
            "No Form G-845 is on its way for this case. Keep the paper and ask its agency."
        )
    unrecorded.arrived_at, unrecorded.arrived_by = at, by
    unrecorded.save(update_fields=["arrived_at", "arrived_by"])
    if case.papers_arrived_at is None and case.status == CaseStatus.G845_MAILED:
        case.papers_arrived_at = at
        _save(case, "case.g845_arrived", by=by, at=at, data={"mailing": unrecorded.pk})
    else:
        # The copies were there before the letter: who works on the case is not disturbed.
        record_act(case, "case.g845_arrived", by=by, at=at, data={"mailing": unrecorded.pk})
    return case, True


def _not_to_be_mailed(case: Case) -> str:
    if case.status in (CaseStatus.G845_MAILED, CaseStatus.G845_IN_REVIEW):
        return "The form was marked as mailed already. Nothing was changed."
    return "There is no Form G-845 to be mailed for this case now."


def _closed(case: Case) -> str:
    newer = Case.objects.filter(supersedes=case).values_list("number", flat=True).first()
    if newer is not None:
        return (
            f"The case was closed, and case {case_numbers.grouped(newer)} took its place. "
            "Put the paper with that one."
        )
    return f"The case is closed: {case.get_closure_reason_display().lower()}. Send the paper back."


def _send(case: Case, way: FormWay, *, mailed_on: date, by: User, at: datetime) -> G845Mailing:
    """The form leaves: the case moves, and the answer is promised."""
    case.mail_g845()
    return put_under_way(case, way, mailed_on=mailed_on, by=by, at=at)


def put_under_way(
    case: Case, way: FormWay, *, mailed_on: date, by: User, at: datetime
) -> G845Mailing:
    due = deadlines.g845(mailed_on=mailed_on)
    case.due_on, case.due_because = due.on, due.because
    here_at_once = way != FormWay.POST
    case.papers_arrived_at = at if here_at_once else None
    return G845Mailing.objects.create(
        case=case,
        agency_id=case.agency_id,
        way=way,
        mailed_on=mailed_on,
        at=at,
        by=by,
        sent_to="" if here_at_once else "\n".join(settings.G845_MAIL_TO),
        due_on=due.on,
        arrived_at=at if here_at_once else None,
        arrived_by=by if here_at_once else None,
    )


def checked_content(*, reason: str, comment: str, supplement: Sequence[str]) -> dict[str, Any]:
    """What the form says beyond the case, checked."""
    comment = " ".join(comment.split())
    refused: dict[str, str] = {}
    if reason not in AdditionalReason.values:
        refused["reason"] = "Choose why the documents are sent (item 19)."
    elif reason == AdditionalReason.OTHER and not comment:
        refused["comment"] = "Say in a sentence what the verifier should look at (item 19)."
    if len(comment) > COMMENT_LENGTH:
        refused["comment"] = (
            f"Item 19 has room for {COMMENT_LENGTH} characters. You typed {len(comment)}."
        )
    if not set(supplement) <= set(SupplementQuestion.values):
        refused["supplement"] = "Choose questions that the Supplement has."
    if refused:
        raise InvalidSubmission(refused)
    asked = set(supplement) | {rules.QUESTION_OF.get(reason, "")}
    ordered = [question for question in SupplementQuestion.values if question in asked]
    return {"reason": reason, "comment": comment, "supplement": ordered}


def keep_content(case: Case, content: dict[str, Any], *, by: User, at: datetime) -> None:
    G845Form.objects.update_or_create(
        case=case,
        defaults={**content, "by": by, "at": at},
        create_defaults={**content, "agency_id": case.agency_id, "by": by, "at": at},
    )


def _check_version(case: Case, version: int) -> None:
    if case.version != version:
        raise StaleCase(STALE)


def charge(case: Case, kind: ChargeKind, *, by: User, at: datetime) -> None:
    ChargeEvent.objects.create(
        agency_id=case.agency_id,
        department_id=case.department_id,
        case=case,
        by=by,
        kind=kind,
        at=at,
    )


def _save(case: Case, verb: str, *, by: User, at: datetime, data: dict[str, Any]) -> None:
    case.touch(at=at)
    case._history_user, case._change_reason = by, verb
    case.save()
    record_act(case, verb, by=by, at=at, data=data)


def record_act(case: Case, verb: str, *, by: User, at: datetime, data: dict[str, Any]) -> None:
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
        data=data,
    )
