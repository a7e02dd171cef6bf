"""Dates as they are written in Haitian Creole: 23 novanm 2026."""

DATE_FORMAT = "j F Y"
