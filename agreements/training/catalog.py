"""The tutorials, read from `tutorials/*.toml`. A file that contradicts itself stops the start.

A tutorial may include others: a supervisor learns what a caseworker learns, and more. Its version
names the versions of all its parts, so that a change in one of them is a change in each that
includes it, and everybody takes it again.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from save_portal.accounts.roles import Role


@dataclass(frozen=True, slots=True)
class Lesson:
    id: str
    title: str
    rule: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """`options` in the order of the file; the first is the right one, and pages shuffle them."""

    id: str
    lesson: str
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tutorial:
    """What one role learns. `ask` questions are drawn, `pass_mark` of them must be right."""

    code: str
    title: str
    version: str
    roles: tuple[str, ...]
    covers: frozenset[str]
    minutes: int
    ask: int
    pass_mark: int
    lessons: tuple[Lesson, ...]
    questions: tuple[Question, ...]

    @property
    def key(self) -> str:
        """Which tutorial in which version: what a certificate is for."""
        return f"{self.code} {self.version}"

    def lesson(self, lesson_id: str) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.id == lesson_id), None)

    def question(self, question_id: str) -> Question:
        return next(question for question in self.questions if question.id == question_id)


@cache
def tutorials() -> dict[str, Tutorial]:
    """All tutorials by their codes."""
    raw = {}
    for file in sorted(files(__package__).joinpath("tutorials").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            parsed = tomllib.loads(file.read_text(encoding="utf-8"))
            raw[parsed["code"]] = parsed
    return {code: _tutorial(code, raw) for code in raw}


def _tutorial(code: str, raw: dict[str, dict]) -> Tutorial:
    own = raw[code]
    parts = [raw[included] for included in own["includes"]] + [own]
    lessons = tuple(
        Lesson(lesson["id"], lesson["title"], lesson["rule"], tuple(lesson["text"]))
        for part in parts
        for lesson in part["lessons"]
    )
    questions = tuple(
        Question(
            question["id"],
            question["lesson"],
            question["text"],
            (question["right"], *question["wrong"]),
        )
        for part in parts
        for question in part["questions"]
    )
    made = Tutorial(
        code=code,
        title=own["title"],
        version=".".join(str(part["version"]) for part in parts),
        roles=tuple(own["roles"]),
        covers=frozenset({code, *own["includes"]}),
        minutes=sum(part["minutes"] for part in parts),
        ask=own["ask"],
        pass_mark=own["pass_mark"],
        lessons=lessons,
        questions=questions,
    )
    check(made)
    return made


def check(tutorial: Tutorial) -> None:
    """Raise ValueError where a tutorial cannot be taken as it is written."""
    known = {lesson.id for lesson in tutorial.lessons}
    names = Counter(question.id for question in tutorial.questions)
    if len(known) != len(tutorial.lessons) or max(names.values()) > 1:
        raise ValueError(f"{tutorial.code}: a lesson or question is named twice.")
    if not {question.lesson for question in tutorial.questions} == known:
        raise ValueError(f"{tutorial.code}: each lesson has its questions, and no other has any.")
    if any(len(set(question.options)) < 3 for question in tutorial.questions):
        raise ValueError(f"{tutorial.code}: a question has three different answers or more.")
    if not 0 < tutorial.pass_mark <= tutorial.ask < len(tutorial.questions):
        raise ValueError(f"{tutorial.code}: draw fewer questions than there are, pass with fewer.")
    if unknown := set(tutorial.roles) - set(Role):
        raise ValueError(f"{tutorial.code}: there is no role {unknown}.")


@cache
def tutorial_for(role: str) -> Tutorial | None:
    """What somebody of the role must have passed; None where the role has none."""
    return next((each for each in tutorials().values() if role in each.roles), None)


@cache
def accepted_for(role: str) -> frozenset[str]:
    """The keys of the tutorials, in force, that cover what the role must know."""
    wanted = tutorial_for(role)
    if wanted is None:
        return frozenset()
    return frozenset(each.key for each in tutorials().values() if wanted.code in each.covers)
