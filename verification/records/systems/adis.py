"""ADIS, the Arrival and Departure Information System: admissions and departures."""

from .columns import CODE, DATE, I94, PASSPORT_COLUMNS, SEVIS_ID, UNTIL, Column, System

ADIS = System(
    name="ADIS",
    full_name="Arrival and Departure Information System",
    owner="CBP",
    own=(
        Column("i94_number", I94, required=True, key="i94"),
        *PASSPORT_COLUMNS,
        Column("sevis_id", SEVIS_ID, key="sevis"),
        Column("class_of_admission", CODE, required=True),
        Column("arrival_date", DATE),
        Column("port_of_entry"),
        Column("admitted_until", UNTIL),
        Column("departure_date", DATE),
    ),
)
