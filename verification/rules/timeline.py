"""One timeline for the events of all systems, drawn as numbers for a small picture. Pure.

A picture of width 772 with a lane of 42 for each kind of event; texts stand where they have room.
The list of events is the truth, the picture a help (every event is in the table behind it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LEFT, RIGHT, LANE, TOP = 150, 770, 42, 26
LETTER = 6.1  # width of a letter, about
MOST_YEARS = 9


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, or held from a day to another. `to_on` None with `lasts`: no end is known."""

    lane: str
    on: date
    text: str
    source: str
    to_on: date | None = None
    lasts: bool = False
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """An event in the picture: a bar of `width`, or a point where there is none."""

    x: float
    y: float
    width: float
    text: str
    text_x: float
    text_end: bool
    conflict: bool
    open_end: bool


@dataclass(frozen=True, slots=True)
class Lane:
    label: str
    sources: str
    y: int
    line_y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    years: tuple[tuple[float, int], ...]
    today_x: float
    height: int


def draw(events: Sequence[Event], *, lanes: Iterable[str], today: date) -> Drawing | None:
    """Where everything stands; None for nothing to draw. Lanes without an event are left out."""
    if not events:
        return None
    first, last = _span(events, today)
    scale = (RIGHT - LEFT) / max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (min(max(day, first), last) - first).days * scale, 1)

    kept: list[Lane] = []
    marks: list[Mark] = []
    y = TOP
    for label in lanes:
        here = sorted((e for e in events if e.lane == label), key=lambda event: event.on)
        if not here:
            continue
        rows = _rows(here, x)
        for event, row in rows:
            marks.append(_mark(event, x, y + row * LANE / 2 + 10, last))
        depth = max(row for _, row in rows) + 1
        height = max(LANE, int(depth * LANE / 2) + 20)
        sources = ", ".join(dict.fromkeys(event.source for event in here))
        kept.append(Lane(label, sources, y + 14, y + height - 2))
        y += height
    years = range(first.year, last.year + 1)
    ticks = tuple(
        (x(date(year, 1, 1)), year) for year in years if first <= date(year, 1, 1) <= last
    )
    return Drawing(tuple(kept), tuple(marks), ticks, x(today), y + 18)


def _span(events: Sequence[Event], today: date) -> tuple[date, date]:
    """From before the first event to after today; long lives are cut to the last nine years."""
    days = [event.on for event in events] + [event.to_on for event in events if event.to_on]
    last = max(max(days), today)
    last = min(last, today + timedelta(days=1100)) + timedelta(days=45)
    first = max(min([*days, today]), date(last.year - MOST_YEARS, 1, 1))
    return min(date(first.year, 1, 1), today), max(last, today)


def _rows(events: Sequence[Event], x: Callable[[date], float]) -> list[tuple[Event, int]]:
    """Each event on the first row of its lane on which its bar and its words have room."""
    free: list[float] = []
    placed = []
    for event in events:
        begins = x(event.on)
        ends = max(
            begins + len(event.text) * LETTER + 22,
            x(event.to_on) if event.to_on else 0,
        )
        begins = min(begins, RIGHT - len(event.text) * LETTER)
        row = next((n for n, until in enumerate(free) if until <= begins), len(free))
        if row == len(free):
            free.append(0)
        free[row] = ends
        placed.append((event, row))
    return placed


def _mark(event: Event, x: Callable[[date], float], y: float, last: date) -> Mark:
    begins: float = x(event.on)
    to_on = last if event.lasts and event.to_on is None else event.to_on
    ends: float = x(to_on) if to_on else begins
    width = max(ends - begins, 3.0) if to_on else 0.0
    room = len(event.text) * LETTER
    if width > room + 8:
        text_x, text_end = begins + 6, False
    elif max(begins + width, begins) + room + 12 <= RIGHT:
        text_x, text_end = begins + (width or 6) + 6, False
    else:
        text_x, text_end = begins - 8, True
    return Mark(
        x=begins,
        y=y,
        width=width,
        text=event.text,
        text_x=round(text_x, 1),
        text_end=text_end,
        conflict=event.conflict,
        open_end=event.lasts and event.to_on is None,
    )
