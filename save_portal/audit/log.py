"""Writing the log: one event an act, in the act's own transaction.

Rows are written without reading them back, because a scope may log what it may not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from save_portal.accounts.models import User

SYSTEM = "System"


def _actor(by: User | None) -> tuple[int | None, str]:
    return (None, SYSTEM) if by is None else (by.pk, by.full_name or by.email)


def _json(value: Any) -> Any:
    return Jsonb(value, dumps=lambda data: json.dumps(data, cls=DjangoJSONEncoder))


def record(
    verb: str,
    *,
    by: User | None,
    at: datetime,
    subject_type: str,
    subject_id: object,
    agency_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """One act. `by=None` is the system itself; `data` holds no personal data of applicants."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditevent (id, verb, at, actor_id, actor_name, agency_id,"
            " subject_type, subject_id, data, digest)"
            " VALUES (0, %s, %s, %s, %s, %s, %s, %s, %s, '')",
            [verb, at, *_actor(by), agency_id, subject_type, str(subject_id), _json(data or {})],
        )


def disclose(
    *,
    by: User | None,
    at: datetime,
    agency_id: int | None,
    person_ref: str,
    fields: Iterable[str],
    purpose: str,
    case_number: str,
) -> None:
    """One display of a person's data: the names of the fields shown, never their values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_disclosureevent (id, at, actor_id, actor_name, agency_id,"
            " person_ref, fields, purpose, case_number, digest)"
            " VALUES (0, %s, %s, %s, %s, %s, %s, %s, %s, '')",
            [at, *_actor(by), agency_id, person_ref, _json(sorted(fields)), purpose, case_number],
        )
