"""The benefits, licenses and checks for which status is verified: codes of the contract (S6)."""

from django.conf import settings
from django.db import models


class Benefit(models.TextChoices):
    TANF = "tanf", "TANF"
    SSI = "ssi", "SSI"
    SNAP = "snap", "SNAP"
    MEDICAID = "medicaid", "Medicaid"
    UNEMPLOYMENT = "unemployment", "Unemployment compensation"
    TITLE_IV = "title_iv", "Title IV student aid"
    HOUSING = "housing", "Housing assistance"
    DRIVERS_LICENSE = "drivers_license", "Driver's license"
    STATE_ID = "state_id", "State ID"
    BACKGROUND_CHECK = "background_check", "Background check"
    EMPLOYMENT_AUTHORIZATION = "employment_authorization", "Employment authorization"
    SSN = "ssn", "Social Security number"
    LICENSE_OR_GRANT = "license_or_grant", "License or grant"
    CREDENTIAL = "credential", "Government credential"
    VOTER_ELIGIBILITY = "voter_eligibility", "Voter eligibility"
    OTHER = "other", "Other"


def is_offered(code: str) -> bool:
    """Whether this portal offers it: voter eligibility only where the operator turned it on (S1.5).

    What was agreed or asked before it was turned off again can be read and finished.
    """
    return code != Benefit.VOTER_ELIGIBILITY or settings.VOTER_ELIGIBILITY


def offered() -> list[tuple[str, str]]:
    """(code, label) of each benefit that this portal offers."""
    return [choice for choice in Benefit.choices if is_offered(choice[0])]
