"""How records are read: by identifier, through the index, and all from one state of it (S8)."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.db import connection

from verification.records.answer import Uploads
from verification.records.held import Held, Identifier
from verification.records.models import IndexBuild
from verification.records.namebook import PeoplesNames

MOST_RECORDS = 60  # more than this behind one number is no one person

Answered = TypeVar("Answered")

COLUMNS = """record.id, record.system, record.record_id,
            (record.updated_at AT TIME ZONE 'UTC')::date AS updated_on, record.family_name,
            record.given_name, record.middle_name, record.date_of_birth, record.a_number,
            record.country_of_birth, record.country_of_citizenship, upload.columns,
            record.own_values, record.photo_id, record.sex"""

BY_IDENTIFIER = f"""
SELECT build.id, record.*
FROM (SELECT coalesce(max(id), 0) AS id FROM records_indexbuild) build
LEFT JOIN LATERAL (
    SELECT DISTINCT ON (held.id) held.*
    FROM unnest(%s::text[], %s::text[]) AS wanted(kind, value)
    CROSS JOIN LATERAL (
        SELECT {COLUMNS}
        FROM records_indexentry entry
        JOIN records_sourcerecord record ON record.id = entry.record_pk
        JOIN records_sourceupload upload ON upload.id = record.upload_id
        WHERE entry.value = wanted.value AND entry.kind = wanted.kind
        LIMIT %s
    ) held
) record ON true
"""  # noqa: S608 (our own columns)


NAMESAKES = f"""
SELECT {COLUMNS}
FROM records_sourcerecord record
JOIN records_sourceupload upload ON upload.id = record.upload_id
WHERE record.date_of_birth = %s AND record.family_name = ANY(%s)
    AND record.replaced_in IS NULL AND record.closed_at IS NULL
ORDER BY record.id
LIMIT %s
"""  # noqa: S608 (our own columns)


class IndexMoved(Exception):
    """The index was brought up to date between two reads that belong together."""


class Records:
    """The records behind identifiers, all as one state of the index has them, each read once.

    For one question that is two queries, and one more for the uploads. A batch of questions calls
    `fetch` with the identifiers of all of them first, and takes no more queries than one.
    """

    def __init__(self) -> None:
        self._build: int | None = None
        self._by_pk: dict[int, Held] = {}
        self._by_identifier: dict[Identifier, list[Held]] = {}
        self.book = PeoplesNames()

    def _seen(self, build: int) -> None:
        """Each query sees what was committed before it; two that see different states are none."""
        if self._build not in (None, build):
            raise IndexMoved
        self._build = build

    @cached_property
    def uploads(self) -> Uploads:
        """One query: each system with the day that its newest upload in the index speaks of."""
        newest = IndexBuild.objects.order_by("-pk").values_list("pk", "as_of").first()
        build, as_of = newest or (0, {})
        self._seen(build)
        return tuple(sorted(as_of.items()))

    def find(self, identifiers: Iterable[Identifier]) -> list[Held]:
        """The records that answer for any of the identifiers."""
        wanted = set(identifiers)
        self.fetch(wanted)
        found = {held.pk: held for number in wanted for held in self._by_identifier[number]}
        return [found[pk] for pk in sorted(found)]

    def fetch(self, identifiers: Iterable[Identifier]) -> None:
        """One query for those that were not read yet; none when all were."""
        wanted = sorted({one for one in identifiers if one not in self._by_identifier})
        if not wanted:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                BY_IDENTIFIER,
                [[kind for kind, _ in wanted], [value for _, value in wanted], MOST_RECORDS + 1],
            )
            rows = cursor.fetchall()
        self._seen(rows[0][0])
        self._by_identifier |= {number: [] for number in wanted}
        asked = set(wanted)
        for _, *row in rows:
            if row[0] is None:
                continue
            held = self._by_pk.setdefault(row[0], held_of(row))
            for number in held.identifiers & asked:
                self._by_identifier[number].append(held)


def namesakes(born: date, family_names: Iterable[str]) -> list[Held]:
    """One query: who else was born that day under one of these family names. Never an answer."""
    with connection.cursor() as cursor:
        cursor.execute(NAMESAKES, [born, sorted(set(family_names)), MOST_RECORDS])
        return [held_of(list(row)) for row in cursor.fetchall()]


def from_one_index(ask: Callable[[Records], Answered]) -> Answered:
    """What `ask` makes of the records; asked again when the index moved on meanwhile."""
    while True:
        try:
            return ask(Records())
        except IndexMoved:
            continue


def find(identifiers: Iterable[Identifier]) -> list[Held]:
    """The records that answer for any of the identifiers. One query."""
    return Records().find(identifiers)


def held_of(row: list[Any]) -> Held:
    return Held(
        pk=row[0],
        system=row[1],
        record_id=row[2],
        updated_on=row[3],
        family_name=row[4],
        given_name=row[5],
        middle_name=row[6],
        date_of_birth=row[7],
        a_number=row[8],
        country_of_birth=row[9],
        country_of_citizenship=row[10],
        own={
            name: value for name, value in zip(row[11], row[12], strict=True) if value is not None
        },
        photo_id=row[13],
        sex=row[14],
    )
