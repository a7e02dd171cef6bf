"""The table of programs: the rows that come with the portal, and those that officers added.

A topic of which one row holds at a time (funding, where applied, use of SAVE) is told by its newest
row that has begun; of the others each row stands for itself. No row is ever taken back: a later
one takes its place from its day on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from agreements.programs.models import ProgramRow, Topic

# Of these one row holds at a time.
SINGLE = (Topic.FUNDING, Topic.APPLIED_AT, Topic.SAVE_USE, Topic.WHO)
CERTAINTY = {
    "program": "The program's own table",
    "read": "Read in the source",
    "published": "From published accounts; the source itself was not opened",
    "officer": "Added by the program office",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One dated row. `holds` is False for what a later row has replaced, and for the future."""

    benefit: str
    topic: str
    from_on: date
    text: str
    law: str
    source: str
    certainty: str
    added_by: str = ""
    holds: bool = True

    @property
    def topic_label(self) -> str:
        return str(Topic(self.topic).label)

    @property
    def certainty_label(self) -> str:
        return CERTAINTY[self.certainty]


@cache
def shipped() -> tuple[Row, ...]:
    """The rows that come with the portal, from `facts.csv`."""
    with files("agreements.programs").joinpath("facts.csv").open(encoding="utf-8") as file:
        return tuple(
            Row(
                benefit=row["benefit"],
                topic=str(Topic(row["topic"])),
                from_on=date.fromisoformat(row["from"]),
                text=row["text"],
                law=row["law"],
                source=row["source"],
                certainty=row["certainty"],
            )
            for row in csv.DictReader(file)
        )


def added(benefits: Sequence[str]) -> list[Row]:
    """The rows that officers added for these programs. One query."""
    return [
        Row(
            benefit=row.benefit,
            topic=row.topic,
            from_on=row.from_on,
            text=row.text,
            law=row.law,
            source=row.source,
            certainty="officer",
            added_by=row.by_name,
        )
        for row in ProgramRow.objects.filter(benefit__in=benefits)
    ]


def as_of(rows: Iterable[Row], on: date) -> list[Row]:
    """All rows, oldest first in each topic, marked with whether they hold on the day."""
    ordered = sorted(rows, key=lambda row: (list(Topic).index(Topic(row.topic)), row.from_on))
    marked = []
    for place, row in enumerate(ordered):
        begun = row.from_on <= on
        replaced = row.topic in SINGLE and any(
            later.topic == row.topic and later.benefit == row.benefit and later.from_on <= on
            for later in ordered[place + 1 :]
        )
        marked.append(
            Row(
                **{
                    name: getattr(row, name) for name in Row.__dataclass_fields__ if name != "holds"
                },
                holds=begun and not replaced,
            )
        )
    return marked


def table_of(benefit: str, *, on: date) -> list[Row]:
    """A program's rows with their history. One query."""
    return as_of([*(row for row in shipped() if row.benefit == benefit), *added([benefit])], on)


def use_of_save(rows: Iterable[Row], benefit: str, *, on: date) -> Row | None:
    """What holds on the day about the use of SAVE. No query."""
    own = (row for row in rows if row.benefit == benefit and row.topic == Topic.SAVE_USE)
    return next((row for row in as_of(own, on) if row.holds), None)
