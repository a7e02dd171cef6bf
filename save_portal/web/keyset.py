"""Paging by the last row's key: every page costs the same, however long the list is."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows and the cursors of its neighbors (None where there is none)."""

    rows: list[Row]
    next: str | None
    previous: str | None


def encode(values: Sequence[Any], *, backwards: bool = False) -> str:
    text = json.dumps([backwards, *(_plain(value) for value in values)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None, length: int) -> tuple[bool, list[Any]] | None:
    """The cursor's direction and key; None for none and for one that somebody bent."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        backwards, *values = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, TypeError, binascii.Error):
        return None
    if not isinstance(backwards, bool) or len(values) != length:
        return None
    if any(isinstance(value, (dict, list)) for value in values):
        return None
    return backwards, values


def paginate(
    rows: QuerySet[Row], *, order: Sequence[str], cursor: str | None, size: int
) -> Page[Row]:
    """One query. `order` names columns that are never null and end in a unique one."""
    names = [name.lstrip("-") for name in order]
    position = decode(cursor, len(order))
    backwards = bool(position and position[0])
    ordering = [_flip(name) for name in order] if backwards else list(order)
    if position:
        try:
            rows = rows.filter(_after(ordering, position[1]))
        except (ValueError, TypeError, ValidationError):
            position, backwards, ordering = None, False, list(order)
    found = list(rows.order_by(*ordering)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    has_next = True if backwards else more
    has_previous = more if backwards else position is not None
    return Page(
        found,
        encode([_read(found[-1], name) for name in names]) if has_next else None,
        encode([_read(found[0], name) for name in names], backwards=True) if has_previous else None,
    )


def neighbors(
    rows: QuerySet[Row], *, order: Sequence[str], row: Model
) -> tuple[Row | None, Row | None]:
    """The rows before and behind `row`, which need not be among them. Two queries of one row each.

    `order` as in `paginate`; without a value in the first column there is no place to look from.
    """
    key = [_read(row, name.lstrip("-")) for name in order]
    if None in key:
        return None, None
    back = [_flip(name) for name in order]
    previous = rows.filter(_after(back, key)).order_by(*back).first()
    following = rows.filter(_after(order, key)).order_by(*order).first()
    return previous, following


def _flip(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) > (x, y) written out, since the columns may run in different directions.

    The bound on the first column follows from the rest. It is there for PostgreSQL, which begins
    an index scan at a bound that is joined by AND, and reads from the start where all is OR.
    """
    condition = Q()
    for position, name in enumerate(order):
        same = {
            earlier.lstrip("-"): value
            for earlier, value in zip(order[:position], values[:position], strict=True)
        }
        operator = "lt" if name.startswith("-") else "gt"
        condition |= Q(**same, **{f"{name.lstrip('-')}__{operator}": values[position]})
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{order[0].lstrip('-')}__{bound}": values[0]}) & condition


def _read(row: Model, name: str) -> Any:
    value: Any = row
    for part in name.split("__"):
        value = getattr(value, part)
    return value


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str, bool)) else str(value)
