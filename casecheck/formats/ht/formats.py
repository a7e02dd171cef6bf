"""Dates and numbers as they are written in Haitian Creole: 23 novanm 2026; 1 234,5."""

DATE_FORMAT = "j F Y"
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
