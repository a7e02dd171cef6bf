"""The times that the program promises: what holds, what will, and who set it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from verification import deadlines
from verification.enums import Promise
from verification.models import AnswerTime


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds today for one promise."""

    promise: Promise
    least: int
    most: int


def answer_times(*, today: date) -> tuple[list[InForce], list[AnswerTime]]:
    """(what holds today, one a promise; all that was ever set, newest first)."""
    holds = [InForce(promise, *deadlines.days_for(promise, on=today)) for promise in Promise]
    return holds, list(AnswerTime.objects.select_related("by")[:200])
