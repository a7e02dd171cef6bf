"""Writing the log: one event an act, in the act's own transaction.

Rows are written without reading them back, because a scope may log what it may not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

from save_portal import rows

if TYPE_CHECKING:
    from save_portal.accounts.models import User

SYSTEM = "System"
Entry = dict[str, Any]
# By which way the acts of this moment come, beside a browser: the client and its request.
_way: ContextVar[dict[str, str] | None] = ContextVar("way", default=None)


@contextmanager
def coming_by(**way: str) -> Iterator[None]:
    """Every act recorded inside names this way, such as `client` and `request`."""
    token = _way.set(way)
    try:
        yield
    finally:
        _way.reset(token)


EVENTS, DISCLOSURES = "audit_auditevent", "audit_disclosureevent"


def event(
    verb: str,
    *,
    by: User | None,
    at: datetime,
    subject_type: str,
    subject_id: object,
    agency_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> Entry:
    """One act, to be written by `record_all`."""
    return {
        # PostgreSQL numbers the row and digests it as it comes in.
        "id": 0,
        "digest": "",
        "verb": verb,
        "at": at,
        **_actor(by),
        "agency_id": agency_id,
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "data": (data or {}) | (_way.get() or {}),
    }


def disclosure(
    *,
    by: User | None,
    at: datetime,
    agency_id: int | None,
    person_ref: str,
    fields: Iterable[str],
    purpose: str,
    case_number: str,
) -> Entry:
    """One display of a person's data, to be written by `disclose_all`."""
    return {
        "id": 0,
        "digest": "",
        "at": at,
        **_actor(by),
        "agency_id": agency_id,
        "person_ref": person_ref,
        "fields": sorted(fields),
        "purpose": purpose,
        "case_number": case_number,
    }


def record_all(events: Sequence[Entry]) -> None:
    """Write acts, in their order. One query."""
    rows.insert(EVENTS, events)


def disclose_all(disclosures: Sequence[Entry]) -> None:
    """Write displays, in their order. One query."""
    rows.insert(DISCLOSURES, disclosures)


def record(
    verb: str,
    *,
    by: User | None,
    at: datetime,
    subject_type: str,
    subject_id: object,
    agency_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """One act. `by=None` is the system itself; `data` holds no personal data of applicants."""
    record_all(
        [
            event(
                verb,
                by=by,
                at=at,
                subject_type=subject_type,
                subject_id=subject_id,
                agency_id=agency_id,
                data=data,
            )
        ]
    )


def disclose(
    *,
    by: User | None,
    at: datetime,
    agency_id: int | None,
    person_ref: str,
    fields: Iterable[str],
    purpose: str,
    case_number: str,
) -> None:
    """One display of a person's data: the names of the fields shown, never their values."""
    disclose_all(
        [
            disclosure(
                by=by,
                at=at,
                agency_id=agency_id,
                person_ref=person_ref,
                fields=fields,
                purpose=purpose,
                case_number=case_number,
            )
        ]
    )


def _actor(by: User | None) -> Entry:
    if by is None:
        return {"actor_id": None, "actor_name": SYSTEM}
    return {"actor_id": by.pk, "actor_name": by.full_name or by.email}
