"""Giving open cases to a colleague: one, several, or all of somebody who goes on leave.

A move is no act on the case: its age, its due date and its 180 days go on, so that nothing is
made young by passing it around. It is undone by moving back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from save_portal import audit, rows
from save_portal.accounts.models import User
from save_portal.outbox import queue
from verification import policies
from verification.errors import CaseError
from verification.models import Case, CaseMove
from verification.querysets import CaseQuerySet


def move(*, case_numbers: Sequence[str], to_id: int, by: User, at: datetime) -> int:
    """Give these cases to a colleague; how many were moved.

    Closed cases, cases of others and those that the colleague has already are left out.
    """
    return _move(Case.objects.filter(number__in=case_numbers), to_id=to_id, by=by, at=at)


def move_all(*, from_id: int, to_id: int, by: User, at: datetime) -> int:
    """Give every open case of one person to a colleague; how many were moved."""
    return _move(Case.objects.filter(handled_by_id=from_id), to_id=to_id, by=by, at=at)


def move_back(*, move_id: int, by: User, at: datetime) -> int:
    """Give the cases of one earlier act back to who had them, where the taker still has them."""
    policies.check_can_move_cases(by=by)
    made = CaseMove.objects.filter(pk=move_id, agency=by.agency).first()
    if made is None:
        raise CaseError("There is no such move.")
    together = CaseMove.objects.filter(
        agency_id=made.agency_id,
        at=made.at,
        by=made.by_id,
        giver=made.giver_id,
        taker=made.taker_id,
    )
    cases = Case.objects.filter(pk__in=together.values("case"), handled_by_id=made.taker_id)
    return _move(cases, to_id=made.giver_id, by=by, at=at)


def _move(cases: CaseQuerySet, *, to_id: int, by: User, at: datetime) -> int:
    """Seven queries, however many cases."""
    policies.check_can_move_cases(by=by)
    taker = User.objects.filter(pk=to_id, agency_id=by.agency_id).first()
    if taker is None or not policies.can_handle_cases(taker):
        raise CaseError("Choose a colleague of your agency who works on cases.")
    # Locked in one order everywhere, so that two moves never wait for each other in a ring.
    given = list(
        (cases & Case.objects.visible_to(by).open())
        .exclude(handled_by_id=taker.pk)
        .select_for_update()
        .order_by("pk")
        .values_list("pk", "number", "handled_by_id")
    )
    if not given:
        return 0
    Case.objects.filter(pk__in=[pk for pk, _, _ in given]).update(
        handled_by=taker,
        group_id=taker.group_id,
        version=F("version") + 1,
        changed_by=by,
        change_reason="case.moved",
    )
    rows.insert(
        CaseMove._meta.db_table,
        [
            {
                "case_id": pk,
                "agency_id": by.agency_id,
                "at": at,
                "by_id": by.pk,
                "giver_id": giver,
                "taker_id": taker.pk,
            }
            for pk, _, giver in given
        ],
    )
    audit.record_all(
        [
            audit.event(
                "case.moved",
                by=by,
                at=at,
                subject_type="case",
                subject_id=number,
                agency_id=by.agency_id,
                data={"from": giver, "to": taker.pk},
            )
            for _, number, giver in given
        ]
    )
    if taker.pk != by.pk:
        queue.mail(
            to_user_id=taker.pk,
            template="cases_moved",
            context={"count": len(given), "case_number": given[0][1] if len(given) == 1 else ""},
            key=f"cases.moved:{by.pk}:{taker.pk}:{at.isoformat()}",
        )
    return len(given)
