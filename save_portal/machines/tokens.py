"""Whose token it is: one statement, written once a process, for every request of a machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from save_portal.accounts.models import Agency, User
from save_portal.machines.models import Client

PARTS: tuple[tuple[type[Model], str], ...] = (
    (Client, "client"),
    (User, "account"),
    (Agency, "agency"),
)
_WHERE = """
    FROM oauth2_provider_accesstoken token
    JOIN machines_client client ON client.id = token.application_id
    JOIN accounts_user account ON account.id = client.user_id
    JOIN accounts_agency agency ON agency.id = client.agency_id AND agency.id = account.agency_id
    WHERE token.token_checksum = %s AND token.expires > %s
"""


def client_of(checksum: str, *, at: datetime) -> Client | None:
    """The client with its account and its agency, if the token holds at that instant. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [checksum, at])
        found = cursor.fetchone()
    if found is None:
        return None
    made: dict[str, Any] = {}
    place = 0
    for model, name in PARTS:
        width = len(model._meta.concrete_fields)
        made[name] = _instance(model, found[place : place + width])
        place += width
    client: Client = made["client"]
    client.user, client.agency = made["account"], made["agency"]
    client.user.agency = client.agency
    return client


@cache
def _statement() -> str:
    columns = [
        f'"{name}"."{field.column}"'
        for model, name in PARTS
        for field in model._meta.concrete_fields
    ]
    return f"SELECT {', '.join(columns)} {_WHERE}"


def _instance(model: type[Model], values: Sequence[Any]) -> Model:
    """A row as the ORM would give it."""
    fields = model._meta.concrete_fields
    read = []
    for field, value in zip(fields, values, strict=True):
        for convert in field.get_db_converters(connection):
            value = convert(value, field.cached_col, connection)
        read.append(value)
    return model.from_db("default", [field.attname for field in fields], read)
