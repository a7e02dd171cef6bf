"""The benefits, licenses and checks for which status is verified: codes of the contract (S6)."""

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
    OTHER = "other", "Other"
