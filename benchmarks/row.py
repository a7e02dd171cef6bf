"""One line of the benchmark table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Row:
    """One line of the table; times in milliseconds, `share` against what `against` names."""

    name: str
    people: int
    cases: int
    count: int = 0
    p50: float | None = None
    p99: float | None = None
    queries: float | None = None
    per_second: float | None = None
    share: float | None = None
    against: str = ""
    aim: str = ""
    p95: float | None = None
