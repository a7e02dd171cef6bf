"""Cases as a machine reads them: a page of a list, by keys that hold while cases are added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from save_portal.accounts.models import User
from save_portal.web.keyset import Page, decode, paginate
from verification.models import Case, InitialAnswer
from verification.querysets import CaseQuerySet

NEWEST_FIRST = ("-created_at", "-id")
# Whoever asks for what changed reads forward, and goes on where the last page ended.
BY_CHANGE = ("last_action_at", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to. The ranges take in their beginning and leave out their end."""

    status: str = ""
    step: str = ""
    waiting_for: str = ""
    benefit: str = ""
    reference: str = ""
    user: str = ""
    created_from: datetime | None = None
    created_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None

    @property
    def order(self) -> tuple[str, str]:
        by_change = self.updated_from is not None or self.updated_to is not None
        return BY_CHANGE if by_change else NEWEST_FIRST

    def apply(self, cases: CaseQuerySet) -> CaseQuerySet:
        if self.status:
            cases = cases.filter(status=self.status)
        if self.step:
            cases = cases.at_step(self.step)
        if self.waiting_for:
            cases = cases.waiting_for(self.waiting_for)
        return cases.filter(**self._equal(), **self._ranges())

    def _equal(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.benefit:
            found["benefits__contains"] = [self.benefit]
        if self.reference:
            found["agency_reference"] = self.reference
        if self.user:
            found["handled_by_id"] = int(self.user)
        return found

    def _ranges(self) -> dict[str, datetime]:
        ranges = {
            "created_at__gte": self.created_from,
            "created_at__lt": self.created_to,
            "last_action_at__gte": self.updated_from,
            "last_action_at__lt": self.updated_to,
        }
        return {name: value for name, value in ranges.items() if value is not None}


def is_cursor(cursor: str) -> bool:
    """Whether it is one that a page gave: a direction, an instant and a number."""
    decoded = decode(cursor, 2)
    if decoded is None:
        return False
    instant, number = decoded[1]
    try:
        datetime.fromisoformat(str(instant))
    except ValueError:
        return False
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**63


def cases(*, user: User, wanted: Wanted, cursor: str | None, size: int) -> Page[Case]:
    """One query, whatever the number of cases."""
    last = InitialAnswer.objects.filter(case=OuterRef("pk")).order_by("-at", "-id")
    found = (
        wanted.apply(Case.objects.visible_to(user))
        .annotate(
            last_outcome=Subquery(last.values("outcome")[:1]),
            last_reasons=Subquery(last.values("reasons")[:1]),
        )
        .select_related("handled_by")
    )
    return paginate(found, order=wanted.order, cursor=cursor, size=size)
