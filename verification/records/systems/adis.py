"""ADIS, the Arrival and Departure Information System: admissions and departures."""

from .columns import ADMISSION_COLUMNS, System

ADIS = System(
    name="ADIS",
    full_name="Arrival and Departure Information System",
    owner="CBP",
    holds="Each arrival and departure of a person, matched to each other; checks I-94 data",
    updated=(
        "Daily. Fed by inspections, carriers and SEVIS; an extension or change of status that USCIS"
        " approved may arrive weeks late, and a departure by land often never"
    ),
    own=ADMISSION_COLUMNS,
)
