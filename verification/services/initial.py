"""Initial verification (S3.1, S3.5): ask VIS, record the answer, charge it, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django_fsm import can_proceed

from agreements.articles import Article
from agreements.enums import AccessMode
from agreements.selectors.binding import Permitted, permitted, why_nothing_may_be_asked
from save_portal import audit, rows
from save_portal.accounts.models import Agency, User
from save_portal.rows import Dependents
from save_portal.web.timing import measured
from verification import case_number, deadlines, policies
from verification.deadlines import Deadline
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
from verification.lifecycles.case import CaseStatus
from verification.models import Case, CaseDraft, ChargeEvent, InitialAnswer
from verification.records.answer import Answer
from verification.records.question import Query
from verification.records.search import search_all
from verification.records.statements import TEXTS
from verification.rules import voter
from verification.rules.submission import NO_QUERY_RULES, Submission, fold, validate
from verification.rules.unconfirmed import further_numbers
from verification.services import federal_records
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

# The way of access that each channel of a submission is; a file counts as typed by its user.
MODE_OF_CHANNEL = {
    "browser": AccessMode.BROWSER,
    "batch": AccessMode.BROWSER,
    "machine": AccessMode.WEB_SERVICES,
    "machine_batch": AccessMode.WEB_SERVICES,
    "aamvanet": AccessMode.AAMVANET,
}


@dataclass(frozen=True, slots=True)
class Permission:
    """What the agency of `by` may ask at the instant `at`, `today` on its own calendar (S5.1)."""

    by: User
    agency: Agency
    at: datetime
    today: date
    agreement: Permitted


@dataclass(frozen=True, slots=True)
class Begun:
    """A case that was begun, as the columns of its row, with the question and the answer."""

    row: dict[str, Any]
    submission: Submission
    answer: Answer

    @property
    def number(self) -> str:
        return str(self.row["number"])

    def case(self, by: User) -> Case:
        """The row as the case that `by` has just begun, without a query."""
        case = Case(**self.row)
        assert by.agency is not None
        case.agency, case.created_by, case.handled_by = by.agency, by, by
        case._state.adding, case._state.db = False, "default"
        return case


def initiate(
    *, by: User, at: datetime, submission: Submission, draft_id: UUID | None = None
) -> Case:
    """Begin a case and answer it: one case, one answer, one charge (S3.1).

    Runs in a scope, which is its transaction; every refusal comes before the first row is written.
    A draft that was already sent gives its case again, whoever clicks twice. Refuses:
    `NotPermitted`, `NotTrained`, `NoAgreement`, `InvalidSubmission`, `DuplicateCase`, and the
    programs that need no query (S6, S10.1).
    """
    draft = None
    if draft_id is not None:
        draft = CaseDraft.objects.select_for_update().filter(pk=draft_id, user=by).first()
        if draft is not None and draft.case_id is not None:
            return Case.objects.get(pk=draft.case_id)
    [begun] = initiate_all(by=by, at=at, submissions=[submission])
    if isinstance(begun, CaseError):
        raise begun
    case = begun.case(by)
    if draft is not None:
        draft.case = case
        draft.data = {}
        draft.save(update_fields=["case", "data"])
    return case


def initiate_all(
    *, by: User, at: datetime, submissions: Sequence[Submission]
) -> list[Begun | CaseError]:
    """Begin a case for each submission, or say why not, in their order: eight statements at most.

    Equal questions, among the submissions or asked by somebody else at the same moment, make one
    case: the unique index of open questions decides, and the others are refused with its number.
    """
    policies.check_can_initiate(by=by)
    permission = _permission(by=by, at=at)
    policies.check_trained(by=by, on=permission.today)
    results: dict[int, Begun | CaseError] = {}
    questions: dict[int, Submission] = {}
    for place, submission in enumerate(submissions):
        try:
            questions[place] = _permitted(submission, permission)
        except CaseError as refusal:
            results[place] = refusal
    answers = _search(questions.values(), permission)
    due = deadlines.follow_up(at=at, agency=permission.agency)
    waiting = {
        place: Begun(_case_row(question, answer, due, permission), question, answer)
        for (place, question), answer in zip(questions.items(), answers, strict=True)
    }
    while waiting:
        results |= _begin(waiting, permission)
        waiting = {place: begun for place, begun in waiting.items() if place not in results}
        # A case that is not there either was closed meanwhile, or its number had been drawn before.
        for begun in waiting.values():
            begun.row["number"] = case_number.new_case_number()
    return [results[place] for place in range(len(submissions))]


def check_all(
    *, by: User, at: datetime, submissions: Iterable[Submission]
) -> list[CaseError | None]:
    """What each would be refused for. Nothing is searched, written or charged. Two queries.

    Raises what keeps `by` from asking anything at all: `NotPermitted`, `NotTrained`, `NoAgreement`.
    """
    policies.check_can_initiate(by=by)
    permission = _permission(by=by, at=at)
    policies.check_trained(by=by, on=permission.today)
    found: list[CaseError | None] = []
    for submission in submissions:
        try:
            _permitted(submission, permission)
        except CaseError as refusal:
            found.append(refusal)
        else:
            found.append(None)
    return found


@transaction.atomic
def retry(
    *, case_number: str, version: int, by: User, at: datetime, submission: Submission
) -> Case:
    """Ask again with corrected data; charged again (S3.1, S4.1).

    Refuses a case that is not unconfirmed, a page that is no longer current, and data that are
    the same as before, unless the records are others. A number of another document may be added.
    """
    case = lock_case(case_number, by=by)
    policies.check_can_make("stay_unconfirmed", by=by, case=case)
    if not can_proceed(case.stay_unconfirmed):
        raise WrongStatus("Only a case that was not confirmed can be corrected and retried.")
    if case.version != version:
        raise StaleCase(STALE)
    permission = _permission(by=by, at=at)
    submission = _permitted(submission, permission, retry=True)
    fingerprint = submission.fingerprint(agency_id=case.agency_id)
    if fingerprint == case.fingerprint and not (
        _record_corrected_since(case) or _newly_uploaded_since(case, permission)
    ):
        raise CaseError(
            "Nothing was changed, so asking again would cost and tell nothing new. "
            "Correct a field, or request additional verification.",
            rule="S3.1",
        )
    [answer] = _search([submission], permission)
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
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        if "case_open_question_is_asked_once" not in str(error):
            raise
        [other] = Case.objects.open().filter(agency_id=case.agency_id, fingerprint=fingerprint)
        raise DuplicateCase(other.number) from error
    answered = _Answered(case.pk, case.number, case.department_id, submission, answer)
    _write_answers([answered], kind=ChargeKind.RETRY, by=by, at=at)
    return case


def _record_corrected_since(case: Case) -> bool:
    """Whether asking the same again can tell something new: a record was corrected (S3.10)."""
    last = case.initial_answers.last()
    return last is not None and case.correction_notices.filter(at__gt=last.at).exists()


def _newly_uploaded_since(case: Case, permission: Permission) -> bool:
    """Whether what was missing may be there now: a source that was too old, a late arrival."""
    last = case.initial_answers.last()
    if last is None or not {Reason.SOURCE_UNAVAILABLE, Reason.NO_RECORD} & set(last.reasons):
        return False
    uploads = federal_records.ask(
        permission.agency.pk, lambda records: records.uploads, today=permission.today
    )
    return dict(uploads) != {system: day for system, day in last.searched}


def _permission(*, by: User, at: datetime) -> Permission:
    """Raise `NoAgreement` unless the agency may ask anything today.

    The agreement is held until the transaction ends, so that one suspended at this moment either
    comes first, and nothing is asked, or waits for the case.
    """
    agency = by.agency
    assert agency is not None
    today = deadlines.local_date(at, agency.time_zone)
    found = permitted(agency=agency, on=today, hold=True) if agency.is_active else None
    if found is None or not found.benefits:
        raise NoAgreement(why_nothing_may_be_asked(agency=agency, on=today))
    return Permission(by, agency, at, today, found)


def _permitted(
    submission: Submission, permission: Permission, *, retry: bool = False
) -> Submission:
    """The submission in canonical form, if rule, agreement and program permit asking it.

    A retry may carry a number of another document, which settles what was ambiguous.
    """
    if submission.no_query_reason:
        raise CaseError(NO_QUERY_RULES[submission.no_query_reason], rule="S10.1")
    mode = MODE_OF_CHANNEL[submission.channel]
    if not permission.agreement.allows(mode):
        raise NoAgreement(
            f"{Article.SCOPE} of your agreement with SAVE does not permit asking by this way "
            f"({mode.label}). It permits: {permission.agreement.modes_in_words}. "
            "Your agency administrator can ask for an amendment."
        )
    further = further_numbers(submission.document_type) if retry else ()
    return validate(
        submission,
        today=permission.today,
        permitted_benefits=permission.agreement.benefits,
        further=[use.name for use in further],
    )


def _search(submissions: Iterable[Submission], permission: Permission) -> list[Answer]:
    """The answers to all, in their order. Five queries at most."""
    agency_id, today = permission.agency.pk, permission.today
    asked = list(submissions)
    queries = [_query(submission) for submission in asked]
    with measured("sources"):
        federal_records.wait_for_slow(agency_id, asked)
        found = federal_records.ask(
            agency_id,
            lambda records: search_all(queries, today=today, records=records),
            today=today,
        )
    return [
        _doubted(answer)
        if submission.document_doubt
        else _of_citizens_only(answer)
        if voter.concerns(submission.benefits)
        else answer
        for submission, answer in zip(asked, found, strict=True)
    ]


def _query(submission: Submission) -> Query:
    assert submission.date_of_birth is not None
    return Query(
        document_type=submission.document_type,
        family_name=submission.family_name,
        given_name=submission.given_name,
        middle_name=submission.middle_name,
        date_of_birth=submission.date_of_birth,
        document_expires_on=submission.document_expires_on,
        also_known_as=submission.also_known_as,
        **submission.enumerators(),
    )


def _doubted(answer: Answer) -> Answer:
    """A document that does not look genuine is never confirmed by its data alone (S10.2)."""
    return _referred(answer, Reason.DOCUMENT_SUSPECT, rule="document_doubted")


def _of_citizens_only(answer: Answer) -> Answer:
    """For voter eligibility a citizen is confirmed, or a status verifier looks (S1.5).

    A record that shows another status may be older than the naturalization: it is not returned.
    """
    if answer.outcome != Outcome.CONFIRMED or answer.statement_code == voter.CITIZEN_STATEMENT:
        return answer
    return _referred(answer, Reason.STATUS_NEEDS_REVIEW, rule="voter_citizens_only")


def _referred(answer: Answer, reason: Reason, *, rule: str) -> Answer:
    """Nothing of what was found is returned; a status verifier answers."""
    return replace(
        answer,
        outcome=Outcome.ADDITIONAL_VERIFICATION.value,
        reasons=(reason.value,),
        statement_code=5,
        statement=TEXTS[5],
        returned=None,
        record_refs=(),
        person_ref="",
        photo_id=None,
        grade="",
        grounds={},
        rule=rule,
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


@cache
def _blank_columns() -> dict[str, Any]:
    """The columns of a case with their defaults, but the key."""
    return {
        field.attname: field.get_default()
        for field in Case._meta.concrete_fields
        if not field.primary_key and not field.generated
    }


def _case_row(
    submission: Submission, answer: Answer, due: Deadline, permission: Permission
) -> dict[str, Any]:
    by, at = permission.by, permission.at
    return {
        **_blank_columns(),
        **_typed_columns(submission),
        "number": case_number.new_case_number(),
        "status": _status_after(answer),
        "agency_id": permission.agency.pk,
        "department_id": by.department_id,
        "group_id": by.group_id,
        "created_by_id": by.pk,
        "handled_by_id": by.pk,
        "created_at": at,
        "last_action_at": at,
        "due_on": due.on,
        "due_because": due.because,
        "fingerprint": submission.fingerprint(agency_id=permission.agency.pk),
        "changed_by_id": by.pk,
        "change_reason": "case.initiated",
    }


def _begin(waiting: dict[int, Begun], permission: Permission) -> dict[int, Begun | CaseError]:
    """Write what is not asked already; the rest as `DuplicateCase`, where that case is still open.

    The index of open questions makes equal ones wait for each other until the first is committed.
    """
    by, at = permission.by, permission.at
    # Nothing between the first row and the last may fail without undoing the whole scope.
    with transaction.atomic(savepoint=False):
        # In one order everywhere, so that two batches never wait for each other in a ring.
        cases = sorted((begun.row for begun in waiting.values()), key=itemgetter("fingerprint"))
        answered = [
            _Answered(None, begun.number, by.department_id, begun.submission, begun.answer)
            for begun in waiting.values()
        ]
        ids = rows.insert_with(
            Case._meta.db_table,
            cases,
            _answer_rows(answered, kind=ChargeKind.INITIAL, by=by, at=at),
            key="number",
        )
        written = {place: begun for place, begun in waiting.items() if begun.number in ids}
        for begun in written.values():
            begun.row["id"] = ids[begun.number]
    results: dict[int, Begun | CaseError] = dict(written)
    if len(written) < len(waiting):
        refused = {
            place: begun.row["fingerprint"]
            for place, begun in waiting.items()
            if place not in written
        }
        numbers = dict(
            Case.objects.open()
            .filter(agency_id=permission.agency.pk, fingerprint__in=refused.values())
            .values_list("fingerprint", "number")
        )
        results |= {
            place: DuplicateCase(numbers[fingerprint])
            for place, fingerprint in refused.items()
            if fingerprint in numbers
        }
    return results


@dataclass(frozen=True, slots=True)
class _Answered:
    case_id: int | None  # None for a case that is only now written
    number: str
    department_id: int | None
    submission: Submission
    answer: Answer

    @property
    def confirmed(self) -> bool:
        return self.answer.returned is not None


def _write_answers(
    answered: Sequence[_Answered], *, kind: ChargeKind, by: User, at: datetime
) -> None:
    """The same rows for cases that are there already."""
    for more in _answer_rows(answered, kind=kind, by=by, at=at):
        numbers = {one.number: one.case_id for one in answered}
        rows.insert(
            more.table,
            [
                {**row, **{name: numbers[number] for name in more.takes}}
                for row, number in zip(more.rows, more.of, strict=True)
            ],
        )


def _answer_rows(
    answered: Sequence[_Answered], *, kind: ChargeKind, by: User, at: datetime
) -> list[Dependents]:
    """The answers, their charges, their audit events, and a disclosure where a record came back."""
    common = {"agency_id": by.agency_id, "at": at, "by_id": by.pk}
    every = [one.number for one in answered]
    confirmed = [one for one in answered if one.confirmed]
    verb = "case.initiated" if kind == ChargeKind.INITIAL else "case.retried"
    answers = [
        {
            **common,
            "asked": one.submission.as_json(),
            "outcome": one.answer.outcome,
            "reasons": one.answer.reasons,
            "statement_code": one.answer.statement_code,
            "statement": one.answer.statement,
            "returned": one.answer.returned,
            "record_refs": one.answer.record_refs,
            "rule": one.answer.rule,
            "searched": one.answer.searched,
            "person_ref": one.answer.person_ref if one.confirmed else "",
            "photo_id": one.answer.photo_id if one.confirmed else None,
            "grade": one.answer.grade,
            "grounds": one.answer.grounds,
        }
        for one in answered
    ]
    charges = [{**common, "department_id": one.department_id, "kind": kind} for one in answered]
    events = [
        audit.event(
            verb,
            by=by,
            at=at,
            subject_type="case",
            subject_id=one.number,
            agency_id=by.agency_id,
            data={
                "outcome": one.answer.outcome,
                "reasons": list(one.answer.reasons),
                "charge": kind.value,
            },
        )
        for one in answered
    ]
    disclosures = [
        audit.disclosure(
            by=by,
            at=at,
            agency_id=by.agency_id,
            person_ref=one.answer.person_ref,
            fields=one.answer.returned or (),
            purpose=",".join(one.submission.benefits),
            case_number=one.number,
        )
        for one in confirmed
    ]
    of_case = {"case_id": "id"}
    return [
        Dependents(InitialAnswer._meta.db_table, answers, every, of_case),
        Dependents(ChargeEvent._meta.db_table, charges, every, of_case),
        Dependents(audit.EVENTS, events, every),
        Dependents(audit.DISCLOSURES, disclosures, [one.number for one in confirmed]),
    ]
