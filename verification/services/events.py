"""Events: noted with the act, put in the agency's order when read, kept until acknowledged.

At least once: an event that nobody acknowledged comes again with every poll.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.machines import webhooks
from verification.enums import Benefit, EventKind
from verification.errors import CaseError
from verification.models import Case, Event

# The first half of the advisory lock that orders an agency's events; the second is the agency.
LOCK = 7001


class NoSuchEvent(CaseError):
    """Not there, or another agency's."""

    status_code = 404


def note(case: Case, kind: EventKind, *, at: datetime) -> None:
    """Note an event in the act's own transaction, where the agency has a machine. One query.

    Of a case about voter eligibility no system hears (S1.5).
    """
    if Benefit.VOTER_ELIGIBILITY in case.benefits:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO verification_event (agency_id, case_id, kind, at)
            SELECT %(agency)s, %(case)s, %(kind)s, %(at)s
            WHERE EXISTS (
                SELECT FROM machines_client WHERE agency_id = %(agency)s AND ended_at IS NULL
            )
            RETURNING id
            """,
            {"agency": case.agency_id, "case": case.pk, "kind": str(kind), "at": at},
        )
        found = cursor.fetchone()
    if found is not None:
        webhooks.announce(
            agency_id=case.agency_id,
            key=f"event:{found[0]}",
            kind=f"case.{kind}",
            at=at,
            data={"case_number": case.number, "case": f"/api/v1/cases/{case.number}"},
        )


def place_new(*, agency_id: int) -> None:
    """Give the events that nobody has read yet their places behind all others. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, agency_id % 2**31])
        cursor.execute(
            """
            UPDATE verification_event AS event SET position = fresh.place
            FROM (
                SELECT id, row_number() OVER (ORDER BY id) + coalesce(
                    (SELECT max(position) FROM verification_event WHERE agency_id = %(agency)s), 0
                ) AS place
                FROM verification_event
                WHERE agency_id = %(agency)s AND position IS NULL
            ) AS fresh
            WHERE event.id = fresh.id
            """,
            {"agency": agency_id},
        )


@transaction.atomic
def acknowledge(*, position: int, by: User, at: datetime) -> Event:
    """Say that the event was picked up; it does not come again. Twice is once."""
    event = (
        Event.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(agency=by.agency, position=position)
        .first()
    )
    if event is None:
        raise NoSuchEvent("There is no such event.")
    if event.acknowledged_at is None:
        event.acknowledged_at = at
        event.save(update_fields=["acknowledged_at"])
        audit.record(
            "event.acknowledged",
            by=by,
            at=at,
            subject_type="case",
            subject_id=event.case.number,
            agency_id=event.agency_id,
            data={"event": position, "kind": event.kind},
        )
    return event
