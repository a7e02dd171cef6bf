"""People by the million: some loaded the real way, the rest multiplied from them by PostgreSQL.

The population generator takes milliseconds a person, so a base population is written and loaded as
any upload is; then each of its people is copied so many times. A copy is the same person with
every number, key and day of birth moved on, by the formulas by which the generator gives numbers
(population/person.py): nobody shares a number who did not share it before. The copies of one system
are one more upload of it, and the index takes them in by `index.build` itself. Only reading and
checking a file is left out, and the indexes are made anew behind the rows instead of row by row;
what stands in the tables and indexes afterwards is what loading would have left there.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count, islice
from math import gcd
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg import sql

from verification.records import index
from verification.records.models import SourceUpload
from verification.records.question import Query
from verification.records.search import initial_search
from verification.records.systems import SYSTEMS
from verification.records.systems.columns import (
    A_NUMBER,
    CERTIFICATE,
    I94,
    PASSPORT,
    RECEIPT,
    SEVIS_ID,
    VISA,
    Kind,
)

BASE = 20_000
COPIES_AT_ONCE = 20
ASKED_AT_ONCE = 2_000
DAYS_OLDER = 3_650  # a copy was born up to so many days earlier
RECORDS = "records_sourcerecord"
ENTRIES = "records_indexentry"
# Of each kind: the characters before the digits, the digits, what they begin with, the step from
# one person to the next, and where they begin again.
STEPS: dict[Kind, tuple[int, int, int, int, int]] = {
    A_NUMBER: (0, 9, 100_000_000, 7_919, 99_999_989),
    I94: (0, 9, 0, 104_729, 999_999_937),
    SEVIS_ID: (1, 10, 30_000_000, 1, 9_000_000_000),
    RECEIPT: (3, 10, 0, 8 * 611_953, 9_999_999_967),
    CERTIFICATE: (0, 8, 20_000_000, 31, 79_999_987),
    PASSPORT: (1, 8, 10_000_000, 13, 89_999_999),
    VISA: (0, 8, 10_000_000, 17, 89_999_999),
}
# What a caseworker types of a document, as the truth table names it.
TYPED: dict[str, Kind] = {
    "a_number": A_NUMBER,
    "i94_number": I94,
    "sevis_id": SEVIS_ID,
    "card_number": RECEIPT,
    "naturalization_certificate": CERTIFICATE,
    "citizenship_certificate": CERTIFICATE,
    "passport_number": PASSPORT,
    "visa_number": VISA,
}


def moved(kind: Kind, value: sql.Composable) -> sql.Composable:
    """SQL for a number as the copy has it who comes `shift.people` after the original."""
    before, digits, first, step, again = STEPS[kind]
    return sql.SQL(
        "CASE WHEN substr({value}, {start}, {digits}) ~ {pattern} THEN left({value}, {before})"
        " || lpad(({first} + mod(substr({value}, {start}, {digits})::bigint - {first} + {again}"
        " + shift.people * {step}, {again}))::text, {digits}, '0')"
        " || substr({value}, {rest}) ELSE {value} END"
    ).format(
        value=value,
        start=sql.Literal(before + 1),
        before=sql.Literal(before),
        digits=sql.Literal(digits),
        rest=sql.Literal(before + digits + 1),
        pattern=sql.Literal(f"^[0-9]{{{digits}}}$"),
        first=sql.Literal(first),
        step=sql.Literal(step),
        again=sql.Literal(again),
    )


def day_of_birth(value: sql.Composable) -> sql.Composable:
    return sql.SQL("{} - mod(shift.copy * 97, {})").format(value, sql.Literal(DAYS_OLDER))


class Population:
    """The people on record, and what a caseworker types of each."""

    def __init__(self, truth: Path, people: int, *, base: int) -> None:
        if people % base:
            raise ValueError(f"A whole number of times {base:,} people can be made.")
        self.people, self.base = people, base
        with truth.open(newline="", encoding="utf-8") as file, connection.cursor() as cursor:
            self.columns = file.readline().strip().split(",")
            cursor.execute(
                sql.SQL("CREATE TABLE bench_truth (place int GENERATED ALWAYS AS IDENTITY, {})")
                .format(
                    sql.SQL(", ").join(
                        sql.SQL("{} text").format(sql.Identifier(name)) for name in self.columns
                    )
                )
            )  # fmt: skip
            statement = sql.SQL("COPY bench_truth ({}) FROM STDIN WITH (FORMAT csv)").format(
                sql.SQL(", ").join(map(sql.Identifier, self.columns))
            )
            with cursor.copy(statement) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
            cursor.execute("ALTER TABLE bench_truth ADD PRIMARY KEY (place)")
        self._next = count()
        self._places: Sequence[int] = range(1, base + 1)  # of those who are asked for

    def keep_answered(self) -> int:
        """From now on ask only for people of the base who are confirmed as it is now: how many."""
        today = timezone.localdate()
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM bench_truth WHERE outcome = 'confirmed' ORDER BY place")
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        kept = []
        for row in rows:
            query = Query(
                document_type=row["document_type"],
                family_name=row["family_name"],
                given_name=row["given_name"] or "",
                middle_name=row["middle_name"] or "",
                date_of_birth=date.fromisoformat(row["date_of_birth"]),
                passport_country=row["passport_country"] or "",
                **{name: row[name] or "" for name in TYPED},
            )
            if initial_search(query, today=today).outcome == "confirmed":
                kept.append(row["place"])
        self._places = kept
        return len(kept)

    def one(self) -> dict[str, str]:
        """Somebody with an A-number, out of the middle of all."""
        return next(row for row in self.typed(confirmed=True) if row["a_number"])

    # -- making them ---------------------------------------------------------------------------

    def multiply(self, progress: Callable[[str], None]) -> None:
        """Copy the base population until `people` are on record, and bring the index up to date."""
        copies = self.people // self.base
        if copies == 1:
            return
        with connection.cursor() as cursor:
            # Their key stays: by it the originals are found.
            with without_indexes(cursor, RECORDS, keep_primary=True):
                for upload in SourceUpload.objects.order_by("pk"):
                    progress(f"  {upload.system}: {upload.inserted * (copies - 1):,} records")
                    self._copy_upload(cursor, upload, copies)
                progress("  indexes of the records")
            with without_indexes(cursor, ENTRIES):
                progress("  the index's entries")
                index.build()
                progress("  indexes of the index")
            cursor.execute(f"VACUUM (ANALYZE) {RECORDS}")
            cursor.execute(f"VACUUM (ANALYZE) {ENTRIES}")
            cursor.execute("VACUUM (ANALYZE) records_chainjoin")
            cursor.execute("VACUUM (ANALYZE) records_bornename")

    def _copy_upload(self, cursor: CursorWrapper, upload: SourceUpload, copies: int) -> None:
        system = SYSTEMS[upload.system]
        kinds = {column.name: column.kind for column in system.columns}
        key = sql.SQL(
            "overlay(record.record_id PLACING lpad((substr(record.record_id, 2, 8)::bigint"
            " + shift.people)::text, 8, '0') FROM 2 FOR 8)"
        )
        held = {name: sql.Identifier("record", name) for name in COLUMNS}
        own = [
            moved(kinds[name], value) if kinds[name] in STEPS else value
            for place, name in enumerate(upload.columns, 1)
            for value in [sql.SQL("record.own_values[{}]").format(sql.Literal(place))]
        ]
        with transaction.atomic():
            new = SourceUpload.objects.create(
                system=upload.system, as_of=upload.as_of, sha256="", columns=upload.columns
            )
            made = held | {
                "record_id": key,
                "a_number": moved(A_NUMBER, held["a_number"]),
                "date_of_birth": day_of_birth(held["date_of_birth"]),
                "own_values": sql.SQL("ARRAY[{}]::text[]").format(sql.SQL(", ").join(own)),
                "upload_id": sql.Literal(new.pk),
            }
            statement = sql.SQL(
                "WITH added AS (INSERT INTO records_sourcerecord ({names}) SELECT {values}"
                " FROM (SELECT copy, copy * {base}::bigint AS people"
                "     FROM generate_series(%s::int, %s::int) AS copy) AS shift"
                " CROSS JOIN records_sourcerecord record"
                " WHERE record.id BETWEEN {first} AND {last} AND record.upload_id = {upload}"
                " RETURNING id) SELECT min(id), max(id), count(*) FROM added"
            ).format(
                names=sql.SQL(", ").join(map(sql.Identifier, made)),
                values=sql.SQL(", ").join(made.values()),
                base=sql.Literal(self.base),
                first=sql.Literal(upload.first_row),
                last=sql.Literal(upload.last_row),
                upload=sql.Literal(upload.pk),
            )
            spans = []
            for first in range(1, copies, COPIES_AT_ONCE):
                cursor.execute(statement, [first, min(first + COPIES_AT_ONCE, copies) - 1])
                spans.append(cursor.fetchone())
            new.first_row, new.last_row = spans[0][0], spans[-1][1]
            new.rows_read = new.inserted = sum(span[2] for span in spans)
            new.save()

    # -- asking for them -----------------------------------------------------------------------

    def typed(self, *, confirmed: bool = False) -> Iterator[dict[str, str]]:
        """What is typed of each person once, as if drawn by lot, going on behind the last call."""
        while some := list(islice(self._lots(), ASKED_AT_ONCE)):
            yield from self._typed_of(some, confirmed=confirmed)

    def _lots(self) -> Iterator[tuple[int, int]]:
        """(place in the truth table, number of the copy) of each person, in a mixed order."""
        people = self.people // self.base * len(self._places)
        stride = next(n for n in count(people * 618 // 1000) if gcd(n, people) == 1)
        for number in self._next:
            if number >= people:
                return
            copy, place = divmod(number * stride % people, len(self._places))
            yield self._places[place], copy

    def _typed_of(self, some: list[tuple[int, int]], *, confirmed: bool) -> list[dict[str, str]]:
        def value(name: str) -> sql.Composable:
            column = sql.Identifier("truth", name)
            if name in TYPED:
                return moved(TYPED[name], column)
            if name == "date_of_birth":
                return sql.SQL("({})::text").format(
                    day_of_birth(sql.SQL("{}::date").format(column))
                )
            return column

        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "SELECT {values} FROM unnest(%s::int[], %s::int[]) WITH ORDINALITY"
                    " AS lot(place, copy, turn)"
                    " CROSS JOIN LATERAL (SELECT copy, copy * {base}::bigint AS people) AS shift"
                    " JOIN bench_truth truth ON truth.place = lot.place"
                    " WHERE NOT %s OR truth.outcome = 'confirmed' ORDER BY lot.turn"
                ).format(
                    values=sql.SQL(", ").join(value(name) for name in self.columns),
                    base=sql.Literal(self.base),
                ),
                [[place for place, _ in some], [copy for _, copy in some], confirmed],
            )
            return [
                dict(zip(self.columns, ("" if cell is None else cell for cell in row), strict=True))
                for row in cursor.fetchall()
            ]

    def write_batch(self, path: Path, rows: int, header: tuple[str, ...], **more: str) -> int:
        """The next people as a file of rows for `verify_batch`; how many were left to be asked."""
        number = -1
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header, restval="", extrasaction="ignore")
            writer.writeheader()
            for number, row in enumerate(islice(self.typed(), rows)):
                writer.writerow(row | more | {"row_id": str(number)})
        return number + 1


COLUMNS = (
    "system", "record_id", "updated_at", "a_number", "family_name", "given_name", "middle_name",
    "date_of_birth", "sex", "country_of_birth", "country_of_citizenship", "own_values",
    "closed_at", "photo_id", "upload_id",
)  # fmt: skip


@contextmanager
def without_indexes(
    cursor: CursorWrapper, table: str, *, keep_primary: bool = False
) -> Iterator[None]:
    """The block fills the table without its indexes; they are made anew behind it, the same."""
    cursor.execute(
        "SELECT i.relname, pg_get_indexdef(i.oid), c.conname, pg_get_constraintdef(c.oid)"
        " FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
        " LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype = 'p'"
        " WHERE x.indrelid = %s::regclass AND NOT (x.indisprimary AND %s)",
        [table, keep_primary],
    )
    found: list[tuple[Any, ...]] = cursor.fetchall()
    for name, _, constraint, _ in found:
        cursor.execute(
            f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"'
            if constraint
            else f'DROP INDEX "{name}"'
        )
    yield
    cursor.execute("SET maintenance_work_mem = '1GB'")
    for _, definition, constraint, primary in found:
        cursor.execute(
            f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {primary}'
            if constraint
            else definition
        )
    cursor.execute("RESET maintenance_work_mem")
