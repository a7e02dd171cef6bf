"""CLAIMS 4: naturalization and certificates of citizenship."""

from .columns import CITIZENSHIP_COLUMNS, System

CLAIMS4 = System(
    name="CLAIMS4",
    full_name="Computer Linked Application Information Management System 4",
    owner="USCIS",
    holds="Applications for naturalization and for certificates of citizenship",
    updated="Daily, the day after an oath or a decision; the Central Index follows later",
    successor="ELIS",
    own=CITIZENSHIP_COLUMNS,
)
