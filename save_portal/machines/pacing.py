"""How many requests a client may make a minute, counted across all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from save_portal.machines.models import Client, Pace
from save_portal.machines.problems import Problem, problem

WINDOW = 60


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of this minute's requests."""

    limit: int
    used: int
    seconds: int

    def headers(self) -> dict[str, str]:
        left = max(0, self.limit - self.used)
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW}',
            "RateLimit": f'"minute";r={left};t={self.seconds}',
        }


def count(client: Client, *, at: datetime) -> Left:
    """Count one request, in a transaction of its own; the problem of one too many. One query."""
    seconds = int(at.timestamp())
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {Pace._meta.db_table} AS pace (client_id, minute, used)
            VALUES (%s, %s, 1)
            ON CONFLICT (client_id) DO UPDATE SET
                used = CASE WHEN pace.minute = excluded.minute THEN pace.used + 1 ELSE 1 END,
                minute = excluded.minute
            RETURNING used
            """,  # noqa: S608 (the table's own name)
            [client.pk, seconds // WINDOW],
        )
        used = int(cursor.fetchone()[0])
    limit = settings.API_REQUESTS_PER_MINUTE
    left = Left(limit, used, WINDOW - seconds % WINDOW)
    if used > limit:
        raise too_many(left)
    return left


def too_many(left: Left | None = None) -> Problem:
    """The problem of one request too many."""
    limit = settings.API_REQUESTS_PER_MINUTE
    left = left or Left(limit, limit, WINDOW)
    return problem(
        "too-many-requests",
        f"The client may make {limit:,} requests a minute.",
        headers={**left.headers(), "Retry-After": str(left.seconds)},
    )
