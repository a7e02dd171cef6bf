"""CLAIMS 4: naturalization and certificates of citizenship."""

from .columns import CERTIFICATE, CODE, DATE, Column, System

CLAIMS4 = System(
    name="CLAIMS4",
    full_name="Computer Linked Application Information Management System 4",
    owner="USCIS",
    own=(
        Column("application_id", CODE),
        Column("form", CODE, required=True),
        Column("decision", CODE, required=True),
        Column("decided_on", DATE),
        Column("oath_date", DATE),
        Column("court"),
        # The index kind follows the form: N-600 gives citizenship, all else naturalization.
        Column("certificate_number", CERTIFICATE, required=True, key="certificate"),
        Column("name_changed_to"),
    ),
)
