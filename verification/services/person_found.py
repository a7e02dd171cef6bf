"""The answer of a person query as pages show it: boxes of systems, and tables of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from verification.records.pcqs import FoundPerson, PersonQueryResult, Shared, SystemResult
from verification.records.systems import SYSTEMS
from verification.services.common_timeline import (
    JOINED_BY,
    CommonTimeline,
    timeline_of,
)
from verification.services.side_by_side import text_of

STATES = {
    "found": "Found",
    "nothing": "No record",
    "not_asked": "Not asked",
    "not_loaded": "No upload yet",
    "not_permitted": "Not open to you",
    "failed": "Does not answer now",
}
NUMBERS = {**JOINED_BY, "card": "card or receipt", "naturalization": "certificate",
           "citizenship": "certificate"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A system with what came of asking it."""

    system: SystemResult
    said: str

    @property
    def tag(self) -> str:
        return {"found": "t-same", "failed": "t-over", "not_permitted": "t-lock"}.get(
            self.system.state, "t-plain"
        )


@dataclass(frozen=True, slots=True)
class Tied:
    kind: str
    value: str
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One person: a table with a column for each record, what ties them, and their way."""

    found: FoundPerson
    name: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    ties: tuple[Tied, ...]
    timeline: CommonTimeline


@dataclass(frozen=True, slots=True)
class Found:
    boxes: tuple[Box, ...]
    people: tuple[Person, ...]
    shared: tuple[Tied, ...]
    restricted: bool
    cut_off: bool


def system_choices() -> list[tuple[str, str]]:
    """(name, name with what it holds) of every system."""
    return [(name, f"{name}: {system.holds}") for name, system in SYSTEMS.items()]


def as_found(result: PersonQueryResult, *, today: date) -> Found:
    return Found(
        boxes=tuple(Box(box, STATES[box.state]) for box in result.systems),
        people=tuple(_person(person, today) for person in result.people),
        shared=tuple(_tied(each) for each in result.shared),
        restricted=result.restricted,
        cut_off=result.cut_off,
    )


def _person(person: FoundPerson, today: date) -> Person:
    entries = person.entries
    columns = list(
        dict.fromkeys(
            name for entry in entries for name in entry.values if name not in ("record_id",)
        )
    )
    first = next((e for e in entries if e.values.get("family_name")), entries[0])
    return Person(
        found=person,
        name=", ".join(
            filter(None, [first.values.get("family_name"), first.values.get("given_name")])
        ),
        rows=tuple(
            (column, tuple(text_of(column, entry.values.get(column, "")) for entry in entries))
            for column in columns
        ),
        ties=tuple(
            Tied(NUMBERS.get(tie.kind, tie.kind), tie.value, tie.refs) for tie in person.ties
        ),
        timeline=timeline_of(person.chain, today=today),
    )


def _tied(shared: Shared) -> Tied:
    return Tied(NUMBERS.get(shared.kind, shared.kind), shared.value, shared.refs)
