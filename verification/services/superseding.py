"""A newer document in the applicant's hand: a new case takes the place of the old one (S3.6).

The old case stays as it is until the new one is sent; then it closes as superseded, and each
names the other.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django_fsm import can_proceed

from save_portal.accounts.models import User
from verification import policies
from verification.enums import Wish
from verification.errors import StaleCase, WrongStatus
from verification.lifecycles.case import CaseStatus
from verification.models import Case, CaseDraft
from verification.rules.submission import Submission
from verification.services import closing, initial
from verification.services.locking import lock_case


@transaction.atomic
def begin(*, case_number: str, document_type: str, by: User, at: datetime) -> CaseDraft:
    """A new form that will take the place of the case, with the person filled in, no number."""
    policies.check_can_initiate(by=by)
    case = lock_case(case_number, by=by)
    _check(case, by=by)
    born = case.date_of_birth
    typed = {
        "family_name": [case.family_name],
        "given_name": [case.given_name],
        "middle_name": [case.middle_name],
        "also_known_as": ["; ".join(case.also_known_as)],
        "date_of_birth_0": [str(born.month)],
        "date_of_birth_1": [str(born.day)],
        "date_of_birth_2": [str(born.year)],
        "benefits": list(case.benefits),
        "agency_reference": [case.agency_reference],
    }
    return CaseDraft.objects.create(
        agency_id=case.agency_id,
        user=by,
        data={"document_type": document_type, "typed": typed},
        supersedes=case,
        created_at=at,
        updated_at=at,
    )


@transaction.atomic
def submit(*, draft_id: UUID, submission: Submission, by: User, at: datetime) -> Case:
    """Send a form; where it takes the place of an older case, that one closes with it."""
    draft = CaseDraft.objects.select_related("supersedes").filter(pk=draft_id, user=by).first()
    sent_before = draft is not None and draft.case_id is not None
    case = initial.initiate(by=by, at=at, submission=submission, draft_id=draft_id)
    if draft is None or draft.supersedes is None or sent_before:
        return case
    old = lock_case(draft.supersedes.number, by=by)
    if Case.objects.filter(supersedes=old).exclude(pk=case.pk).exists():
        raise StaleCase("A newer case has taken the place of this one already. Open that case.")
    if old.is_open:
        _check(old, by=by)
        closing.supersede(old, by=by, at=at)
    case.supersedes = old
    if case.status == CaseStatus.INITIAL_UNCONFIRMED and old.wish == Wish.WANTS:
        # What the applicant wants does not end with the older document (S2.2).
        case.wish, case.wish_at, case.wish_by = old.wish, old.wish_at, old.wish_by
    case._history_user, case._change_reason = by, "case.supersedes"
    case.save(update_fields=["supersedes", "wish", "wish_at", "wish_by"])
    return case


def _check(case: Case, *, by: User) -> None:
    policies.check_can_make("close", by=by, case=case)
    if not can_proceed(case.close):
        raise WrongStatus("The case is closed. Begin a new case for the newer document.")
