"""CLAIMS 3: applications and petitions for benefits other than citizenship and asylum."""

from .columns import CODE, DATE, I94, RECEIPT, Column, System

CLAIMS3 = System(
    name="CLAIMS3",
    full_name="Computer Linked Application Information Management System 3",
    owner="USCIS",
    own=(
        Column("receipt_number", RECEIPT, required=True, filled=True, key="card"),
        Column("form", CODE, required=True),
        Column("requested_action", CODE),
        Column("requested_class", CODE),
        Column("current_class", CODE),
        Column("received_on", DATE),
        Column("decision", CODE),
        Column("decided_on", DATE),
        Column("valid_from", DATE),
        Column("valid_to", DATE),
        Column("i94_number", I94, key="i94"),
        Column("card_number", RECEIPT, key="card"),
        Column("card_expires", DATE),
        Column("petitioner", verifier_only=True),
    ),
)
