"""SEVIS: students, exchange visitors, and their families."""

from .columns import CODE, DATE, EVERYONE, I94, PASSPORT_COLUMNS, SEVIS_ID, Column, System

SEVIS = System(
    name="SEVIS",
    full_name="Student and Exchange Visitor Information System",
    owner="ICE",
    holds="Students, exchange visitors and their families; their schools, programs and training",
    updated="Daily. Schools and sponsors write it, State reads it; a school's mistake stands in it",
    own=(
        Column("sevis_id", SEVIS_ID, required=True, filled=True, key="sevis", seen_by=EVERYONE),
        Column("class_of_admission", CODE, seen_by=EVERYONE),
        Column("status", CODE, required=True),
        Column("status_date", DATE),
        Column("termination_code", CODE),
        Column("institution", seen_by=EVERYONE),
        Column("program_start", DATE, seen_by=EVERYONE),
        Column("program_end", DATE, seen_by=EVERYONE),
        Column("opt_start", DATE, seen_by=EVERYONE),
        Column("opt_end", DATE, seen_by=EVERYONE),
        Column("i94_number", I94, key="i94", seen_by=EVERYONE),
        *PASSPORT_COLUMNS,
    ),
)
