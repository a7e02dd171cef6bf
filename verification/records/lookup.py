"""One record by its name, for those who follow a single datum rather than a person."""

from __future__ import annotations

import re

from verification.records.held import Held, Identifier
from verification.records.models import SourceRecord
from verification.records.reading import find
from verification.records.systems import SYSTEMS

SHARED = (
    "a_number", "family_name", "given_name", "middle_name", "date_of_birth", "sex",
    "country_of_birth", "country_of_citizenship",
)  # fmt: skip


def value_of(record_ref: str, field: str) -> str | None:
    """What a record says in one column; "" where it is empty, None without such record or column.

    A record that its source no longer holds counts as none.
    """
    record = _record(record_ref)
    if record is None or field not in {column.name for column in SYSTEMS[record.system].columns}:
        return None
    value = getattr(record, field) if field in SHARED else record.own.get(field, "")
    return str(value) if value else ""


def fits_column(record_ref: str, field: str, value: str) -> str:
    """Why a value cannot stand in that column, as a sentence; "" when it can."""
    system = SYSTEMS[record_ref.partition(":")[0]]
    kind = next(column.kind for column in system.columns if column.name == field)
    too_long = kind.longest and len(value) > kind.longest
    if too_long or not re.fullmatch(kind.pattern, value):
        return f"Write {kind.expects}: the system takes nothing else here."
    return ""


def numbers_around(record_ref: str) -> frozenset[Identifier]:
    """Every number on the record and on the records that share one with it: kind and value."""
    record = _record(record_ref)
    if record is None:
        return frozenset()
    own = Held(
        pk=record.pk,
        system=record.system,
        record_id=record.record_id,
        updated_on=record.updated_at.date(),
        family_name=record.family_name,
        given_name=record.given_name,
        a_number=record.a_number,
        own=record.own,
    ).identifiers
    return own.union(*(held.identifiers for held in find(own)))


def _record(record_ref: str) -> SourceRecord | None:
    system, _, record_id = record_ref.partition(":")
    if system not in SYSTEMS:
        return None
    return SourceRecord.objects.answering().filter(system=system, record_id=record_id).first()
