"""The schema is fit for partitions: the same code, on the same tables divided, answers the same.

docs/scale.md says when that is worth doing. Here PostgreSQL makes the divided tables from the very
tables of the schema, in a schema before theirs on the search path; loading, index and search are
the delivered ones.
"""

import csv
import json
import re
from datetime import date

import pytest
from django.db import connection

from verification.records import index
from verification.records.loading import load
from verification.records.population import write_uploads
from verification.records.reading import BY_IDENTIFIER
from verification.records.search import initial_search
from verification.records.systems import SYSTEMS
from verification.services.batch_row import submission_of
from verification.services.initial import _query

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)
PARTS = 8
DIVIDED = f"""
CREATE SCHEMA divided;
CREATE TABLE divided.records_indexentry
    (LIKE public.records_indexentry INCLUDING ALL) PARTITION BY HASH (value);
DO $$ BEGIN FOR n IN 0..{PARTS - 1} LOOP EXECUTE format(
    'CREATE TABLE divided.entry_%s PARTITION OF divided.records_indexentry
     FOR VALUES WITH (MODULUS {PARTS}, REMAINDER %s)', n, n); END LOOP; END $$;
CREATE TABLE divided.records_sourcerecord
    (LIKE public.records_sourcerecord INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY LIST (system);
ALTER TABLE divided.records_sourcerecord
    ALTER id SET DEFAULT nextval(pg_get_serial_sequence('public.records_sourcerecord', 'id')),
    ADD PRIMARY KEY (system, id);
CREATE INDEX ON divided.records_sourcerecord (id);
"""
SET_PATH = "SET LOCAL search_path = divided, public"


@pytest.fixture
def divided():
    """The two large tables in partitions, with every index and trigger of the schema's own."""
    with connection.cursor() as cursor:
        cursor.execute(DIVIDED)
        for name in SYSTEMS:
            cursor.execute(
                f"CREATE TABLE divided.record_{name} PARTITION OF divided.records_sourcerecord"
                f" FOR VALUES IN ('{name}')"
            )
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = 'public.records_sourcerecord'::regclass AND NOT indisprimary"
            " UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE tgrelid = 'public.records_sourcerecord'::regclass AND NOT tgisinternal"
        )
        for (definition,) in cursor.fetchall():
            cursor.execute(
                definition.replace("public.records_sourcerecord", "divided.records_sourcerecord")
                .replace("ON records_sourcerecord", "ON divided.records_sourcerecord")
            )  # fmt: skip
        cursor.execute(SET_PATH)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = public")


@pytest.fixture
def asked(divided, tmp_path):
    """What a caseworker types of each of sixty people, who were loaded into the partitions."""
    write_uploads(tmp_path, 60, seed=3)
    for name in SYSTEMS:
        load(name, tmp_path / f"{name}.csv")
    index.build()
    with (tmp_path / "truth.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["date_of_birth"]]
    return [_query(submission_of(row | {"benefit": "snap"})) for row in rows]


def answers(queries):
    return [initial_search(query, today=TODAY) for query in queries]


def explained(statement, parameters):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        return json.dumps(cursor.fetchone()[0])


def test_divided_tables_answer_everybody_as_whole_ones_do(asked):
    from_parts = answers(asked)
    assert {answer.outcome for answer in from_parts} == {"confirmed", "additional_verification"}
    with connection.cursor() as cursor:
        for table in ("records_sourcerecord", "records_indexentry"):
            cursor.execute(
                f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE SELECT * FROM divided.{table}"
            )
        cursor.execute("SET LOCAL search_path = public")
    assert answers(asked) == from_parts


def test_a_number_is_looked_for_in_the_one_part_that_can_hold_it(asked):
    kind, value = next(query for query in asked if query.a_number).identifiers[0]
    plan = explained(BY_IDENTIFIER, [[kind], [value], 60])
    parts = re.findall(r'"Relation Name": "entry_(\d)".*?"Actual Loops": (\d+)', plan)
    assert len(parts) == PARTS
    assert sum(int(loops) for _, loops in parts) == 1


def test_a_delta_and_a_full_file_change_only_the_part_of_their_system(asked, tmp_path):
    def sizes():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT system, count(*), count(*) FILTER (WHERE replaced_in IS NOT NULL)"
                " FROM records_sourcerecord GROUP BY system"
            )
            return {name: (every, replaced) for name, every, replaced in cursor.fetchall()}

    before = sizes()
    lines = (tmp_path / "CIS.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "CIS.csv").write_text("".join(lines[:-2]), encoding="utf-8")
    result = load("CIS", tmp_path / "CIS.csv", full=True)
    assert result.closed == 2
    assert index.build().records == 2
    after = sizes()
    assert after.pop("CIS") == (before["CIS"][0] + 2, before.pop("CIS")[1] + 2)
    assert after == before
