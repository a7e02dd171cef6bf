"""Additional verification (S3.2): the agency asks a status verifier, electronically."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django_fsm import can_proceed

from save_portal import audit
from save_portal.accounts.models import User
from verification import deadlines, policies
from verification.enums import AdditionalReason, ChargeKind, Wish
from verification.errors import STALE, InvalidSubmission, StaleCase, WrongStatus
from verification.lifecycles.case import CaseStatus
from verification.models import AdditionalRequest, Case, ChargeEvent
from verification.services import documents
from verification.services.locking import lock_case


@transaction.atomic
def request(
    *, case_number: str, version: int, reason: str, comment: str, by: User, at: datetime
) -> Case:
    """Send the case to the status verifiers: prompted or doubted, both cases of S3.7.

    Asking after a prompt says that the applicant was told and wants it, and records that wish.
    Charged as `additional` (S4.1). The answer is promised in 5 federal working days.
    """
    case = lock_case(case_number, by=by)
    policies.check_can_make("request_additional", by=by, case=case)
    if not can_proceed(case.request_additional):
        raise WrongStatus("Additional verification cannot be requested from where the case stands.")
    if case.version != version:
        raise StaleCase(STALE)
    comment = " ".join(comment.split())
    if reason not in AdditionalReason.values:
        raise InvalidSubmission({"reason": "Choose why a status verifier should look."})
    if reason == AdditionalReason.OTHER and not comment:
        raise InvalidSubmission({"comment": "Say in a sentence what the verifier should look at."})
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
        case=case, agency_id=case.agency_id, at=at, by=by, reason=reason, comment=comment[:500]
    )
    documents.send_waiting(case=case, by=by, at=at)
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
        data={"reason": reason, "charge": ChargeKind.ADDITIONAL.value},
    )
    return case
