"""Reading bodies strictly: JSON without surprises, and files by the form that browsers use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser, MultiPartParser

from save_portal.machines.problems import problem

MOST_BYTES = 1_000_000
DEEPEST = 16
# A sender that is told "too large" while it still sends would see a broken pipe, not the answer.
DRAINED = 64_000_000
CHUNK = 65_536


class StrictJSON(BaseParser):
    """One JSON object: no key twice, no NaN, nothing that is no text, no depth without end."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            _drain(stream)
            raise problem("body-too-large", f"A JSON body has at most {MOST_BYTES:,} bytes.")
        return read_object(raw)


class Form(MultiPartParser):
    """Files. What is too large was left out while it was read (`documents/handlers.py`)."""


def read_object(raw: bytes) -> dict[str, Any]:
    """The object in the body, or the problem of it."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable("The body is not UTF-8.") from error
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _unreadable(f"The body is no JSON: {error.msg}, {where}.") from error
    except RecursionError as error:
        raise _unreadable(f"The body is nested more than {DEEPEST} levels deep.") from error
    except ValueError as error:  # a number of thousands of digits
        raise _unreadable("The body has a number that nobody can mean.") from error
    _check(value)
    if not isinstance(value, dict):
        raise _unreadable("The body is one JSON object, in braces.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise _unreadable(f"The key {json.dumps(key)[:60]} stands twice in one object.")
        made[key] = value
    return made


def _no_constant(name: str) -> None:
    raise _unreadable(f"{name} is no JSON.")


def _check(value: Any) -> None:
    """Depth and texts, without recursion."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise _unreadable(f"The body is nested more than {DEEPEST} levels deep.")
        if isinstance(one, dict):
            waiting += [(key, depth) for key in one]
            waiting += [(inner, depth + 1) for inner in one.values()]
        elif isinstance(one, list):
            waiting += [(inner, depth + 1) for inner in one]
        elif isinstance(one, str) and not is_text(one):
            raise _unreadable("A text has a character that no text has (NUL or half a surrogate).")


def is_text(value: str) -> bool:
    """Whether PostgreSQL can hold it: no NUL, no half of a surrogate pair."""
    if "\x00" in value:
        return False
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _unreadable(sentence: str) -> Exception:
    return problem("malformed-request", sentence)


def _drain(stream: IO[bytes]) -> None:
    left = DRAINED
    while left > 0 and (chunk := stream.read(CHUNK)):
        left -= len(chunk)
