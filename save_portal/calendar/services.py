"""Editing the table of closures: by the program office only, and on record."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from save_portal.calendar import federal
from save_portal.calendar.models import Closure


@transaction.atomic
def save_closure(
    *,
    by: User,
    at: datetime,
    on: date,
    name: str,
    cite: str,
    is_closed: bool,
    closure_id: int | None = None,
) -> Closure:
    """Adds a day, or changes the row `closure_id`; due dates are counted anew from then on."""
    if not by.can(Permission.MANAGE_PROGRAM):
        raise PermissionDenied("Only the program office edits the days on which offices close.")
    if closure_id is None:
        closure = Closure()
    else:
        closure = Closure.objects.select_for_update().get(pk=closure_id)
    before = _facts(closure) if closure.pk else None
    closure.on, closure.name, closure.cite, closure.is_closed = on, name, cite, is_closed
    after = _facts(closure)
    if before == after:
        return closure
    closure._history_user = by  # type: ignore[attr-defined]
    closure.save()
    audit.record(
        "added_closure" if before is None else "changed_closure",
        by=by,
        at=at,
        subject_type="closure",
        subject_id=closure.pk,
        data={"before": before, "after": after},
    )
    transaction.on_commit(federal.forget)
    return closure


def _facts(closure: Closure) -> dict[str, object]:
    return {
        "on": closure.on.isoformat(),
        "name": closure.name,
        "cite": closure.cite,
        "is_closed": closure.is_closed,
    }
