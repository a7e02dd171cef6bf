"""The description laid out for reading: operations by subject, fields as rows of a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "delete")


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of a body or an answer, or a parameter."""

    name: str
    kind: str
    required: bool
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer of an operation with its examples: (name, JSON text)."""

    status: str
    text: str
    media: str
    shape: str
    examples: list[tuple[str, str]]

    @property
    def is_problem(self) -> bool:
        return self.media == "application/problem+json"


@dataclass(frozen=True, slots=True)
class Documented:
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    parameters: list[FieldRow]
    body: list[FieldRow]
    media: str
    request: str
    answers: list[Shown]


def operations_by_tag(described: dict[str, Any]) -> list[tuple[str, list[Documented]]]:
    found: dict[str, list[Documented]] = {}
    for path, operations in described["paths"].items():
        for method in METHODS:
            if (operation := operations.get(method)) is not None:
                documented = _documented(method, path, operation, described)
                found.setdefault(operation["tags"][0], []).append(documented)
    return list(found.items())


def shapes(described: dict[str, Any]) -> list[tuple[str, list[FieldRow]]]:
    """The components that an answer may have, with their fields."""
    return [
        (name, list(_rows(schema, described)))
        for name, schema in described["components"]["schemas"].items()
        if schema.get("properties")
    ]


def _documented(
    method: str, path: str, operation: dict[str, Any], described: dict[str, Any]
) -> Documented:
    media, content = _first_content(operation.get("requestBody", {}))
    return Documented(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=operation.get("description", ""),
        parameters=[
            FieldRow(
                one["name"],
                _kind(one["schema"]),
                one.get("required", False),
                one.get("description", ""),
                one["in"],
            )
            for one in operation.get("parameters", [])
        ],
        body=list(_rows(content.get("schema", {}), described)),
        media=media,
        request=next((text for _, text in _examples(content)), ""),
        answers=[_shown(status, one) for status, one in sorted(operation["responses"].items())],
    )


def _shown(status: str, answer: dict[str, Any]) -> Shown:
    media, content = _first_content(answer)
    reference = content.get("schema", {}).get("$ref", "")
    return Shown(
        status,
        answer.get("description", ""),
        media,
        reference.rpartition("/")[2],
        list(_examples(content)),
    )


def _first_content(described: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = described.get("content", {})
    return next(iter(found.items())) if found else ("", {})


def _examples(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, example in content.get("examples", {}).items():
        text = json.dumps(example["value"], indent=2, ensure_ascii=False, default=str)
        yield example.get("summary", name), text


def _rows(
    schema: dict[str, Any], described: dict[str, Any], before: str = ""
) -> Iterator[FieldRow]:
    """The fields, those of objects inside written with dots."""
    schema = _resolved(schema, described)
    for name, inner in schema.get("properties", {}).items():
        whole = _resolved(inner, described)
        text = inner.get("description") or whole.get("description", "")
        yield FieldRow(before + name, _kind(whole), name in schema.get("required", ()), text)
        if not before.count(".") > 1:
            yield from _rows(whole, described, f"{before}{name}.")


def _resolved(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref") or next(
        (part["$ref"] for part in schema.get("allOf", ()) if "$ref" in part), ""
    )
    if not reference:
        return schema
    found: dict[str, Any] = described["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _kind(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "")
    if not kind and "oneOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["oneOf"]))
    if kind == "array":
        return f"list of {_kind(schema.get('items', {})) or 'objects'}"
    names = [kind] if isinstance(kind, str) else [name for name in kind if name != "null"]
    shown = " or ".join(names) + (
        " or null" if not isinstance(kind, str) and "null" in kind else ""
    )
    if "enum" in schema:
        return f"{shown}: {', '.join(str(code) for code in schema['enum'] if code is not None)}"
    return f"{shown} ({schema['format']})" if "format" in schema else shown
