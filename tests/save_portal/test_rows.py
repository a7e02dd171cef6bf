"""Rows by the statement: what belongs together is added together, or not at all."""

import pytest
from django.db import connection

from save_portal.rows import Dependents, insert_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def tables():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE journey (id bigint GENERATED ALWAYS AS IDENTITY (START 70),"
            " name text UNIQUE, days int) ON COMMIT DROP;"
            "CREATE TEMP TABLE stop (journey_id bigint, town text, note jsonb) ON COMMIT DROP;"
            "CREATE TEMP TABLE word (said text) ON COMMIT DROP"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE journey, stop, word")


def read(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def stops(*towns):
    return Dependents(
        "stop",
        [{"town": town, "note": {"of": town}} for _, town in towns],
        [name for name, _ in towns],
        {"journey_id": "id"},
    )


def journeys(*names):
    return [{"name": name, "days": 3} for name in names]


def test_rows_and_what_depends_on_them_are_one_statement(tables, django_assert_num_queries):
    words = Dependents("word", [{"said": "off"}, {"said": "away"}], ["south", "south"])
    with django_assert_num_queries(1):
        ids = insert_with(
            "journey",
            journeys("north", "south"),
            [stops(("south", "Ayr"), ("north", "Wick"), ("north", "Tain")), words],
            key="name",
        )
    assert sorted(ids) == ["north", "south"]
    assert sorted(read("SELECT journey_id, town, note->>'of' FROM stop")) == sorted(
        [
            (ids["south"], "Ayr", "Ayr"),
            (ids["north"], "Wick", "Wick"),
            (ids["north"], "Tain", "Tain"),
        ]
    )
    assert sorted(read("SELECT said FROM word")) == [("away",), ("off",)]


def test_what_depends_on_a_row_that_was_there_before_is_left_out(tables):
    insert_with("journey", journeys("north"), [], key="name")
    ids = insert_with(
        "journey",
        journeys("north", "east"),
        [stops(("north", "Wick"), ("east", "Hull"))],
        key="name",
    )
    assert list(ids) == ["east"]
    assert read("SELECT town FROM stop") == [("Hull",)]


def test_nothing_is_no_statement(tables, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_with("journey", [], [stops()], key="name") == {}
