"""Dates as they are written in Tagalog: 23 Nobyembre 2026."""

DATE_FORMAT = "j F Y"
