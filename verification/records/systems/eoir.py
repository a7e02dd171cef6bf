"""EOIR, the immigration courts of the Department of Justice: cases and decisions."""

from .columns import CODE, DATE, VERIFIERS, Column, System

EOIR = System(
    name="EOIR",
    full_name="Case system of the Executive Office for Immigration Review",
    owner="Department of Justice",
    holds="Removal proceedings: hearings, decisions, appeals, and relief granted",
    updated="Daily. The Central Index may still say resident long after a final order",
    seen_by=VERIFIERS,
    rule="another department's record (third-agency rule)",
    own=(
        Column("case_id", CODE),
        Column("received_on", DATE),
        Column("hearing_on", DATE),
        Column("decision", CODE),
        Column("decided_on", DATE),
        Column("appeal_pending", CODE),
        Column("relief", CODE),
    ),
)
