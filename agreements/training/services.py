"""Taking a tutorial: read the lessons, answer the questions, get the certificate."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from agreements.training.catalog import Tutorial, tutorial_for
from agreements.training.errors import TrainingError
from agreements.training.models import Attempt, Certificate
from agreements.training.state import SOON, Kind, state_of
from save_portal import audit
from save_portal.accounts.models import User
from save_portal.calendar.local import local_date
from save_portal.outbox import queue

_random = secrets.SystemRandom()
VALID_FOR = 1  # years
REMIND_BEFORE = (SOON, timedelta(days=7))
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def local_day(person: User, at: datetime) -> date:
    """The day on the person's own calendar."""
    zone = person.agency.time_zone if person.agency is not None else settings.TIME_ZONE
    return local_date(at, zone)


@transaction.atomic
def begin(*, by: User, at: datetime) -> Attempt:
    """The passage that is open, or a new one. One that was left in an older version starts anew."""
    tutorial = _tutorial(by)
    # The account's row makes two windows wait for each other.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    attempt = Attempt.objects.select_for_update().filter(user=by, finished_at=None).first()
    if attempt is None:
        return Attempt.objects.create(
            user=by,
            agency_id=by.agency_id,
            tutorial=tutorial.code,
            version=tutorial.version,
            started_at=at,
        )
    if f"{attempt.tutorial} {attempt.version}" != tutorial.key:
        attempt.tutorial, attempt.version, attempt.started_at = tutorial.code, tutorial.version, at
        attempt.lessons_read, attempt.asked = [], []
        attempt.save()
    return attempt


@transaction.atomic
def read_lesson(*, lesson_id: str, by: User, at: datetime) -> Attempt:
    """The person says that the lesson was read."""
    attempt = begin(by=by, at=at)
    if _tutorial(by).lesson(lesson_id) is None:
        raise TrainingError("There is no such lesson.", status_code=404)
    if lesson_id not in attempt.lessons_read:
        attempt.lessons_read.append(lesson_id)
        attempt.save(update_fields=["lessons_read"])
    return attempt


@transaction.atomic
def ask(*, by: User, at: datetime) -> Attempt:
    """The questions of the passage, drawn once; after all lessons were read."""
    attempt, tutorial = begin(by=by, at=at), _tutorial(by)
    unread = [lesson for lesson in tutorial.lessons if lesson.id not in attempt.lessons_read]
    if unread:
        raise TrainingError(
            f"Read “{unread[0].title}” first. The questions come after the lessons."
        )
    if not attempt.asked:
        attempt.asked = [
            {
                "id": question.id,
                "order": _random.sample(range(len(question.options)), k=len(question.options)),
            }
            for question in _random.sample(tutorial.questions, k=tutorial.ask)
        ]
        attempt.save(update_fields=["asked"])
    return attempt


@transaction.atomic
def answer(*, attempt_id: int, chosen: Mapping[str, str], by: User, at: datetime) -> Attempt:
    """Judge the answers, once: what is sent again, or of a finished passage, changes nothing.

    `chosen` gives by question the place, as shown, of the answer. A passage that is not this
    person's, and an answer that was not offered, are refused.
    """
    tutorial = _tutorial(by)
    attempt = Attempt.objects.select_for_update().filter(pk=attempt_id, user=by).first()
    if attempt is None:
        raise TrainingError("There is no such passage.", status_code=404)
    if attempt.finished_at is not None:
        return attempt
    if f"{attempt.tutorial} {attempt.version}" != tutorial.key or not attempt.asked:
        raise TrainingError("These questions are no longer current. Begin the tutorial again.")
    places = {
        each["id"]: {str(place): option for place, option in enumerate(each["order"])}
        for each in attempt.asked
    }
    if open_ones := tuple(name for name in places if chosen.get(name) not in places[name]):
        raise TrainingError("Answer each question.", status_code=422, fields=open_ones)
    options = {name: places[name][chosen[name]] for name in places}
    wrong = [name for name, option in options.items() if option != 0]
    attempt.answers, attempt.right = options, len(options) - len(wrong)
    attempt.passed = attempt.right >= tutorial.pass_mark
    attempt.finished_at = at
    attempt.save()
    if attempt.passed:
        _certify(attempt, tutorial, by=by, at=at)
    else:
        _again(attempt, tutorial, wrong, at=at)
    audit.record(
        "passed_tutorial" if attempt.passed else "failed_tutorial",
        by=by,
        at=at,
        subject_type="user",
        subject_id=by.pk,
        agency_id=by.agency_id,
        data={"tutorial": tutorial.key, "right": attempt.right, "asked": len(options)},
    )
    return attempt


def _certify(attempt: Attempt, tutorial: Tutorial, *, by: User, at: datetime) -> None:
    today = local_day(by, at)
    until = _years_after(today, VALID_FOR) - timedelta(days=1)
    place = by.agency.in_full if by.agency is not None else str(by.office)
    Certificate.objects.create(
        number=f"T{today.year}-" + "".join(secrets.choice(LETTERS) for _ in range(8)),
        attempt=attempt,
        user=by,
        agency_id=by.agency_id,
        full_name=by.full_name,
        organization=place,
        tutorial=tutorial.code,
        version=tutorial.version,
        title=tutorial.title,
        right=attempt.right or 0,
        asked=len(attempt.asked),
        issued_at=at,
        valid_until=until,
    )
    by.trained_as, by.trained_until = tutorial.key, until
    by._history_user = by  # type: ignore[attr-defined]
    by.save(update_fields=["trained_as", "trained_until"])


def _again(attempt: Attempt, tutorial: Tutorial, wrong: list[str], *, at: datetime) -> None:
    """A new passage at once; the lessons behind the wrong answers are to be read again."""
    missed = {tutorial.question(name).lesson for name in wrong}
    Attempt.objects.create(
        user_id=attempt.user_id,
        agency_id=attempt.agency_id,
        tutorial=attempt.tutorial,
        version=attempt.version,
        started_at=at,
        lessons_read=[lesson for lesson in attempt.lessons_read if lesson not in missed],
    )


def remind(*, at: datetime) -> int:
    """Mail whose training runs out within 30 and within 7 days, each once. Runs over all agencies.

    Also those whose tutorial has changed since they took it, once for each version.
    """
    reminded = 0
    trained = User.objects.active().filter(trained_until__isnull=False)
    for person in trained.select_related("agency").iterator(chunk_size=500):
        today = local_day(person, at)
        state = state_of(person, on=today)
        key = ""
        if state.kind is Kind.CHANGED and state.tutorial is not None:
            key = f"training.changed:{person.pk}:{state.tutorial.key}"
        elif state.kind is Kind.SOON and person.trained_until is not None:
            left = person.trained_until - today
            nearest = min(days for days in REMIND_BEFORE if left <= days)
            key = f"training.soon:{person.pk}:{person.trained_until}:{nearest.days}"
        if key:
            queue.mail(
                to_user_id=person.pk,
                template="training",
                context={"sentence": state.sentence},
                key=key,
            )
            reminded += 1
    return reminded


def _tutorial(person: User) -> Tutorial:
    tutorial = tutorial_for(person.role)
    if tutorial is None:
        raise TrainingError("Your role needs no tutorial.", status_code=404)
    return tutorial


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
