"""CCD, the Consular Consolidated Database of the Department of State: visas.

Its rows help to tell whose passport a number is. Nothing in it goes to a user agency.
"""

from .columns import (
    CODE,
    COUNTRY,
    DATE,
    PASSPORT,
    RECEIPT,
    VISA,
    Column,
    System,
)

CCD = System(
    name="CCD",
    full_name="Consular Consolidated Database",
    owner="Department of State",
    own=(
        Column("visa_application", CODE, verifier_only=True),
        Column("post", verifier_only=True),
        Column("visa_class", CODE, verifier_only=True),
        Column("visa_number", VISA, key="visa", verifier_only=True),
        Column("issued_on", DATE, verifier_only=True),
        Column("expires_on", DATE, verifier_only=True),
        Column("passport_number", PASSPORT, required=True, key="passport", verifier_only=True),
        Column("passport_country", COUNTRY, required=True, verifier_only=True),
        Column("petition_receipt", RECEIPT, verifier_only=True),
        Column("refusal_code", CODE, verifier_only=True),
        Column("revoked_on", DATE, verifier_only=True),
        Column("annotation", verifier_only=True),
    ),
)
