"""CCD, the Consular Consolidated Database of the Department of State: visas and their petitions.

Its rows help to tell whose passport a number is, and hold the chain from petition to admission
together. Nothing in it goes to a user agency, nor to anybody but verifiers.
"""

from .columns import (
    CODE,
    COUNTRY,
    DATE,
    PASSPORT,
    RECEIPT,
    VERIFIERS,
    VISA,
    Column,
    System,
)

CCD = System(
    name="CCD",
    full_name="Consular Consolidated Database",
    owner="Department of State",
    holds="Visa applications, the visas issued or refused, and the petitions they rest on",
    updated=(
        "Daily. Posts write it within the hour; a petition is there only when USCIS sent it to"
        " State, so not for changes and extensions inside the country"
    ),
    seen_by=VERIFIERS,
    rule="INA 222(f), and the agreement between DHS and State",
    own=(
        Column("visa_application", CODE),
        Column("post"),
        Column("visa_class", CODE),
        Column("visa_number", VISA, key="visa"),
        Column("issued_on", DATE),
        Column("expires_on", DATE),
        Column("passport_number", PASSPORT, required=True, key="passport"),
        Column("passport_country", COUNTRY, required=True),
        Column("petition_receipt", RECEIPT, key="petition"),
        Column("refusal_code", CODE),
        Column("revoked_on", DATE),
        Column("annotation"),
    ),
)
