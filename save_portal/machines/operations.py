"""What the description says of an operation beyond what its form says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import http_date

from save_portal.machines.problems import KINDS, Kind

ALWAYS = ("not-authenticated", "not-permitted", "too-many-requests", "server-error", "unavailable")
READS_QUERY = ("malformed-request", "not-acceptable")
READS_BODY = (
    "malformed-request",
    "not-acceptable",
    "too-slow",
    "request-in-progress",
    "body-too-large",
    "unsupported-media-type",
    "invalid-fields",
    "key-used-for-another-request",
)
NAMES_VERSION = ("case-changed", "precondition-required")


@dataclass(frozen=True, slots=True)
class Ending:
    """When the end of an operation was announced, and from when on it is no longer there."""

    announced: datetime
    sunset: datetime

    def headers(self) -> dict[str, str]:
        """`Deprecation` (RFC 9745) and `Sunset` (RFC 8594), with the page that says more."""
        return {
            "Deprecation": f"@{int(self.announced.timestamp())}",
            "Sunset": http_date(self.sunset.timestamp()),
            "Link": f'<{reverse("machines:changes")}>; rel="deprecation"; type="text/html"',
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`answer` is the name of a component or a media type of bytes; `example` of what it gives."""

    id: str
    summary: str
    tag: str
    answer: str
    status: int = 200
    example: Any = None
    request_example: Any = None
    problems: tuple[str, ...] = ()
    versioned: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    ends: Ending | None = None

    def kinds(self, method: str, *, one: bool) -> list[Kind]:
        """Every kind of problem that it may answer, by status."""
        slugs = set(ALWAYS) | set(self.problems)
        slugs |= set(READS_BODY if method == "post" else READS_QUERY)
        if one:
            slugs.add("not-found")
        if self.versioned:
            slugs |= set(NAMES_VERSION)
        return [kind for slug, kind in KINDS.items() if slug in slugs]
