"""A Form G-845 that an agency mailed without beginning a case: the office keys it in (S3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from agreements.selectors.binding import permitted
from save_portal.accounts.models import User
from save_portal.outbox import queue
from verification import case_number, deadlines, policies
from verification.enums import ChargeKind, FormWay
from verification.errors import (
    CaseError,
    DuplicateCase,
    InvalidSubmission,
    NoAgreement,
)
from verification.immigration_documents import FIELDS
from verification.lifecycles.case import OPEN, CaseStatus
from verification.models import Case
from verification.rules.submission import Submission, fold, validate
from verification.services import g845

OLDEST_MAIL_DAYS = 90


@transaction.atomic
def enter(
    *,
    official_email: str,
    submission: Submission,
    mailed_on: date,
    reason: str,
    comment: str,
    supplement: Sequence[str] = (),
    by: User,
    at: datetime,
) -> Case:
    """Make a case of a mailed paper form, charged as such ($2.00, S4.1).

    The case belongs to the agency of the official who signed the form (item 14), who finds it in
    the portal. It waits for a verifier at once, for the paper is there; its 20 days count from
    mailing. A form for a question that is open already is refused with that case's number.
    """
    policies.check_can_record_arrival(by=by)
    official = _official(official_email)
    agency = official.agency
    assert agency is not None
    today = deadlines.local_date(at, agency.time_zone)
    agreement = permitted(agency=agency, on=today)
    if agreement is None or not agency.is_active:
        raise NoAgreement(
            f"{agency.name} has no agreement with SAVE in force. Send the paper back with that."
        )
    submission = validate(
        replace(submission, channel="paper", original_examined=True),
        today=today,
        permitted_benefits=agreement.benefits,
    )
    if mailed_on > today or (today - mailed_on).days > OLDEST_MAIL_DAYS:
        raise InvalidSubmission(
            {"mailed_on": f"Type the day of the postmark, at most {OLDEST_MAIL_DAYS} days ago."}
        )
    content = g845.checked_content(reason=reason, comment=comment, supplement=supplement)
    fingerprint = submission.fingerprint(agency_id=agency.pk)
    case = Case(
        agency=agency,
        department_id=official.department_id,
        group_id=official.group_id,
        created_by=by,
        handled_by=official,
        created_at=at,
        last_action_at=at,
        fingerprint=fingerprint,
        status=CaseStatus.G845_MAILED,
        **_columns(submission),
    )
    case._history_user, case._change_reason = by, "case.paper_form_entered"
    _insert(case)
    g845.keep_content(case, content, by=by, at=at)
    mailing = g845.put_under_way(case, FormWay.PAPER, mailed_on=mailed_on, by=by, at=at)
    case.save()
    g845.charge(case, ChargeKind.PAPER_G845, by=by, at=at)
    facts = {"mailed_on": mailed_on.isoformat(), "charge": ChargeKind.PAPER_G845.value}
    g845.record_act(case, "case.paper_form_entered", by=by, at=at, data=facts)
    queue.mail(
        to_user_id=official.pk,
        template="paper_form_entered",
        context={"case_number": case.number, "due_on": deadlines.long(mailing.due_on)},
        key=f"case.paper_form_entered:{case.number}",
    )
    return case


def _official(email: str) -> User:
    """The official of a user agency who signed the form."""
    official: User | None = (
        User.objects.select_related("agency")
        .filter(email=email.strip().lower(), agency__isnull=False, is_active=True)
        .first()
    )
    if official is None:
        raise InvalidSubmission(
            {
                "official_email": "No user agency has an account with this address. The agency's "
                "administrator can tell you who looks after its cases."
            }
        )
    return official


def _insert(case: Case) -> None:
    """Write the new case, or refuse it where the agency has the same question open."""
    same = Case.objects.filter(
        agency_id=case.agency_id, fingerprint=case.fingerprint, status__in=OPEN
    )
    try:
        with transaction.atomic():
            open_case = same.first()
            if open_case is None:
                case.save(force_insert=True)
    except IntegrityError:
        open_case = same.first()
        if open_case is None:
            raise
    if open_case is not None:
        raise DuplicateForm(open_case.number)


class DuplicateForm(DuplicateCase):
    """The agency has the same question open; the paper belongs to that case."""

    def __init__(self, number: str) -> None:
        CaseError.__init__(
            self,
            f"The agency has an open case that asks exactly the same: "
            f"{case_number.grouped(number)}. Nothing was charged. Record the arrival of the paper "
            "with that case.",
            rule="S4.1",
        )
        self.number = number


def _columns(submission: Submission) -> dict[str, Any]:
    columns: dict[str, Any] = {name: getattr(submission, name) for name in (*TYPED, *FIELDS)}
    columns["also_known_as"] = list(submission.also_known_as)
    columns["benefits"] = list(submission.benefits)
    columns["applicant_key"] = fold(f"{submission.family_name} {submission.given_name}")[:120]
    return columns


TYPED = (
    "document_type",
    "document_expires_on",
    "family_name",
    "given_name",
    "middle_name",
    "date_of_birth",
    "agency_reference",
    "document_doubt",
)
