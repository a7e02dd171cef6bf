"""The first step of every write to a case: find it as this person may, and lock its row."""

from __future__ import annotations

from save_portal.accounts.models import User
from verification.errors import NoSuchCase as NoSuchCase
from verification.models import Case


def lock_case(number: str, *, by: User) -> Case:
    """The case, locked until the transaction ends. One query."""
    case = (
        Case.objects.visible_to(by)
        .select_related("agency")
        .select_for_update(of=("self",))
        .filter(number=number)
        .first()
    )
    if case is None:
        raise NoSuchCase("There is no such case among those you may see.")
    return case
