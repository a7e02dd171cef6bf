"""Additional verification (S3.2): the agency asks a status verifier, electronically."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django_fsm import can_proceed

from save_portal import audit
from save_portal.accounts.models import User
from verification import deadlines, policies
from verification.enums import ChargeKind, Wish
from verification.errors import STALE, InvalidSubmission, StaleCase, WrongStatus
from verification.lifecycles.case import CaseStatus
from verification.models import AdditionalDraft, AdditionalRequest, Case, ChargeEvent
from verification.rules.additional import AdditionalQuestion, copies_missing, validate
from verification.services import documents
from verification.services.locking import lock_case

CANNOT_ASK = "Additional verification cannot be requested from where the case stands."


@transaction.atomic
def request(
    *,
    case_number: str,
    version: int,
    reason: str,
    comment: str = "",
    expected: str = "",
    dates_needed: tuple[str, ...] = (),
    also_known_as: tuple[str, ...] = (),
    further_numbers: dict[str, str] | None = None,
    by: User,
    at: datetime,
) -> Case:
    """Send the case to the status verifiers: prompted or doubted, both cases of S3.7.

    Asking after a prompt says that the applicant was told and wants it, and records that wish.
    The copies that wait with the case go with it. Charged as `additional` (S4.1). The answer is
    promised in 5 federal working days, or what the program has set since.
    """
    case = lock_case(case_number, by=by)
    _check_may_ask(case, by=by)
    if case.version != version:
        raise StaleCase(STALE)
    question = validate(
        AdditionalQuestion(
            reason=reason,
            expected=expected,
            dates_needed=dates_needed,
            comment=comment,
            also_known_as=also_known_as,
            further_numbers=further_numbers or {},
        ),
        typed_numbers=case.enumerators(),
    )
    copies = documents.send_waiting(case=case, by=by, at=at)
    if missing := copies_missing(question.reason, copies=case.documents.sent().count()):
        raise InvalidSubmission({"files": missing})
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        if case.told_applicant_at is None:
            case.told_applicant_at, case.told_applicant_by = at, by
        if case.wish != Wish.WANTS:
            case.wish, case.wish_at, case.wish_by = Wish.WANTS, at, by
    case.request_additional()
    due = deadlines.additional(at=at, agency=case.agency)
    case.due_on, case.due_because = due.on, due.because
    case.touch(at=at)
    case._history_user, case._change_reason = by, "case.additional_requested"
    case.save()
    AdditionalRequest.objects.create(
        case=case,
        agency_id=case.agency_id,
        at=at,
        by=by,
        reason=question.reason,
        comment=question.comment,
        expected=question.expected,
        dates_needed=list(question.dates_needed),
        also_known_as=list(question.also_known_as),
        further_numbers=question.further_numbers,
    )
    AdditionalDraft.objects.filter(case=case).delete()
    ChargeEvent.objects.create(
        agency_id=case.agency_id,
        department_id=case.department_id,
        case=case,
        by=by,
        kind=ChargeKind.ADDITIONAL,
        at=at,
    )
    audit.record(
        "case.additional_requested",
        by=by,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
        data={
            "reason": question.reason,
            "copies": len(copies),
            "charge": ChargeKind.ADDITIONAL.value,
        },
    )
    return case


@transaction.atomic
def keep_draft(
    *, case_number: str, data: dict[str, Any], by: User, at: datetime
) -> AdditionalDraft:
    """Keep what was typed so far, right or wrong. One draft a case; no version: it asks nothing."""
    case = lock_case(case_number, by=by)
    _check_may_ask(case, by=by)
    draft, _ = AdditionalDraft.objects.update_or_create(
        case=case,
        defaults={"agency_id": case.agency_id, "by": by, "updated_at": at, "data": data},
    )
    return draft


@transaction.atomic
def discard_draft(*, case_number: str, by: User, at: datetime) -> None:
    """Throw the draft and its copies away; nothing was sent or charged."""
    case = lock_case(case_number, by=by)
    policies.check_can_act_on(by=by, case=case)
    AdditionalDraft.objects.filter(case=case).delete()
    for document in case.documents.waiting():
        documents.remove(case_number=case.number, document_id=document.pk, by=by, at=at)


def _check_may_ask(case: Case, *, by: User) -> None:
    policies.check_can_make("request_additional", by=by, case=case)
    if not can_proceed(case.request_additional):
        raise WrongStatus(CANNOT_ASK)
