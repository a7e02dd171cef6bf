"""The append-only, tamper-evident log: `record` an act, `disclose` a display of data."""

from save_portal.audit.log import disclose, record

__all__ = ["disclose", "record"]
