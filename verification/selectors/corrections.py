"""Correction requests as the offices see them: the queue of an owner, and one request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django_fsm import can_proceed

from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from save_portal.web.keyset import Page, paginate
from verification import deadlines, policies
from verification.lifecycles.correction import BY_NAME, CorrectionStatus
from verification.models import CorrectionEvidence, CorrectionRequest

SIZE = 50
UNDECIDED = (CorrectionStatus.DRAFTED, CorrectionStatus.SENT, CorrectionStatus.NEEDS_EVIDENCE)


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A request and the federal working days to its date (None: it has none)."""

    request: CorrectionRequest
    days_left: int | None


@dataclass(frozen=True, slots=True)
class CorrectionList:
    rows: list[CorrectionRow]
    next: str | None
    previous: str | None
    status: str
    owner: str


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """One request: `acts` are the names of the forms this person may use now."""

    request: CorrectionRequest
    system: str
    acts: tuple[str, ...]
    timeline: list[dict[str, Any]]
    why_date: str
    files: list[CorrectionEvidence]
    may_add_files: bool
    other: CorrectionRequest | None


def correction_list(
    *, user: User, at: datetime, status: str = "", owner: str = "", cursor: str | None = None
) -> CorrectionList:
    """One query. Without a status: what is open, and drafts only to those who wrote them."""
    requests = CorrectionRequest.objects.select_related("raised_by", "case")
    if status in CorrectionStatus.values:
        requests = requests.filter(status=status)
    else:
        status = ""
        requests = requests.exclude(status=CorrectionStatus.CLOSED)
    if not user.can(Permission.REVIEW_REQUESTS):
        requests = requests.exclude(status=CorrectionStatus.DRAFTED, raised_by__isnull=False)
    if owner:
        requests = requests.filter(owner=owner)
    page: Page[CorrectionRequest] = paginate(
        requests, order=("raised_at", "id"), cursor=cursor, size=SIZE
    )
    today = deadlines.local_date(at, deadlines.OFFICES_ZONE)
    rows = [CorrectionRow(request, _days_left(request, today)) for request in page.rows]
    return CorrectionList(rows, page.next, page.previous, status, owner)


def correction_page(*, user: User, request_id: int) -> CorrectionPage | None:
    """Four queries; None where there is none or this person may not see it."""
    if not policies.can_see_corrections(by=user):
        return None
    request = (
        CorrectionRequest.objects.select_related("raised_by", "decided_by", "case")
        .filter(pk=request_id)
        .first()
    )
    if request is None:
        return None
    timeline = list(request.history.select_related("history_user").order_by("-history_id"))
    return CorrectionPage(
        request=request,
        system=request.record_ref.partition(":")[0],
        acts=_acts(request, user),
        timeline=[_happened(row) for row in timeline],
        why_date=deadlines.Deadline(on=request.due_on, because=request.due_because).in_words()
        if request.due_on
        else "",
        files=list(request.evidence_files.select_related("file", "by")),
        may_add_files=request.status in UNDECIDED
        and policies.can_move_correction("requester", by=user),
        other=CorrectionRequest.objects.filter(
            Q(pk=request.disagrees_with_id) | Q(disagrees_with=request)
        ).first(),
    )


def _acts(request: CorrectionRequest, user: User) -> tuple[str, ...]:
    """Asked of the life cycle and the policies; the three decisions are one form.

    What has no datum yet is not sent: its datum is looked for first.
    """
    forms = {
        "send" if request.record_ref else "find_datum": ("send",),
        "give_evidence": ("give_evidence",),
        "decide": ("accept", "reject", "ask_for_evidence"),
        "close": ("close",),
    }
    return tuple(
        form
        for form, names in forms.items()
        if all(
            can_proceed(getattr(request, name))
            and policies.can_move_correction(BY_NAME[name].side, by=user)
            for name in names
        )
    )


ACTS_IN_WORDS = {
    "correction.drafted": "Begun",
    "correction.datum_found": "Tied to a datum of a record",
    "correction.sent": "Sent to the owner",
    "correction.evidence_given": "Evidence given",
    "correction.accepted": "Accepted by the owner",
    "correction.rejected": "Rejected by the owner",
    "correction.needs_evidence": "The owner asks for evidence",
    "correction.disagreement": "The other owner is asked as well",
    "correction.closed": "Closed",
}


def _happened(row: Any) -> dict[str, Any]:
    return {
        "at": row.history_date,
        "text": ACTS_IN_WORDS.get(row.history_change_reason, "Changed"),
        "who": row.history_user.full_name if row.history_user else _nobody(row),
    }


def _nobody(row: Any) -> str:
    begun = row.history_change_reason == "correction.drafted"
    return "the applicant, on CaseCheck" if begun else "the portal"


def _days_left(request: CorrectionRequest, today: date) -> int | None:
    return deadlines.working_days_left(today, request.due_on) if request.due_on else None
