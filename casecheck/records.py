"""Which office corrects which record, and what to bring there, in the applicant's words (S7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from verification.correction_offices import keeps
from verification.enums import CorrectionSubject, RecordOwner
from verification.lifecycles.correction import CorrectionClosure, CorrectionStatus
from verification.models import CorrectionRequest


@dataclass(frozen=True, slots=True)
class Record:
    """One row of page and sheet."""

    owner: str
    what: Any
    who: Any
    bring: Any


RECORDS = (
    Record(
        RecordOwner.USCIS_RECORDS,
        _("Green card, work card, naturalization"),
        _(
            "USCIS: make an appointment at a field office, or ask in writing for your record to "
            "be amended"
        ),
        _("The card or certificate, your passport, and proof of the right name or date"),
    ),
    Record(
        RecordOwner.CBP,
        _("Arrival record (I-94)"),
        _("CBP: a deferred inspection site"),
        _("Your passport with the visa and the stamp of arrival, and the I-94"),
    ),
    Record(
        RecordOwner.SCHOOL_OR_SPONSOR,
        _("Student or exchange visitor record"),
        _("Your school official or program sponsor"),
        _("Your passport, and the I-20 or DS-2019"),
    ),
    Record(
        RecordOwner.EOIR,
        _("Decision of an immigration judge"),
        _("The immigration court that decided (EOIR)"),
        _("The decision, and your A-number"),
    ),
    Record(
        RecordOwner.STATE,
        _("Visa"),
        _("The consulate that issued it"),
        _("Your passport with the visa"),
    ),
)
BY_OWNER = {record.owner: record for record in RECORDS}
SUBJECTS = (
    (CorrectionSubject.NAME, _("The name")),
    (CorrectionSubject.DATE_OF_BIRTH, _("The date of birth")),
    (CorrectionSubject.NUMBER, _("A number")),
    (CorrectionSubject.STATUS, _("The status, or a date of it")),
    (CorrectionSubject.OTHER, _("Something else")),
)


def records_for(document_type: str) -> list[tuple[Record, bool]]:
    """Every record, those of the document's own kind first and marked."""
    rows = [(record, keeps(record.owner, document_type)) for record in RECORDS]
    return sorted(rows, key=lambda row: not row[1])


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a correction that the applicant asked for."""

    what: Any
    subject: Any
    asked_at: Any
    state: Any
    by: Any


def followed(case_id: int) -> list[Followed]:
    """The applicant's own requests, newest first. One query. Never a value of a record."""
    asked = CorrectionRequest.objects.select_related("joined_to").filter(
        case_id=case_id, raised_by=None
    )
    return [_followed(request) for request in asked.order_by("-raised_at", "-id")]


def _followed(request: CorrectionRequest) -> Followed:
    now = request.joined_to or request
    record = BY_OWNER.get(request.owner)
    return Followed(
        what=record.what if record else "",
        subject=dict(SUBJECTS).get(CorrectionSubject(request.subject), ""),
        asked_at=request.raised_at,
        state=_state(now),
        by=now.due_on if now.status == CorrectionStatus.SENT else None,
    )


def _state(request: CorrectionRequest) -> Any:
    if request.status == CorrectionStatus.CLOSED:
        return CLOSED_IN_WORDS.get(CorrectionClosure(request.closure), ENDED)
    return IN_WORDS[CorrectionStatus(request.status)]


KEPT = _(
    "The office keeps what its record says. Ask it why; you can ask in writing for your record to "
    "be amended."
)
ENDED = _("The request ended without a change. Ask the agency about it.")
IN_WORDS = {
    CorrectionStatus.DRAFTED: _("SAVE looks for the record."),
    CorrectionStatus.SENT: _("The office that keeps the record was asked."),
    CorrectionStatus.NEEDS_EVIDENCE: _(
        "The office needs to see more. Take your documents to it, or ask the agency."
    ),
    CorrectionStatus.ACCEPTED: _(
        "The office corrects its record. Some days can pass until SAVE sees it."
    ),
    CorrectionStatus.REJECTED: KEPT,
}
CLOSED_IN_WORDS = {
    CorrectionClosure.SOURCE_CORRECTED: _(
        "The record was corrected. Ask the agency to check again."
    ),
    CorrectionClosure.REJECTED: KEPT,
    CorrectionClosure.NOT_FOUND: _("No record was found that says this."),
}
