"""SEVIS: students, exchange visitors, and their families."""

from .columns import CODE, DATE, I94, PASSPORT_COLUMNS, SEVIS_ID, Column, System

SEVIS = System(
    name="SEVIS",
    full_name="Student and Exchange Visitor Information System",
    owner="ICE",
    own=(
        Column("sevis_id", SEVIS_ID, required=True, filled=True, key="sevis"),
        Column("class_of_admission", CODE),
        Column("status", CODE, required=True),
        Column("status_date", DATE),
        Column("termination_code", CODE, verifier_only=True),
        Column("institution"),
        Column("program_start", DATE),
        Column("program_end", DATE),
        Column("opt_start", DATE),
        Column("opt_end", DATE),
        Column("i94_number", I94, key="i94"),
        *PASSPORT_COLUMNS,
    ),
)
