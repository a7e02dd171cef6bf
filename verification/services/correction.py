"""Asking the owner of a record to correct it, and telling whom a wrong one misled (S3.10, S7.2).

The portal reads records and never writes them: an accepted correction arrives with the source's
own upload. `settle` notices that, asks the questions of the last 180 days again, and tells each
agency whose answer would be another now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django_fsm import can_proceed

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.documents import storing, uploads
from save_portal.outbox import queue
from verification import deadlines, policies
from verification.enums import AnswerKind, CorrectionSubject, EventKind
from verification.errors import STALE, CaseError, InvalidSubmission, StaleCase, WrongStatus
from verification.lifecycles.correction import BY_NAME, CorrectionClosure, CorrectionStatus
from verification.models import (
    AnswerCheck,
    Case,
    CorrectionEvidence,
    CorrectionNotice,
    CorrectionRequest,
    InitialAnswer,
    VerifierAnswer,
)
from verification.records.answer import Answer
from verification.records.lookup import fits_column, numbers_around, value_of
from verification.records.search import initial_search
from verification.rules.correction import (
    KEYS,
    LONGEST_SAID,
    MOST_OPEN_OF_AN_APPLICANT,
    OWNERS_AN_APPLICANT_MAY_ASK,
    closings,
    owner_of,
    request_errors,
)
from verification.selectors.corrections import UNDECIDED
from verification.services import events
from verification.services.person_records import query_of

if TYPE_CHECKING:
    from verification.records.held import Identifier

LOOK_BACK = timedelta(days=180)
MAX_FILES = 10
# kind in the index -> what a case was asked by; passports and visas are on other numbers' records
TYPED_AS = {
    "a_number": "a_number",
    "i94": "i94_number",
    "sevis": "sevis_id",
    "card": "card_number",
    "naturalization": "naturalization_certificate",
    "citizenship": "citizenship_certificate",
}


@transaction.atomic
def draft(
    *, record_ref: str, field: str, case_number: str = "", by: User, at: datetime
) -> CorrectionRequest:
    """Begin a request from a datum. One that is open for it already is given again."""
    policies.check_can_move_correction("requester", by=by)
    present = _present(record_ref, field)
    existing = _open_for(record_ref, field)
    if existing is not None:
        return existing
    case = Case.objects.visible_to(by).filter(number=case_number).first()
    asked = _asked_by_applicant(case, owner_of(record_ref)) if case else None
    if asked is not None:
        return _tie(asked, record_ref, field, present, by=by, at=at)
    request = CorrectionRequest(
        case=case,
        record_ref=record_ref,
        field=field,
        owner=owner_of(record_ref),
        present_value=present[:400],
        raised_at=at,
        raised_by=by,
    )
    request._history_user, request._change_reason = by, "correction.drafted"
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        # Somebody began the same at this moment: theirs is the one.
        existing = _open_for(record_ref, field)
        if existing is None:
            raise
        return existing
    _log(request, "drafted", by=by, at=at)
    return request


@transaction.atomic
def begin_for_applicant(
    *, case_number: str, owner: str, subject: str, said: str, by: None = None, at: datetime
) -> CorrectionRequest:
    """The applicant says on CaseCheck what is wrong in whose record (S7.2).

    Nobody with an account is the actor: `by` stays None. Runs in the scope of the system. The same
    said again is the request that is open for it.
    """
    case = Case.objects.select_for_update().filter(number=case_number).first()
    said = _line(said)[:LONGEST_SAID]
    if case is None or owner not in OWNERS_AN_APPLICANT_MAY_ASK or not said:
        raise CaseError("Say whose record it is, and what is wrong in it.")
    if subject not in CorrectionSubject.values:
        raise CaseError("Choose what is wrong.")
    still_open = list(case.corrections.filter(raised_by=None).exclude(status="closed"))
    for same in still_open:
        if (same.owner, same.subject, same.said) == (owner, subject, said):
            return same
    if len(still_open) >= MOST_OPEN_OF_AN_APPLICANT:
        raise WrongStatus("As many corrections as can be open at once were asked for.")
    request = CorrectionRequest(case=case, owner=owner, subject=subject, said=said, raised_at=at)
    request._history_user, request._change_reason = None, "correction.drafted"
    request.save(force_insert=True)
    _log(request, "drafted", by=None, at=at)
    return request


@transaction.atomic
def find_datum(
    *, request_id: int, version: int, record_ref: str, field: str, by: User, at: datetime
) -> CorrectionRequest:
    """Say which datum an applicant's request is about; from then on it goes on like any other.

    Where a request for that datum is open already, the applicant's joins it and is closed.
    """
    request = _locked(request_id, version, "send", by=by)
    if request.record_ref:
        raise WrongStatus("The datum of this request was found already.")
    return _tie(request, record_ref, field, _present(record_ref, field), by=by, at=at)


@transaction.atomic
def send(
    *,
    request_id: int,
    version: int,
    proposed_value: str,
    reason: str,
    evidence: str = "",
    by: User,
    at: datetime,
) -> CorrectionRequest:
    """Send the draft to the owner's queue. Refuses a value that the column cannot hold."""
    request = _locked(request_id, version, "send", by=by)
    if not request.record_ref:
        raise WrongStatus("Say first which datum of which record it is about.")
    proposed_value, reason = _line(proposed_value), _line(reason)
    errors = request_errors(present=request.present_value, proposed=proposed_value, reason=reason)
    if "proposed_value" not in errors and (
        unfit := fits_column(request.record_ref, request.field, proposed_value)
    ):
        errors["proposed_value"] = unfit
    if errors:
        raise InvalidSubmission(errors)
    due = deadlines.correction(at=at)
    request.send()
    request.proposed_value, request.reason = proposed_value, reason
    request.evidence = _line(evidence)
    request.sent_at, request.due_on, request.due_because = at, due.on, due.because
    _save(request, "sent", by=by, at=at)
    return request


@transaction.atomic
def raise_disagreement(
    *, request_id: int, other_ref: str, other_field: str = "", by: User, at: datetime
) -> CorrectionRequest:
    """Two systems contradict each other: a draft to the owner of the other one as well.

    `other_field` is the other system's name of the datum, where it has one of its own. Who is
    right, the owners say.
    """
    policies.check_can_move_correction("requester", by=by)
    first = CorrectionRequest.objects.select_for_update().filter(pk=request_id).first()
    if (
        first is None
        or not first.record_ref
        or owner_of(other_ref) == first.owner
        or first.disagrees_with_id is not None
    ):
        raise CaseError("A disagreement is between the records of two different owners.")
    second = draft(
        record_ref=other_ref,
        field=other_field or first.field,
        case_number=first.case.number if first.case else "",
        by=by,
        at=at,
    )
    if second.field == first.field and second.present_value == first.present_value:
        raise CaseError("Both records say the same, so there is nothing to settle.")
    if CorrectionRequest.objects.filter(disagrees_with=second).exists():
        raise CaseError("This datum is part of another disagreement that is open already.")
    first.disagrees_with = second
    first.touch(by=by, act="disagreement")
    first.save()
    _log(first, "disagreement", by=by, at=at, data={"other": second.pk})
    return second


@transaction.atomic
def give_evidence(
    *, request_id: int, version: int, evidence: str, by: User, at: datetime
) -> CorrectionRequest:
    """Answer the owner's question; the date to reply begins anew."""
    request = _locked(request_id, version, "give_evidence", by=by)
    evidence = _line(evidence)
    if not evidence:
        raise InvalidSubmission({"evidence": "Say which document shows it, or where it is."})
    due = deadlines.correction(at=at)
    request.give_evidence()
    request.evidence = f"{request.evidence} / {evidence}".strip(" /")[:1000]
    request.due_on, request.due_because = due.on, due.because
    _save(request, "evidence_given", by=by, at=at)
    return request


def add_evidence(
    *, request_id: int, content: bytes, name: str, by: User, at: datetime
) -> CorrectionEvidence:
    """Keep a copy of a document that shows the right value, drawn anew, until it is decided."""
    _open_to_evidence(request_id, by=by)
    try:
        cleaned = uploads.clean(content)
        return _keep_evidence(request_id, cleaned, name=name, by=by, at=at)
    except uploads.UploadRefused as refused:
        raise InvalidSubmission({"file": f"{storing.tidy_name(name)}: {refused.message}"}) from None


@transaction.atomic
def _keep_evidence(
    request_id: int, cleaned: uploads.Cleaned, *, name: str, by: User, at: datetime
) -> CorrectionEvidence:
    request = _open_to_evidence(request_id, by=by, lock=True)
    files = list(request.evidence_files.select_related("file"))
    for there in files:
        if there.file.source_sha256 == cleaned.source_sha256:
            return there
    if len(files) >= MAX_FILES:
        raise InvalidSubmission({"file": f"At most {MAX_FILES} files go with one request."})
    kept = storing.store(cleaned, name=name, agency_id=None, by=by, at=at)
    evidence = CorrectionEvidence.objects.create(correction=request, file=kept, at=at, by=by)
    _log(request, "file_added", by=by, at=at, data={"evidence": evidence.pk})
    return evidence


@transaction.atomic
def evidence_page(*, request_id: int, evidence_id: int, page: int, by: User, at: datetime) -> bytes:
    """The picture (JPEG) of a page, from 1, for the offices. Leaves a disclosure."""
    if not policies.can_see_corrections(by=by):
        raise CaseError("There is no such request.")
    evidence = (
        CorrectionEvidence.objects.select_related("file", "correction__case")
        .filter(pk=evidence_id, correction=request_id)
        .first()
    )
    if evidence is None:
        raise CaseError("There is no such document with this request.")
    try:
        content = storing.read_page(evidence.file, page)
    except storing.NotThere as error:
        raise CaseError(str(error)) from None
    disclose(evidence.correction, by=by, at=at, what=f"evidence {evidence.pk}, page {page}")
    return content


def _open_to_evidence(request_id: int, *, by: User, lock: bool = False) -> CorrectionRequest:
    """The request, if this person may add to it and nobody has decided yet."""
    policies.check_can_move_correction("requester", by=by)
    rows = CorrectionRequest.objects.select_for_update() if lock else CorrectionRequest.objects
    request = rows.filter(pk=request_id).first()
    if request is None:
        raise CaseError("There is no such request.")
    if request.status not in UNDECIDED:
        raise WrongStatus(f"Nothing can be added any more: {request.get_status_display().lower()}.")
    return request


@transaction.atomic
def decide(
    *, request_id: int, version: int, decision: str, reply: str, by: User, at: datetime
) -> CorrectionRequest:
    """The owner's word: `accept`, `reject` or `ask_for_evidence`. The last two say why."""
    if decision not in ("accept", "reject", "ask_for_evidence"):
        raise CaseError("Choose what the owner decided.")
    request = _locked(request_id, version, decision, by=by)
    reply = _line(reply)
    if not reply and decision != "accept":
        raise InvalidSubmission({"reply": "Say why, so that the person who asked can go on."})
    getattr(request, decision)()
    request.decided(reply=reply, by=by, at=at)
    _save(request, BY_NAME[decision].target, by=by, at=at)
    if request.raised_by_id is not None:  # an applicant is told by CaseCheck
        queue.mail(
            to_user_id=request.raised_by_id,
            template="correction_decided",
            context={"request_id": request.pk, "status": request.get_status_display()},
            key=f"correction.decided:{request.pk}:{request.version}",
        )
    return request


@transaction.atomic
def close(
    *, request_id: int, version: int, closure: str, by: User, at: datetime
) -> CorrectionRequest:
    """End a request by hand, with a reason that fits where it stands."""
    request = _locked(request_id, version, "close", by=by)
    allowed = closings(request)
    if closure not in allowed:
        raise CaseError(f"From here it closes as: {', '.join(c.label for c in allowed)}.")
    if closure == CorrectionClosure.SOURCE_CORRECTED and not _arrived(request):
        raise WrongStatus(
            "The source does not show the corrected value yet. It closes by itself when it does."
        )
    _close(request, closure, by=by, at=at)
    return request


@transaction.atomic
def disclose(request: CorrectionRequest, *, by: User, at: datetime, what: str = "") -> None:
    """Record that somebody was shown the datum, or a page of its evidence (S8).

    What has no datum yet discloses none.
    """
    if not (request.record_ref or what):
        return
    audit.disclose(
        by=by,
        at=at,
        agency_id=None,
        person_ref=request.record_ref or f"correction:{request.pk}",
        fields=[what or request.field],
        purpose="correction",
        case_number=request.case.number if request.case else "",
    )


def settle(*, at: datetime) -> tuple[int, int]:
    """Close what the sources' uploads have put right, and tell the agencies concerned.

    Each request is a transaction of its own; run again, it does nothing twice. Returns how many
    were closed and how many cases were told.
    """
    closed = told = 0
    with system_scope():
        waiting = list(
            CorrectionRequest.objects.filter(status=CorrectionStatus.ACCEPTED)
            .order_by("due_on", "pk")
            .values_list("pk", flat=True)
        )
    for pk in waiting:
        with system_scope():
            request = (
                CorrectionRequest.objects.select_for_update(skip_locked=True)
                .filter(pk=pk, status=CorrectionStatus.ACCEPTED)
                .first()
            )
            if request is None or not _arrived(request):
                continue
            _close(request, CorrectionClosure.SOURCE_CORRECTED, by=None, at=at)
            told += _tell_agencies(request, at=at)
            closed += 1
    return closed, told


def _arrived(request: CorrectionRequest) -> bool:
    return value_of(request.record_ref, request.field) == request.proposed_value


def _tell_agencies(request: CorrectionRequest, *, at: datetime) -> int:
    """A notice for each case of the last 180 days that would be answered otherwise now."""
    numbers = set(numbers_around(request.record_ref))
    numbers |= {("a_number", v) for v in _former_numbers(request)}
    _have_answers_checked(request, at=at)
    told = 0
    for case in _asked_by(numbers, since=at - LOOK_BACK):
        given = case.initial_answers.last()
        if (
            given is None
            or given.at < at - LOOK_BACK
            or not _differs(given, _ask_again(case, at=at))
        ):
            continue
        _, new = CorrectionNotice.objects.get_or_create(
            case=case,
            correction_id=request.pk,
            defaults={"agency_id": case.agency_id, "at": at},
        )
        if not new:
            continue
        told += 1
        events.note(case, EventKind.RECORD_CORRECTED, at=at)
        audit.record(
            "case.record_corrected",
            by=None,
            at=at,
            subject_type="case",
            subject_id=case.number,
            agency_id=case.agency_id,
        )
        queue.mail(
            to_user_id=case.handled_by_id,
            template="record_corrected",
            context={"case_number": case.number},
            key=f"case.record_corrected:{case.number}:{request.pk}",
        )
    return told


def _have_answers_checked(request: CorrectionRequest, *, at: datetime) -> None:
    """What a person answered out of this record in the last 180 days, a person looks at again.

    The agency is told when the answer is corrected; one that still holds disturbs nobody.
    """
    given = VerifierAnswer.objects.filter(
        record_refs__contains=[request.record_ref],
        at__gte=at - LOOK_BACK,
        kind__in=(AnswerKind.FINAL, AnswerKind.CORRECTION),
        corrected_by=None,
    ).select_related("case", "by")
    for answer in given:
        check, new = AnswerCheck.objects.get_or_create(
            answer=answer, correction_id=request.pk, defaults={"at": at}
        )
        if not new:
            continue
        audit.record(
            "case.answer_to_check",
            by=None,
            at=at,
            subject_type="case",
            subject_id=answer.case.number,
            agency_id=answer.agency_id,
            data={"answer": answer.pk, "correction": request.pk},
        )
        for person in _checkers(answer):
            queue.mail(
                to_user_id=person,
                template="answer_to_check",
                context={"case_number": answer.case.number},
                key=f"case.answer_to_check:{check.pk}:{person}",
            )


def _checkers(answer: VerifierAnswer) -> list[int]:
    """Who gave the answer; once that account is closed, the verifiers' supervisors."""
    if answer.by.is_active:
        return [answer.by_id]
    chiefs = User.objects.active().filter(role=Role.VERIFIER_SUPERVISOR)
    return list(chiefs.order_by("pk").values_list("pk", flat=True))


def _former_numbers(request: CorrectionRequest) -> list[str]:
    """The number as it stood wrongly: cases were asked by the one or by the other."""
    return [request.present_value] if request.field == "a_number" else []


def _asked_by(numbers: set[Identifier], *, since: datetime) -> list[Case]:
    """Cases answered since then by any of these numbers; one index lookup for each kind."""
    by_column: dict[str, list[str]] = {}
    for kind, value in numbers:
        if kind in TYPED_AS:
            by_column.setdefault(TYPED_AS[kind], []).append(value)
    found: dict[int, Case] = {}
    for column, values in sorted(by_column.items()):
        asked = Q(**{f"{column}__in": values}) & ~Q(**{column: ""})
        answered = Case.objects.filter(asked, initial_answers__at__gte=since)
        for case in answered.select_related("agency").distinct():
            found[case.pk] = case
    return [found[pk] for pk in sorted(found)]


def _ask_again(case: Case, *, at: datetime) -> Answer:
    """The question of the case, to the records as they are now. Nothing is charged or shown."""
    return initial_search(
        query_of(case),
        today=deadlines.local_date(at, case.agency.time_zone),
    )


def _differs(given: InitialAnswer, now: Answer) -> bool:
    if given.rule == "document_doubted":
        return False
    if (given.outcome, given.statement_code) != (now.outcome, now.statement_code):
        return True
    before = {name: datum["value"] for name, datum in (given.returned or {}).items()}
    return before != {name: datum["value"] for name, datum in (now.returned or {}).items()}


def _present(record_ref: str, field: str) -> str:
    present = None if field in KEYS else value_of(record_ref, field)
    if present is None:
        raise CaseError("There is no such datum in the records now. Look at the record again.")
    return present


def _asked_by_applicant(case: Case, owner: str) -> CorrectionRequest | None:
    """The oldest request of the case's applicant to this owner of which no datum is known yet."""
    return (
        CorrectionRequest.objects.select_for_update()
        .filter(case=case, raised_by=None, owner=owner, record_ref="")
        .exclude(status=CorrectionStatus.CLOSED)
        .order_by("pk")
        .first()
    )


def _tie(
    request: CorrectionRequest,
    record_ref: str,
    field: str,
    present: str,
    *,
    by: User,
    at: datetime,
) -> CorrectionRequest:
    existing = _open_for(record_ref, field)
    if existing is not None:
        request.joined_to = existing
        _close(request, CorrectionClosure.JOINED, by=by, at=at)
        return existing
    request.record_ref, request.field = record_ref, field
    request.owner, request.present_value = owner_of(record_ref), present[:400]
    _save(request, "datum_found", by=by, at=at)
    return request


def _open_for(record_ref: str, field: str) -> CorrectionRequest | None:
    return (
        CorrectionRequest.objects.filter(record_ref=record_ref, field=field)
        .exclude(status=CorrectionStatus.CLOSED)
        .first()
    )


def _locked(request_id: int, version: int, transition: str, *, by: User) -> CorrectionRequest:
    """Lock → policy → life cycle → version, as every write begins."""
    if not policies.can_see_corrections(by=by):
        policies.check_can_move_correction("requester", by=by)
    request = CorrectionRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise CaseError("There is no such request.")
    policies.check_can_move_correction(BY_NAME[transition].side, by=by)
    if not can_proceed(getattr(request, transition)):
        raise WrongStatus(f"This cannot be done any more: {request.get_status_display().lower()}.")
    if request.version != version:
        raise StaleCase(STALE.replace("case", "request"))
    return request


def _close(request: CorrectionRequest, closure: str, *, by: User | None, at: datetime) -> None:
    request.close(closure=closure, at=at)
    _save(request, "closed", by=by, at=at)


def _save(request: CorrectionRequest, act: str, *, by: User | None, at: datetime) -> None:
    request.touch(by=by, act=act)
    request.save()
    _log(request, act, by=by, at=at)


def _log(
    request: CorrectionRequest,
    act: str,
    *,
    by: User | None,
    at: datetime,
    data: dict[str, object] | None = None,
) -> None:
    audit.record(
        f"correction.{act}",
        by=by,
        at=at,
        subject_type="correction",
        subject_id=request.pk,
        data={"owner": request.owner, "field": request.field, **(data or {})},
    )


def _line(text: str) -> str:
    """One line of at most 1,000 characters."""
    return " ".join(text.split())[:1000]
