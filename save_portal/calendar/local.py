"""Which day it is somewhere."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def local_date(at: datetime, time_zone: str) -> date:
    """The day of the instant `at` in a time zone: an agency's, or that of the offices."""
    return at.astimezone(ZoneInfo(time_zone)).date()
