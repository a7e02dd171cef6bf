"""Federal working days: see `save_portal.calendar.federal`."""

from save_portal.calendar.federal import FederalCalendar, federal_calendar

__all__ = ["FederalCalendar", "federal_calendar"]
