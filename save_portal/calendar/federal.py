"""Federal working days: Monday to Friday without the legal holidays and the closures.

The statutory days (5 U.S.C. 6103(a), with the observed days) come from the pinned `holidays`
package. Inauguration Day is none: it closes offices around Washington only. Executive orders come
from the table of closures, which wins over the rule both ways.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import holidays

_DAY = timedelta(days=1)
CACHE_SECONDS = 60.0


@lru_cache(maxsize=256)
def statutory_holidays(year: int) -> Mapping[date, str]:
    """The days of one calendar year, the observed ones included."""
    found = holidays.country_holidays(
        "US", years=(year, year + 1), observed=True, categories="public"
    )
    return {day: name for day, name in found.items() if day.year == year}


@dataclass(frozen=True, slots=True)
class ClosureDay:
    on: date
    name: str
    is_closed: bool = True


@dataclass(frozen=True, slots=True)
class FederalCalendar:
    """Pure: the closures are given."""

    closures: Mapping[date, ClosureDay] = field(default_factory=dict)

    @classmethod
    def of(cls, closures: Iterable[ClosureDay]) -> FederalCalendar:
        return cls({closure.on: closure for closure in closures})

    def holiday_name(self, day: date) -> str | None:
        """Why offices are closed on this day, weekends apart; None when they are not."""
        closure = self.closures.get(day)
        if closure is not None:
            return closure.name if closure.is_closed else None
        return statutory_holidays(day.year).get(day)

    def is_working_day(self, day: date) -> bool:
        closure = self.closures.get(day)
        if closure is not None:
            return not closure.is_closed
        return day.weekday() < 5 and day not in statutory_holidays(day.year)

    def add_working_days(self, day: date, days: int) -> date:
        """The n-th working day after `day`, or before it for a negative number; 0 is the day."""
        step = _DAY if days > 0 else -_DAY
        left = abs(days)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days from `start` to `end`: the inverse of `add_working_days`.

        The start itself does not count; negative when the end lies before the start.
        """
        if end >= start:
            return self._working_days_in(start + _DAY, end)
        return -self._working_days_in(end, start - _DAY)

    def _working_days_in(self, first: date, last: date) -> int:
        """From `first` to `last`, both included: weekdays, corrected by the days out of order."""
        weeks, rest = divmod((last - first).days + 1, 7)
        count = 5 * weeks + sum((first.weekday() + day) % 7 < 5 for day in range(rest))
        unusual = set(self.closures).union(
            *(statutory_holidays(year) for year in range(first.year, last.year + 1))
        )
        for day in unusual:
            if first <= day <= last:
                count += self.is_working_day(day) - (day.weekday() < 5)
        return count

    def skipped_days(self, start: date, end: date) -> list[tuple[date, str]]:
        """Holidays and closures on weekdays after `start` up to `end`: why a date is so late."""
        found = []
        day = start
        while day < end:
            day += _DAY
            name = self.holiday_name(day)
            if name is not None and day.weekday() < 5:
                found.append((day, name))
        return found


_lock = threading.Lock()
_cached: tuple[float, FederalCalendar] | None = None


def federal_calendar() -> FederalCalendar:
    """The calendar with the closures of the table: one query, then none for a minute."""
    global _cached
    cached = _cached
    if cached is not None and time.monotonic() - cached[0] < CACHE_SECONDS:
        return cached[1]
    from save_portal.calendar.models import Closure

    rows = Closure.objects.values_list("on", "name", "is_closed")
    calendar = FederalCalendar.of(ClosureDay(*row) for row in rows)
    with _lock:
        _cached = (time.monotonic(), calendar)
    return calendar


def forget() -> None:
    """Makes the next call read the closures again."""
    global _cached
    with _lock:
        _cached = None
