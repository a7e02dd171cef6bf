"""Dates and numbers as they are written in Tagalog: 23 Nobyembre 2026; 1,234.5."""

DATE_FORMAT = "j F Y"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
