"""What the pages of the tutorial show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agreements.training.catalog import Lesson, Question, Tutorial, tutorial_for, tutorials
from agreements.training.models import Attempt, Certificate
from agreements.training.services import local_day
from agreements.training.state import State, state_of
from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class TrainingPage:
    """Where somebody stands: state, lessons with whether each was read, certificates."""

    state: State
    tutorial: Tutorial | None
    lessons: list[tuple[Lesson, bool]]
    all_read: bool
    next: Lesson | None
    certificates: list[Certificate]
    failed: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is shown: its answers in their shuffled order, with what is chosen."""

    id: str
    text: str
    options: list[tuple[str, str, bool]]
    missing: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A finished passage; of a failed one the lessons to read again, never the right answers."""

    attempt: Attempt
    tutorial: Tutorial | None
    certificate: Certificate | None
    again: list[Lesson]


def training_page(*, user: User, at: datetime) -> TrainingPage:
    """Two queries."""
    tutorial = tutorial_for(user.role)
    attempts = list(Attempt.objects.filter(user=user).order_by("-id")[:20])
    open_one = next((one for one in attempts if one.finished_at is None), None)
    current = tutorial and open_one and f"{open_one.tutorial} {open_one.version}" == tutorial.key
    read = set(open_one.lessons_read) if open_one and current else set()
    lessons = [(lesson, lesson.id in read) for lesson in tutorial.lessons] if tutorial else []
    return TrainingPage(
        state=state_of(user, on=local_day(user, at)),
        tutorial=tutorial,
        lessons=lessons,
        all_read=all(done for _, done in lessons),
        next=next((lesson for lesson, done in lessons if not done), None),
        certificates=list(Certificate.objects.filter(user=user)[:10]),
        failed=sum(1 for one in attempts if one.finished_at and not one.passed),
    )


def asked_of(
    attempt: Attempt, *, chosen: dict[str, str] | None = None, missing: tuple[str, ...] = ()
) -> list[Asked]:
    """The questions of a passage. No query."""
    tutorial = tutorials()[attempt.tutorial]
    found = []
    for each in attempt.asked:
        question: Question = tutorial.question(each["id"])
        found.append(
            Asked(
                id=question.id,
                text=question.text,
                options=[
                    (
                        str(place),
                        question.options[option],
                        (chosen or {}).get(each["id"]) == str(place),
                    )
                    for place, option in enumerate(each["order"])
                ],
                missing=question.id in missing,
            )
        )
    return found


def result_of(*, user: User, attempt_id: int) -> Result | None:
    """Two queries; None for a passage of somebody else, or one that is not finished."""
    attempt = Attempt.objects.filter(pk=attempt_id, user=user, finished_at__isnull=False).first()
    if attempt is None:
        return None
    tutorial = tutorials().get(attempt.tutorial)
    wrong = {name for name, option in attempt.answers.items() if option != 0}
    missed = {
        question.lesson
        for question in (tutorial.questions if tutorial else ())
        if question.id in wrong
    }
    return Result(
        attempt=attempt,
        tutorial=tutorial,
        certificate=Certificate.objects.filter(attempt=attempt).first(),
        again=[lesson for lesson in (tutorial.lessons if tutorial else ()) if lesson.id in missed],
    )


def certificate_of(*, user: User, number: str) -> Certificate | None:
    """A certificate that this person may see: the own one, or of somebody they keep."""
    found: Any = Certificate.objects.filter(number=number)
    if not user.can(Permission.MANAGE_PEOPLE):
        found = found.filter(user=user)
    elif user.agency_id is not None:
        found = found.filter(agency_id=user.agency_id)
    certificate: Certificate | None = found.first()
    return certificate
