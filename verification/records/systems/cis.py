"""CIS, the Central Index System: one record for each A-number, the basis of the VIS index."""

from .columns import (
    A_NUMBER,
    CERTIFICATE,
    CODE,
    DATE,
    I94,
    RECEIPT,
    Column,
    System,
)

CIS = System(
    name="CIS",
    full_name="Central Index System",
    owner="USCIS",
    own=(
        Column("aliases"),
        Column("entry_date", DATE),
        Column("port_of_entry"),
        Column("class_of_admission", CODE, required=True),
        Column("status_date", DATE),
        Column("file_control_office"),
        Column("i94_number", I94, key="i94"),
        Column("ead_provision", CODE),
        Column("ead_start", DATE),
        Column("ead_end", DATE),
        Column("naturalization_date", DATE),
        Column("naturalization_court"),
        Column("naturalization_certificate", CERTIFICATE, key="naturalization"),
        Column("citizenship_certificate", CERTIFICATE, key="citizenship"),
        Column("card_number", RECEIPT, key="card"),
        Column("order_date", DATE, verifier_only=True),
        Column("removal_date", DATE, verifier_only=True),
        Column("death_date", DATE, verifier_only=True),
        Column("consolidated_to", A_NUMBER, key="a_number"),
    ),
)
