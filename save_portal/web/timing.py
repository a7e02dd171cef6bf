"""How long a part of a request takes, for the `Server-Timing` field of machine answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

_measured: ContextVar[dict[str, float] | None] = ContextVar("measured", default=None)


@contextmanager
def measuring() -> Iterator[dict[str, float]]:
    """Collects what is measured inside: name → seconds."""
    measured: dict[str, float] = {}
    token = _measured.set(measured)
    try:
        yield measured
    finally:
        _measured.reset(token)


@contextmanager
def measured(name: str) -> Iterator[None]:
    """Adds the time spent inside under `name`, where somebody measures."""
    collected = _measured.get()
    if collected is None:
        yield
        return
    begun = perf_counter()
    try:
        yield
    finally:
        collected[name] = collected.get(name, 0.0) + perf_counter() - begun
