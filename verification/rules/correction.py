"""Whose record it is, and what may be asked of the owner (S3.10, S7.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verification.enums import RecordOwner
from verification.lifecycles.correction import CLOSINGS, CorrectionClosure

if TYPE_CHECKING:
    from verification.models import CorrectionRequest

# Systems that are not named are USCIS's own.
OWNERS: dict[str, RecordOwner] = {
    "ADIS": RecordOwner.CBP,
    "NIIS": RecordOwner.CBP,
    "SEVIS": RecordOwner.SCHOOL_OR_SPONSOR,
    "CCD": RecordOwner.STATE,
    "EOIR": RecordOwner.EOIR,
    "EID": RecordOwner.ICE,
}
# Whose records an applicant may say are wrong; what enforcement keeps is not asked about here.
OWNERS_AN_APPLICANT_MAY_ASK = tuple(owner for owner in RecordOwner if owner != RecordOwner.ICE)
MOST_OPEN_OF_AN_APPLICANT = 5
LONGEST_SAID = 400
KEYS = frozenset({"record_id", "updated_at"})  # the source's own bookkeeping, not about a person


def owner_of(record_ref: str) -> RecordOwner:
    """The office behind `SYSTEM:record_id`."""
    return OWNERS.get(record_ref.partition(":")[0], RecordOwner.USCIS_RECORDS)


def closings(request: CorrectionRequest) -> tuple[CorrectionClosure, ...]:
    """How this request can end by hand: only one without a datum ends as not found."""
    found = bool(request.record_ref)
    return tuple(
        closure
        for closure in CLOSINGS.get(request.status, ())
        if closure not in (CorrectionClosure.WITHDRAWN, CorrectionClosure.NOT_FOUND)
        or request.is_sent
        or found == (closure == CorrectionClosure.WITHDRAWN)
    )


def request_errors(*, present: str, proposed: str, reason: str) -> dict[str, str]:
    """Why a request cannot be sent: field → sentence; empty when it can."""
    errors = {}
    if not proposed:
        errors["proposed_value"] = "Write the value that the record should have."
    elif proposed == present:
        errors["proposed_value"] = "This is what the record says already. Write the right value."
    if not reason:
        errors["reason"] = "Say in a sentence how you know: which document shows it."
    return errors
