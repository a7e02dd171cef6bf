"""What the digests are computed over, once for PostgreSQL and once for the verifier.

Row: SHA-256 over the row's columns in the order below, each written as a netstring
(`length-in-bytes:text,`), an unknown value as `-,`. Instants are UTC with microseconds
(`2026-01-31T08:15:00.000000Z`), JSON is the text that PostgreSQL prints for `jsonb`.

Seal: SHA-256 over the netstrings of log, number, first id, last id, number of rows, instant and the
digest of the seal before it (64 zeros for the first), followed by the digests of the covered rows
in the order of their ids, each in hexadecimal and without anything between them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Log:
    name: str
    table: str
    columns: tuple[str, ...]

    def text_of(self, column: str, row: str = "") -> str:
        """The SQL expression for the column as the digest reads it."""
        name = f'{row}"{column}"'
        if column == "at":
            return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        return f"{name}::text"


EVENT = Log(
    "event",
    "audit_auditevent",
    (
        "id",
        "at",
        "verb",
        "actor_id",
        "actor_name",
        "agency_id",
        "subject_type",
        "subject_id",
        "data",
    ),
)
DISCLOSURE = Log(
    "disclosure",
    "audit_disclosureevent",
    (
        "id",
        "at",
        "actor_id",
        "actor_name",
        "agency_id",
        "person_ref",
        "fields",
        "purpose",
        "case_number",
    ),
)
LOGS: tuple[Log, ...] = (EVENT, DISCLOSURE)


def trigger_function(log: Log) -> str:
    """Numbers the row and computes its digest.

    The transaction gets its own number first, then the row gets its id: a seal may rely on no
    transaction beginning later with a smaller id than one that has ended.
    """
    parts = " || ".join(
        f"coalesce(octet_length({text}) || ':' || {text} || ',', '-,')"
        for text in (log.text_of(column, "NEW.") for column in log.columns)
    )
    return f"""
        PERFORM pg_current_xact_id();
        NEW.id := nextval(pg_get_serial_sequence('{log.table}', 'id'));
        NEW.digest := encode(sha256(convert_to({parts}, 'UTF8')), 'hex');
        RETURN NEW;
    """


def netstring(value: str | None) -> bytes:
    if value is None:
        return b"-,"
    raw = value.encode()
    return b"%d:%s," % (len(raw), raw)


def row_digest(values: Iterable[str | None]) -> str:
    return hashlib.sha256(b"".join(netstring(value) for value in values)).hexdigest()


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class SealDigest:
    """The digest of a seal, fed row by row."""

    def __init__(self) -> None:
        self.rows = 0
        self._digests: list[str] = []

    def add(self, row_digest: str) -> None:
        self.rows += 1
        self._digests.append(row_digest)

    def close(
        self, *, log: str, number: int, first_id: int, last_id: int, at: datetime, previous: str
    ) -> str:
        head = (log, str(number), str(first_id), str(last_id), str(self.rows), instant(at))
        seal = hashlib.sha256(b"".join(netstring(value) for value in (*head, previous)))
        for digest in self._digests:
            seal.update(digest.encode())
        return seal.hexdigest()
