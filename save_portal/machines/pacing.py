"""How many requests a client may make a minute, counted across all processes.

The counting is part of the statement that looks up the token (`tokens.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

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


def minute_of(at: datetime) -> int:
    """The minute in which a request counts."""
    return int(at.timestamp()) // WINDOW


def left_of(used: int, *, at: datetime) -> Left:
    """What is left at that instant of a minute in which so many were made."""
    return Left(settings.API_REQUESTS_PER_MINUTE, used, WINDOW - int(at.timestamp()) % WINDOW)


def check(left: Left) -> None:
    """Raise the problem of one request too many."""
    if left.used > left.limit:
        raise too_many(left)


def too_many(left: Left | None = None) -> Problem:
    """The problem of one request too many."""
    limit = settings.API_REQUESTS_PER_MINUTE
    left = left or Left(limit, limit, WINDOW)
    return problem(
        "too-many-requests",
        f"The client may make {limit:,} requests a minute.",
        headers={**left.headers(), "Retry-After": str(left.seconds)},
    )
