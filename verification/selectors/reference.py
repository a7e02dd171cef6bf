"""The published lists that integrators fill their menus from."""

from __future__ import annotations

from typing import Any

from verification.immigration_documents import DOCUMENT_TYPES, DocumentType
from verification.records.classes import classes
from verification.records.statements import TEXTS
from verification.rules.voter import LISTED


def benefits(*, permitted: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"code": code, "name": label, "permitted": code in permitted} for code, label in LISTED]


def document_types() -> list[dict[str, Any]]:
    return [_document_type(kind) for kind in DOCUMENT_TYPES.values()]


def classes_of_admission() -> list[dict[str, Any]]:
    return [
        {"code": code, "group": group, "meaning": text}
        for code, (group, text) in sorted(classes().items())
    ]


def statements() -> list[dict[str, Any]]:
    return [{"code": code, "statement": text} for code, text in sorted(TEXTS.items())]


def _document_type(kind: DocumentType) -> dict[str, Any]:
    return {
        "code": kind.code,
        "name": kind.name,
        "group": kind.group,
        "expires_on": kind.expiry,
        "fields": [
            {
                "name": "description" if use.name == "document_description" else use.name,
                "label": use.title,
                "required": use.required,
                "where": use.position,
                "format": use.field.hint,
                "example": use.field.example,
            }
            for use in kind.fields
        ],
    }
