"""EID, the Enforcement Integrated Database: arrests, orders and removals, event by event."""

from .columns import CODE, DATE, VERIFIERS, Column, System

EID = System(
    name="EID",
    full_name="Enforcement Integrated Database",
    owner="ICE",
    holds="Charges, final orders and removals, and criminal history",
    updated="Daily. Only what bears on status is taken; a mere encounter is not",
    seen_by=VERIFIERS,
    rule="lent for the status question alone: an agency learns no enforcement fact",
    own=(
        Column("subject_id", CODE),
        Column("charge_date", DATE),
        Column("final_order_date", DATE),
        Column("order_type", CODE),
        Column("removed_on", DATE),
        Column("criminal_history"),
    ),
)
