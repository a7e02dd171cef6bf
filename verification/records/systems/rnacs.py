"""RNACS: naturalization before CLAIMS 4. History only; nothing is written to it since 2001."""

from .columns import CITIZENSHIP_COLUMNS, System

RNACS = System(
    name="RNACS",
    full_name="Reengineered Naturalization Application Casework System",
    owner="USCIS",
    holds="Naturalization and certificates of citizenship before CLAIMS 4",
    updated="Not in use since 2001; uploaded when a row was corrected",
    every_days=None,
    successor="CLAIMS 4",
    own=CITIZENSHIP_COLUMNS,
)
