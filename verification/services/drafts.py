"""Forms in progress: kept through a closed browser and an ended session, sent once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from verification import policies
from verification.enums import NoQueryReason
from verification.errors import CaseError
from verification.models import CaseDraft, NoQuery
from verification.rules.submission import NO_QUERY_RULES


@transaction.atomic
def begin(*, by: User, at: datetime, document_type: str) -> CaseDraft:
    """A new form for one document type."""
    policies.check_can_initiate(by=by)
    assert by.agency_id is not None
    return CaseDraft.objects.create(
        agency_id=by.agency_id,
        user=by,
        data={"document_type": document_type},
        created_at=at,
        updated_at=at,
    )


@transaction.atomic
def keep(*, draft_id: UUID, by: User, at: datetime, data: dict[str, Any]) -> CaseDraft:
    """Keep what was typed so far. A form that was already sent keeps nothing."""
    draft = CaseDraft.objects.select_for_update().filter(pk=draft_id, user=by).first()
    if draft is None:
        raise CaseError("This form is no longer there. Begin a new one; nothing was charged.")
    if draft.case_id is None:
        draft.data = data
        draft.updated_at = at
        draft.save(update_fields=["data", "updated_at"])
    return draft


@transaction.atomic
def discard(*, draft_id: UUID, by: User, at: datetime) -> None:
    """Throw a form away that was not sent."""
    CaseDraft.objects.filter(pk=draft_id, user=by, case=None).delete()


@transaction.atomic
def record_no_query(*, by: User, at: datetime, reason: str, agency_reference: str = "") -> NoQuery:
    """Record that the rules forbid a query here, and that none was made (S6, S10.1)."""
    policies.check_can_initiate(by=by)
    assert by.agency_id is not None
    if reason not in NO_QUERY_RULES:
        raise CaseError("Choose why no query is needed.")
    note = NoQuery.objects.create(
        agency_id=by.agency_id,
        user=by,
        reason=reason,
        agency_reference=" ".join(agency_reference.split())[:40],
        at=at,
    )
    audit.record(
        "query.not_needed",
        by=by,
        at=at,
        subject_type="no_query",
        subject_id=str(note.pk),
        agency_id=by.agency_id,
        data={"reason": NoQueryReason(reason).value},
    )
    return note
