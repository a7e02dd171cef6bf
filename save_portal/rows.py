"""Adding rows by the statement: one INSERT for any number of them, in PostgreSQL's own types."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Dependents:
    """Rows of another table that are added only if the main row is to which each belongs.

    `of` are the keys of their main rows, one for each; `takes` tells which of their columns are
    filled from which column of the main row.
    """

    table: str
    rows: Sequence[Row]
    of: Sequence[str]
    takes: Mapping[str, str] = field(default_factory=dict)


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
    statement, parameters = _insert(table, rows)
    if skip_conflicts:
        statement += " ON CONFLICT DO NOTHING"
    if returning:
        statement += f" RETURNING {_names(returning)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if returning else []


def insert_with(
    table: str, rows: Sequence[Row], dependents: Sequence[Dependents], *, key: str, own: str = "id"
) -> dict[str, int]:
    """Add rows and all that depends on them in one statement: the `own` column by `key`.

    As `insert` with `skip_conflicts`; what depends on a row that is left out is left out with it.
    """
    if not rows:
        return {}
    statement, parameters = _insert(table, rows)
    wanted = dict.fromkeys((key, own, *(name for d in dependents for name in d.takes.values())))
    steps = [f'"main" AS ({statement} ON CONFLICT DO NOTHING RETURNING {_names(wanted)})']
    for number, more in enumerate(dependents):
        if more.rows:
            statement, given = _insert(more.table, more.rows, main=key, of=more.of, more=more.takes)
            steps.append(f'"with_{number}" AS ({statement})')
            parameters += given
    with connection.cursor() as cursor:
        whole = f'WITH {", ".join(steps)} SELECT {_names((key, own))} FROM "main"'  # noqa: S608
        cursor.execute(whole, parameters)
        return dict(cursor.fetchall())


def _insert(
    table: str,
    rows: Sequence[Row],
    *,
    main: str = "",
    of: Sequence[str] = (),
    more: Mapping[str, str] | None = None,
) -> tuple[str, list[Any]]:
    """The statement and its parameters; with `main` for those whose main row was added."""
    first, *others = rows
    alike = {
        name: value
        for name, value in first.items()
        if others and all(row[name] == value for row in others)
    }
    each = [{name: row[name] for name in row if name not in alike} for row in rows]
    columns = [*first, *(more or ())]
    values = [f'"{"alike" if name in alike else "each"}"."{name}"' for name in first]
    values += [f'"main"."{name}"' for name in (more or {}).values()]
    parameters: list[Any] = [as_json(each)]
    source = f'jsonb_populate_recordset(NULL::"{table}", %s::jsonb) AS "each"'
    if main:
        source = (
            f'ROWS FROM (jsonb_populate_recordset(NULL::"{table}", %s::jsonb),'
            f' unnest(%s::text[])) AS "each" JOIN "main" ON "main"."{main}" = "each"."unnest"'
        )
        parameters.append(list(of))
    if alike:
        source += f' CROSS JOIN jsonb_populate_record(NULL::"{table}", %s::jsonb) AS "alike"'
        parameters.append(as_json(alike))
    statement = (
        f'INSERT INTO "{table}" ({_names(columns)})'  # noqa: S608 (our own names)
        f" SELECT {', '.join(values)} FROM {source}"
    )
    return statement, parameters


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
