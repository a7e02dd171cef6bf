"""Every date of a case, computed in one place from stored dates (S3.2, S3.6, S3.10).

Dates are those of the agency's zone; working days are federal ones. What was promised is stored
with its explanation, so that a change of the calendar never moves it silently.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from save_portal.accounts.models import Agency
from save_portal.calendar.federal import federal_calendar

DAYS_OPEN = 180
WARNINGS = (14, 3)
ADDITIONAL_DAYS = 5


@dataclass(frozen=True, slots=True)
class Deadline:
    """A promised date and why it is that date, ready to be stored and shown."""

    on: date
    because: dict[str, Any]


def local_date(at: datetime, time_zone: str) -> date:
    """The day of the instant `at` where the agency is."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def follow_up(*, at: datetime, agency: Agency) -> Deadline:
    """By when the agency looks at an initial answer: its own number of federal working days."""
    return _promised(
        "Your agency gives this long to follow an initial answer.",
        agency.prompt_days,
        at=at,
        agency=agency,
    )


def additional(*, at: datetime, agency: Agency) -> Deadline:
    """By when a status verifier answers: at most 5 federal working days (S3.2)."""
    return _promised(
        "Additional verification is answered in 3 to 5 federal working days.",
        ADDITIONAL_DAYS,
        at=at,
        agency=agency,
    )


def _promised(rule: str, days: int, *, at: datetime, agency: Agency) -> Deadline:
    start = local_date(at, agency.time_zone)
    calendar = federal_calendar()
    due = calendar.add_working_days(start, days)
    return Deadline(
        on=due,
        because={
            "rule": rule,
            "working_days": days,
            "from": start.isoformat(),
            "skipped": [
                {"on": day.isoformat(), "name": name}
                for day, name in calendar.skipped_days(start, due)
            ],
        },
    )


def expires_on(*, last_action_at: datetime, time_zone: str) -> date:
    """The day on which a case that nobody touches closes: 180 days after the last act (S3.6)."""
    return local_date(last_action_at, time_zone) + timedelta(days=DAYS_OPEN)


def working_days_left(today: date, due: date) -> int:
    """Federal working days from today to the date; negative when it has passed."""
    return federal_calendar().working_days_between(today, due)
