"""The fence binds whoever owns the tables, but no superuser: the portal must not connect as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections


@register(Tags.database)
def connects_as_an_ordinary_role(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name in databases or ():
        with connections[name].cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user"
            )
            (passes_the_fence,) = cursor.fetchone()
        if passes_the_fence:
            found.append(
                Warning(
                    "The portal connects to PostgreSQL as a superuser.",
                    hint="Outside a scope row-level security does not hold a superuser back. "
                    "Connect as a role with CREATEROLE that owns the database.",
                    id="accounts.W001",
                )
            )
    return found
