"""CLAIMS 3: applications and petitions for benefits other than citizenship and asylum."""

from .columns import CODE, DATE, EVERYONE, I94, RECEIPT, Column, System

CLAIMS3 = System(
    name="CLAIMS3",
    full_name="Computer Linked Application Information Management System 3",
    owner="USCIS",
    holds="Petitions and applications, but for naturalization, refugees and asylum",
    updated="Daily, from the service centers. The newest word on extensions and changes of status",
    successor="ELIS, read through eCISCOR",
    own=(
        Column("receipt_number", RECEIPT, required=True, filled=True, key="card", seen_by=EVERYONE),
        Column("form", CODE, required=True),
        Column("requested_action", CODE),
        Column("requested_class", CODE),
        Column("current_class", CODE),
        Column("received_on", DATE),
        Column("decision", CODE),
        Column("decided_on", DATE),
        Column("valid_from", DATE, seen_by=EVERYONE),
        Column("valid_to", DATE, seen_by=EVERYONE),
        Column("i94_number", I94, key="i94", seen_by=EVERYONE),
        Column("card_number", RECEIPT, key="card", seen_by=EVERYONE),
        Column("card_expires", DATE, seen_by=EVERYONE),
        Column("petitioner"),
    ),
)
