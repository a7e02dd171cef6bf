"""Whose token it is: one statement, written once a process, for every request of a machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.db import connection
from django.db.models import Model

from save_portal.accounts.models import Agency, User
from save_portal.machines import pacing
from save_portal.machines.models import Client

PARTS: tuple[tuple[type[Model], str], ...] = (
    (Client, "client"),
    (User, "account"),
    (Agency, "agency"),
)
_FOUND = """
    FROM oauth2_provider_accesstoken token
    JOIN machines_client client ON client.id = token.application_id
    JOIN accounts_user account ON account.id = client.user_id
    JOIN accounts_agency agency ON agency.id = client.agency_id AND agency.id = account.agency_id
    WHERE token.token_checksum = %s AND token.expires > %s
        AND client.ended_at IS NULL AND account.is_active AND agency.is_active
"""
# Who comes without the certificate to which the client is bound is not counted against it.
_COUNTED = """
    INSERT INTO machines_pace AS pace (client_id, minute, used)
    SELECT own_id, %s, 1 FROM found WHERE own_certificate IN ('', %s)
    ON CONFLICT (client_id) DO UPDATE SET
        used = CASE WHEN pace.minute = excluded.minute THEN pace.used + 1 ELSE 1 END,
        minute = excluded.minute
    RETURNING used
"""


def client_of(checksum: str, *, certificate: str, at: datetime) -> Client | None:
    """The client with its account and its agency, if token and client hold at that instant.

    Nothing is remembered between requests, so that what has ended has ended at once. The same
    statement counts the request: `left` of the client is what remains of its minute. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(),
            [checksum, at, pacing.minute_of(at), certificate],
        )
        found = cursor.fetchone()
    if found is None:
        return None
    made: list[Any] = []
    place = 1
    for model, _ in PARTS:
        names, converters = _columns(model)
        values = list(found[place : place + len(names)])
        for column, convert in converters:
            values[column] = convert(values[column])
        made.append(model.from_db("default", names, values))
        place += len(names)
    client: Client = made[0]
    client.user, client.agency = made[1], made[2]
    client.user.agency = client.agency
    client.left = pacing.left_of(found[0] or 0, at=at)
    return client


@cache
def _statement() -> str:
    columns = [
        f'"{name}"."{field.column}" AS "{name}_{field.column}"'
        for model, name in PARTS
        for field in model._meta.concrete_fields
    ]
    wanted = ", ".join(columns)
    own = "client.id AS own_id, client.certificate AS own_certificate"
    return (
        f"WITH found AS MATERIALIZED (SELECT {wanted}, {own} {_FOUND}),"  # noqa: S608 (our own names)
        f" counted AS ({_COUNTED})"
        " SELECT counted.used, found.* FROM found LEFT JOIN counted ON true"
    )


Convert = Callable[[Any], Any]


@cache
def _columns(model: type[Model]) -> tuple[list[str], list[tuple[int, Convert]]]:
    """The attributes of a row as the ORM would read it, and what it converts in which place."""
    fields = model._meta.concrete_fields
    converters: list[tuple[int, Convert]] = []
    for place, field in enumerate(fields):
        for convert in field.get_db_converters(connection):
            converters.append((place, partial(_converted, convert, field)))
    return [field.attname for field in fields], converters


def _converted(convert: Any, field: Any, value: Any) -> Any:
    return convert(value, field.cached_col, connection)
