"""Adding rows by the statement: one INSERT for any number of them, in PostgreSQL's own types."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise

Row = Mapping[str, Any]


def _plain(value: Any) -> str:
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, (Decimal, UUID, Promise)):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be a column.")


def as_json(value: Any) -> str:
    """JSON as PostgreSQL reads it; dates and instants in ISO 8601, to the microsecond."""
    return json.dumps(value, default=_plain)


def insert(
    table: str, rows: Sequence[Row], *, skip_conflicts: bool = False, returning: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Add the rows, which all name the same columns; the `returning` columns of those added.

    Values are str, int, bool, None, date, datetime, Decimal, UUID, and lists and dicts of them for
    arrays and JSON columns. With `skip_conflicts` a row that a unique index refuses is left out.
    What all rows have alike is sent and read once: of many rows that is most of them.
    """
    if not rows:
        return []
    first, *others = rows
    alike = {
        name: value
        for name, value in first.items()
        if others and all(row[name] == value for row in others)
    }
    each = [{name: row[name] for name in row if name not in alike} for row in rows]
    columns = ", ".join(f'"{name}"' for name in first)
    values = ", ".join(f'"{"alike" if name in alike else "each"}"."{name}"' for name in first)
    statement = (
        f'INSERT INTO "{table}" ({columns}) SELECT {values}'  # noqa: S608 (our own names)
        f' FROM jsonb_populate_recordset(NULL::"{table}", %s::jsonb) AS "each"'
    )
    if alike:
        statement += f', jsonb_populate_record(NULL::"{table}", %s::jsonb) AS "alike"'
    if skip_conflicts:
        statement += " ON CONFLICT DO NOTHING"
    if returning:
        statement += " RETURNING " + ", ".join(f'"{name}"' for name in returning)
    with connection.cursor() as cursor:
        cursor.execute(statement, [as_json(each), as_json(alike)] if alike else [as_json(each)])
        return cursor.fetchall() if returning else []
