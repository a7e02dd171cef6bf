"""How PostgreSQL goes about the search: by index alone, whatever the number of people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from benchmarks.row import Row
from verification.records.namebook import BORNE
from verification.records.reading import BY_IDENTIFIER, MOST_RECORDS, NAMESAKES

LARGE = (
    "records_sourcerecord",
    "records_indexentry",
    "records_chainjoin",
    "records_bornename",
)


def check(asked: dict[str, str]) -> list[Row]:
    """The plans of the search's statements for one person, and the pages that each touches.

    Raises RuntimeError when one of them passes over a table that grows.
    """
    number, born = asked["a_number"], asked["date_of_birth"]
    statements: list[tuple[str, str, list[Any]]] = [
        ("the records behind a number", BY_IDENTIFIER, [["a_number"], [number], MOST_RECORDS]),
        ("namesakes of one day", NAMESAKES, [[born], [asked["family_name"]], MOST_RECORDS]),
        ("who bears a name", BORNE, [asked["family_name"].split()]),
    ]
    rows = []
    with connection.cursor() as cursor:
        for name, statement, parameters in statements:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
            [[plan]] = cursor.fetchall()
            [plan] = json.loads(plan) if isinstance(plan, str) else plan
            nodes = list(nodes_of(plan["Plan"]))
            over = {n["Relation Name"] for n in nodes if n["Node Type"] == "Seq Scan"}
            if over := over & set(LARGE):
                raise RuntimeError(f"{name}: PostgreSQL passes over {', '.join(over)}.")
            indexes = sorted({n["Index Name"] for n in nodes if "Index Name" in n})
            pages = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
            rows.append(
                Row(f"plan: {name}", 0, 0, pages, p50=plan["Execution Time"],
                    against=f"pages (n), by {', '.join(indexes)}")
            )  # fmt: skip
    return rows


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)


@contextmanager
def by_index_alone(what: str) -> Iterator[None]:
    """The block may read no row by passing over a table of records or over the index."""
    before = passed_over()
    yield
    if read := passed_over() - before:
        raise RuntimeError(f"{what}: {read:,} rows were read by passing over whole tables.")


def passed_over() -> int:
    """Rows read so far by passing over the tables that grow, as PostgreSQL counts them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")  # the end of this transaction writes what it counted
        cursor.execute(
            "SELECT coalesce(sum(seq_tup_read), 0)::bigint FROM pg_stat_user_tables"
            " WHERE relname = ANY(%s)",
            [list(LARGE)],
        )
        return int(cursor.fetchone()[0])
