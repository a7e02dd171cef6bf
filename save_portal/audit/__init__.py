"""The append-only, tamper-evident log: `record` an act, `disclose` a display of data."""

from save_portal.audit.log import (
    DISCLOSURES,
    EVENTS,
    coming_by,
    disclose,
    disclose_all,
    disclosure,
    event,
    record,
    record_all,
)

__all__ = [
    "DISCLOSURES",
    "EVENTS",
    "coming_by",
    "disclose",
    "disclose_all",
    "disclosure",
    "event",
    "record",
    "record_all",
]
