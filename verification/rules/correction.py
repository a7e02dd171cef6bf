"""Whose record it is, and what may be asked of the owner (S3.10, S7.2)."""

from __future__ import annotations

from verification.enums import RecordOwner

# Systems that are not named are USCIS's own.
OWNERS: dict[str, RecordOwner] = {
    "ADIS": RecordOwner.CBP,
    "NIIS": RecordOwner.CBP,
    "SEVIS": RecordOwner.SCHOOL_OR_SPONSOR,
    "CCD": RecordOwner.STATE,
    "EOIR": RecordOwner.EOIR,
    "EID": RecordOwner.ICE,
}
KEYS = frozenset({"record_id", "updated_at"})  # the source's own bookkeeping, not about a person


def owner_of(record_ref: str) -> RecordOwner:
    """The office behind `SYSTEM:record_id`."""
    return OWNERS.get(record_ref.partition(":")[0], RecordOwner.USCIS_RECORDS)


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
