"""Initial verification (S3.1, S3.5): ask VIS, record the answer, charge it, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django_fsm import can_proceed

from agreements.selectors import agreement_in_force
from save_portal import audit
from save_portal.accounts.models import User
from verification import deadlines, policies
from verification.enums import ChargeKind, Outcome, Reason
from verification.errors import (
    STALE,
    CaseError,
    DuplicateCase,
    NoAgreement,
    StaleCase,
    WrongStatus,
)
from verification.immigration_documents import FIELDS
from verification.lifecycles.case import OPEN, CaseStatus
from verification.models import Case, CaseDraft, ChargeEvent, InitialAnswer
from verification.records.answer import Answer
from verification.records.search import Query, initial_search
from verification.records.statements import TEXTS
from verification.rules.submission import NO_QUERY_RULES, Submission, fold, validate
from verification.services.locking import lock_case

TYPED = (
    "document_type",
    "document_expires_on",
    "family_name",
    "given_name",
    "middle_name",
    "date_of_birth",
    "agency_reference",
    "document_doubt",
    *FIELDS,
)


@transaction.atomic
def initiate(
    *, by: User, at: datetime, submission: Submission, draft_id: UUID | None = None
) -> Case:
    """Begin a case and answer it: one case, one answer, one charge (S3.1).

    A draft that was already sent gives its case again, whoever clicks twice. Refuses, and leaves
    nothing behind: `NotPermitted`, `NoAgreement`, `InvalidSubmission`, `DuplicateCase`, and the
    programs that need no query (S6, S10.1).
    """
    draft = None
    if draft_id is not None:
        draft = CaseDraft.objects.select_for_update().filter(pk=draft_id, user=by).first()
        if draft is not None and draft.case_id is not None:
            return Case.objects.get(pk=draft.case_id)
    policies.check_can_initiate(by=by)
    submission = _permitted(submission, by=by, at=at)
    fingerprint = submission.fingerprint(agency_id=_agency_id(by))
    _refuse_duplicate(agency_id=_agency_id(by), fingerprint=fingerprint)
    answer = _search(submission, by=by, at=at)
    agency = by.agency
    assert agency is not None
    due = deadlines.follow_up(at=at, agency=agency)
    case = Case(
        agency=agency,
        department_id=by.department_id,
        group_id=by.group_id,
        created_by=by,
        handled_by=by,
        created_at=at,
        last_action_at=at,
        due_on=due.on,
        due_because=due.because,
        fingerprint=fingerprint,
        status=_status_after(answer),
        **_typed_columns(submission),
    )
    case._history_user, case._change_reason = by, "case.initiated"
    case.save(force_insert=True)
    _record_answer(case, answer, submission=submission, kind=ChargeKind.INITIAL, by=by, at=at)
    if draft is not None:
        draft.case = case
        draft.data = {}
        draft.save(update_fields=["case", "data"])
    return case


@transaction.atomic
def retry(
    *, case_number: str, version: int, by: User, at: datetime, submission: Submission
) -> Case:
    """Ask again with corrected data; charged again (S3.1, S4.1).

    Refuses a case that is not unconfirmed, a page that is no longer current, and data that are
    the same as before.
    """
    case = lock_case(case_number, by=by)
    policies.check_can_make("stay_unconfirmed", by=by, case=case)
    if not can_proceed(case.stay_unconfirmed):
        raise WrongStatus("Only a case that was not confirmed can be corrected and retried.")
    if case.version != version:
        raise StaleCase(STALE)
    submission = _permitted(submission, by=by, at=at)
    fingerprint = submission.fingerprint(agency_id=case.agency_id)
    if fingerprint == case.fingerprint and not _record_corrected_since(case):
        raise CaseError(
            "Nothing was changed, so asking again would cost and tell nothing new. "
            "Correct a field, or request additional verification.",
            rule="S3.1",
        )
    if fingerprint != case.fingerprint:
        _refuse_duplicate(agency_id=case.agency_id, fingerprint=fingerprint)
    answer = _search(submission, by=by, at=at)
    if answer.outcome == Outcome.CONFIRMED:
        case.confirm_on_retry()
    else:
        case.stay_unconfirmed()
    for name, value in _typed_columns(submission).items():
        setattr(case, name, value)
    due = deadlines.follow_up(at=at, agency=case.agency)
    case.due_on, case.due_because, case.fingerprint = due.on, due.because, fingerprint
    case.photo_answer, case.photo_answered_at, case.photo_answered_by = "", None, None
    case.touch(at=at)
    case._history_user, case._change_reason = by, "case.retried"
    case.save()
    _record_answer(case, answer, submission=submission, kind=ChargeKind.RETRY, by=by, at=at)
    return case


def _record_corrected_since(case: Case) -> bool:
    """Whether asking the same again can tell something new: a record was corrected (S3.10)."""
    last = case.initial_answers.last()
    return last is not None and case.correction_notices.filter(at__gt=last.at).exists()


def _agency_id(by: User) -> int:
    assert by.agency_id is not None
    return by.agency_id


def _permitted(submission: Submission, *, by: User, at: datetime) -> Submission:
    """The submission in canonical form, if rule, agreement and program permit asking it."""
    if submission.no_query_reason:
        raise CaseError(NO_QUERY_RULES[submission.no_query_reason], rule="S10.1")
    agency = by.agency
    assert agency is not None
    today = deadlines.local_date(at, agency.time_zone)
    agreement = agreement_in_force(agency_id=agency.pk, on=today)
    if agreement is None or not agency.is_active:
        raise NoAgreement(
            f"{agency.name} has no agreement with SAVE in force today, so nothing can be asked. "
            "Your agency administrator can tell you when it will be."
        )
    return validate(submission, today=today, permitted_benefits=tuple(agreement.benefits))


def _refuse_duplicate(*, agency_id: int, fingerprint: str) -> None:
    """Serialize equal questions, then refuse the one that is already open."""
    key = int.from_bytes(bytes.fromhex(fingerprint[:16]), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    number = (
        Case.objects.filter(agency_id=agency_id, fingerprint=fingerprint, status__in=OPEN)
        .values_list("number", flat=True)
        .first()
    )
    if number is not None:
        raise DuplicateCase(number)


def _search(submission: Submission, *, by: User, at: datetime) -> Answer:
    assert submission.date_of_birth is not None
    assert by.agency is not None
    answer = initial_search(
        Query(
            document_type=submission.document_type,
            family_name=submission.family_name,
            given_name=submission.given_name,
            middle_name=submission.middle_name,
            date_of_birth=submission.date_of_birth,
            document_expires_on=submission.document_expires_on,
            also_known_as=submission.also_known_as,
            **submission.enumerators(),
        ),
        today=deadlines.local_date(at, by.agency.time_zone),
    )
    return _doubted(answer) if submission.document_doubt else answer


def _doubted(answer: Answer) -> Answer:
    """A document that does not look genuine is never confirmed by its data alone (S10.2)."""
    return replace(
        answer,
        outcome=Outcome.ADDITIONAL_VERIFICATION.value,
        reasons=(Reason.DOCUMENT_SUSPECT.value,),
        statement_code=5,
        statement=TEXTS[5],
        returned=None,
        record_refs=(),
        person_ref="",
        photo_id=None,
        grade="",
        grounds={},
        rule="document_doubted",
    )


def _status_after(answer: Answer) -> CaseStatus:
    if answer.outcome == Outcome.CONFIRMED:
        return CaseStatus.INITIAL_CONFIRMED
    return CaseStatus.INITIAL_UNCONFIRMED


def _typed_columns(submission: Submission) -> dict[str, Any]:
    columns: dict[str, Any] = {name: getattr(submission, name) for name in TYPED}
    columns["also_known_as"] = list(submission.also_known_as)
    columns["benefits"] = list(submission.benefits)
    columns["applicant_key"] = fold(f"{submission.family_name} {submission.given_name}")[:120]
    return columns


def _record_answer(
    case: Case,
    answer: Answer,
    *,
    submission: Submission,
    kind: ChargeKind,
    by: User,
    at: datetime,
) -> None:
    """The answer, its charge, its audit event, and the disclosure where a record came back."""
    InitialAnswer.objects.create(
        case=case,
        agency_id=case.agency_id,
        at=at,
        by=by,
        asked=submission.as_json(),
        outcome=answer.outcome,
        reasons=list(answer.reasons),
        statement_code=answer.statement_code,
        statement=answer.statement,
        returned=answer.returned,
        record_refs=list(answer.record_refs),
        rule=answer.rule,
        searched=[list(pair) for pair in answer.searched],
        person_ref=answer.person_ref if answer.returned is not None else "",
        photo_id=answer.photo_id if answer.returned is not None else None,
        grade=answer.grade,
        grounds=answer.grounds,
    )
    ChargeEvent.objects.create(
        agency_id=case.agency_id,
        department_id=case.department_id,
        case=case,
        by=by,
        kind=kind,
        at=at,
    )
    audit.record(
        f"case.{'initiated' if kind == ChargeKind.INITIAL else 'retried'}",
        by=by,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
        data={"outcome": answer.outcome, "reasons": list(answer.reasons), "charge": kind.value},
    )
    if answer.returned is not None:
        audit.disclose(
            by=by,
            at=at,
            agency_id=case.agency_id,
            person_ref=answer.person_ref,
            fields=sorted(answer.returned),
            purpose=",".join(case.benefits),
            case_number=case.number,
        )
