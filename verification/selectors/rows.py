"""One case as a line of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from verification import deadlines
from verification.models import Case, InitialAnswer
from verification.rules.next_act import NextAct, next_act


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with what to do next, the federal working days that are left (None: no date), and

    those that passed since anybody did anything with it.
    """

    case: Case
    next: NextAct
    days_left: int | None
    waited: int


def with_last_answer(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases with the photo and the reasons of their last answer, in the same query."""
    last = InitialAnswer.objects.filter(case=OuterRef("pk")).order_by("-at", "-id")
    return cases.annotate(
        last_photo_id=Subquery(last.values("photo_id")[:1]),
        last_reasons=Subquery(last.values("reasons")[:1]),
    ).select_related("handled_by")


def row_of(case: Case, today: date) -> CaseRow:
    """The line of a case that was read by `with_last_answer`."""
    return CaseRow(
        case,
        next_act(
            case,
            has_photo=case.last_photo_id is not None,  # type: ignore[attr-defined]
            reasons=case.last_reasons or [],  # type: ignore[attr-defined]
        ),
        deadlines.working_days_left(today, case.due_on) if case.due_on else None,
        -deadlines.working_days_left(today, case.last_action_at.date()),
    )
