"""One case as a line of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import OuterRef, QuerySet, Subquery

from verification import deadlines
from verification.models import Case, InitialAnswer

if TYPE_CHECKING:
    from verification.rules.next_act import NextAct


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with what to do next and the federal working days that are left (None: no date)."""

    case: Case
    next: NextAct
    days_left: int | None


def with_last_answer(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases with the photo and the reasons of their last answer, in the same query."""
    last = InitialAnswer.objects.filter(case=OuterRef("pk")).order_by("-at", "-id")
    return cases.annotate(
        last_photo_id=Subquery(last.values("photo_id")[:1]),
        last_reasons=Subquery(last.values("reasons")[:1]),
    ).select_related("handled_by")


def days_left(case: Case, today: date) -> int | None:
    return deadlines.working_days_left(today, case.due_on) if case.due_on else None
