"""CIS, the Central Index System: one record for each A-number, the basis of the VIS index."""

from .columns import (
    A_NUMBER,
    CERTIFICATE,
    CODE,
    DATE,
    EVERYONE,
    I94,
    RECEIPT,
    Column,
    System,
)

CIS = System(
    name="CIS",
    full_name="Central Index System",
    owner="USCIS",
    holds="The index of A-files: everyone who has met an immigration agency, and their status",
    updated=(
        "Daily. The records offices write it; a naturalization, an order of a court, or a new class"
        " may reach it weeks after the fact"
    ),
    successor="CIS 2",
    own=(
        Column("aliases"),
        Column("entry_date", DATE, seen_by=EVERYONE),
        Column("port_of_entry", seen_by=EVERYONE),
        Column("class_of_admission", CODE, required=True, seen_by=EVERYONE),
        Column("status_date", DATE, seen_by=EVERYONE),
        Column("file_control_office"),
        Column("i94_number", I94, key="i94", seen_by=EVERYONE),
        Column("ead_provision", CODE, seen_by=EVERYONE),
        Column("ead_start", DATE, seen_by=EVERYONE),
        Column("ead_end", DATE, seen_by=EVERYONE),
        Column("naturalization_date", DATE, seen_by=EVERYONE),
        Column("naturalization_court", seen_by=EVERYONE),
        Column("naturalization_certificate", CERTIFICATE, key="naturalization", seen_by=EVERYONE),
        Column("citizenship_certificate", CERTIFICATE, key="citizenship", seen_by=EVERYONE),
        Column("card_number", RECEIPT, key="card", seen_by=EVERYONE),
        Column("order_date", DATE),
        Column("removal_date", DATE),
        Column("death_date", DATE),
        Column("consolidated_to", A_NUMBER, key="a_number"),
    ),
)
