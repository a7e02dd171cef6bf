"""How records are read: by identifier, through the index, and all from one state of it (S8)."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.db import connection

from verification.records.answer import Uploads
from verification.records.chain import Joined
from verification.records.held import Held, Identifier
from verification.records.models import IndexBuild, SourceUpload
from verification.records.namebook import Bearers, PeoplesNames

MOST_RECORDS = 60  # more than this behind one number is no one person

Answered = TypeVar("Answered")

COLUMNS = """record.id, record.system, record.record_id,
            (record.updated_at AT TIME ZONE 'UTC')::date AS updated_on, record.family_name,
            record.given_name, record.middle_name, record.date_of_birth, record.a_number,
            record.country_of_birth, record.country_of_citizenship, record.upload_id,
            record.own_values, record.photo_id, record.sex"""

UPLOAD = 11  # the place of the upload among them

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
        WHERE entry.value = wanted.value AND entry.kind = wanted.kind
        LIMIT %s
    ) held
) record ON true
"""  # noqa: S608 (our own columns)


NAMESAKES = f"""
SELECT record.*
FROM (SELECT DISTINCT * FROM unnest(%s::date[], %s::text[]) AS typed(born, family)) wanted
CROSS JOIN LATERAL (
    SELECT {COLUMNS}
    FROM records_sourcerecord record
    WHERE record.date_of_birth = wanted.born AND record.family_name = wanted.family
        AND record.replaced_in IS NULL AND record.closed_at IS NULL
    ORDER BY record.id
    LIMIT %s
) record
"""  # noqa: S608 (our own columns)

# What hangs on a record and what it hangs on. A petition may be for very many people: those born
# on its own person's day come first.
JOINED = f"""
SELECT build.id, joined.*
FROM (SELECT coalesce(max(id), 0) AS id FROM records_indexbuild) build
LEFT JOIN LATERAL (
    SELECT near.*
    FROM unnest(%s::bigint[], %s::date[]) AS own(id, born)
    CROSS JOIN LATERAL (
        SELECT pair.kind, pair.later_pk, pair.earlier_pk, {COLUMNS}
        FROM (
            SELECT kind, later_pk, earlier_pk, earlier_pk AS other
            FROM records_chainjoin WHERE later_pk = own.id
            UNION ALL
            SELECT kind, later_pk, earlier_pk, later_pk
            FROM records_chainjoin WHERE earlier_pk = own.id
        ) pair
        JOIN records_sourcerecord record ON record.id = pair.other
        ORDER BY record.date_of_birth IS DISTINCT FROM own.born, record.id
        LIMIT %s
    ) near
) joined ON true
"""  # noqa: S608 (our own columns)

Namesakes = tuple[date, str]  # a day of birth, and a family name as it is on record


class IndexMoved(Exception):
    """The index was brought up to date between two reads that belong together."""


class Known:
    """What belongs to one state of the index and never changes: read once in a process."""

    def __init__(self) -> None:
        self.uploads: Uploads | None = None
        self.bearers: dict[str, Bearers] = {}


KEPT_STATES, KEPT_NAMES = 4, 50_000
_known: OrderedDict[int, Known] = OrderedDict()


def known_of(build: int) -> Known:
    """What this process knows of the state; the oldest states are forgotten."""
    known = _known.setdefault(build, Known())
    while len(_known) > KEPT_STATES:
        _known.popitem(last=False)
    if len(known.bearers) > KEPT_NAMES:
        known.bearers = {}
    return known


class Records:
    """The records behind identifiers, all as one state of the index has them, each read once.

    For one question that is two queries, and one more for the uploads once a state and process. A
    batch of questions calls `fetch` with the identifiers of all of them first, and takes no more
    queries than one.
    """

    def __init__(self) -> None:
        self._build: int | None = None
        self._by_pk: dict[int, Held] = {}
        self._by_identifier: dict[Identifier, list[Held]] = {}
        self._namesakes: dict[Namesakes, list[Held]] = {}
        self._joined: dict[int, set[Joined]] = {}

    def _seen(self, build: int) -> None:
        """Each query sees what was committed before it; two that see different states are none."""
        if self._build not in (None, build):
            raise IndexMoved
        self._build = build

    @cached_property
    def book(self) -> PeoplesNames:
        """The names of the people on record; what was asked of this state is known already."""
        return PeoplesNames(None if self._build is None else known_of(self._build).bearers)

    @cached_property
    def uploads(self) -> Uploads:
        """Each system with the day that its newest upload in the index speaks of. One query."""
        if self._build is not None and (kept := known_of(self._build).uploads) is not None:
            return kept
        newest = IndexBuild.objects.order_by("-pk").values_list("pk", "as_of").first()
        build, as_of = newest or (0, {})
        self._seen(build)
        uploads = tuple(sorted(as_of.items()))
        if build:
            known_of(build).uploads = uploads
        return uploads

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
        new = [row[1:] for row in rows if row[1] is not None and row[1] not in self._by_pk]
        self._by_pk |= {held.pk: held for held in helds_of(new)}
        for pk in {row[1] for row in rows if row[1] is not None}:
            held = self._by_pk[pk]
            for number in held.identifiers & asked:
                self._by_identifier[number].append(held)

    def along(self, records: Iterable[Held]) -> list[Held]:
        """The records that these hang on in the chain, and those that hang on them."""
        records = list(records)
        self.fetch_joined(records)
        joined = {each for held in records for each in self._joined[held.pk]}
        found = {pk for _, later, earlier in joined for pk in (later, earlier)}
        return [self._by_pk[pk] for pk in sorted(found - {held.pk for held in records})]

    def joins(self, records: Iterable[Held]) -> frozenset[Joined]:
        """Which of the records hangs on which, as the index has it."""
        among = {held.pk: held for held in records}
        self.fetch_joined(among.values())
        return frozenset(
            (kind, later, earlier)
            for pk in among
            for kind, later, earlier in self._joined[pk]
            if {later, earlier} <= among.keys()
        )

    def fetch_joined(self, records: Iterable[Held]) -> None:
        """One query for those that were not asked yet; none when all were."""
        new = {held.pk: held for held in records if held.pk not in self._joined}
        if not new:
            return
        self._by_pk |= new
        births = [held.date_of_birth for held in new.values()]
        with connection.cursor() as cursor:
            cursor.execute(JOINED, [list(new), births, MOST_RECORDS])
            rows = cursor.fetchall()
        self._seen(rows[0][0])
        self._joined |= {pk: set() for pk in new}
        found = {row[4]: row[4:] for row in rows if row[4] is not None}
        unread = [row for pk, row in found.items() if pk not in self._by_pk]
        self._by_pk |= {held.pk: held for held in helds_of(unread)}
        for _, kind, later, earlier, *_ in rows:
            for pk in {later, earlier} & new.keys():
                self._joined[pk].add((kind, later, earlier))

    def namesakes(self, wanted: Iterable[Namesakes]) -> list[Held]:
        """Who else was born that day under one of these names. Never an answer by itself."""
        wanted = list(wanted)
        self.fetch_namesakes(wanted)
        found = {held.pk: held for one in wanted for held in self._namesakes[one]}
        return [found[pk] for pk in sorted(found)]

    def fetch_namesakes(self, wanted: Iterable[Namesakes]) -> None:
        """One query for those that were not asked yet; none when all were."""
        new = sorted({one for one in wanted if one not in self._namesakes})
        if not new:
            return
        self._namesakes |= {one: [] for one in new}
        with connection.cursor() as cursor:
            cursor.execute(
                NAMESAKES,
                [[born for born, _ in new], [family for _, family in new], MOST_RECORDS],
            )
            rows = cursor.fetchall()
        for held in helds_of(rows):
            assert held.date_of_birth is not None
            self._namesakes[held.date_of_birth, held.family_name].append(held)


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


_columns: dict[int, tuple[str, ...]] = {}  # of each upload; an upload never changes


def helds_of(rows: Sequence[Sequence[Any]]) -> list[Held]:
    """Rows of `COLUMNS` as records. One query for uploads that this process has not met."""
    if unknown := {row[UPLOAD] for row in rows} - _columns.keys():
        uploads = SourceUpload.objects.filter(pk__in=unknown).values_list("pk", "columns")
        _columns.update((pk, tuple(columns)) for pk, columns in uploads)
    return [held_of((*row[:UPLOAD], _columns[row[UPLOAD]], *row[UPLOAD + 1 :])) for row in rows]


def held_of(row: Sequence[Any]) -> Held:
    """A record from a row of `COLUMNS` whose upload's id gave way to the names of its columns."""
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
