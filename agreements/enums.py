"""The words of enrollment: purposes, ways of access, kinds of agreements (S1.3, S2.4, S5)."""

from django.db import models

from save_portal.benefits import Benefit, is_offered


class Kind(models.TextChoices):
    MOA = "moa", "Memorandum of agreement"
    CMA = "cma", "Computer matching agreement"


class Purpose(models.TextChoices):
    """The lawful purposes of S1.3."""

    BENEFIT = "benefit", "Eligibility for a benefit"
    LICENSE = "license", "License or grant"
    CREDENTIAL = "credential", "Government credential"
    BACKGROUND = "background", "Background investigation"
    OTHER = "other", "Other lawful purpose"


class AccessMode(models.TextChoices):
    """The ways to ask, each with all basic functions (S2.4)."""

    BROWSER = "browser", "Browser portal"
    WEB_SERVICES = "web_services", "Web services, machine to machine"
    AAMVANET = "aamvanet", "AAMVAnet (Verification of Lawful Status)"


class Side(models.TextChoices):
    """The two parties of an agreement."""

    AGENCY = "agency", "The agency"
    OFFICE = "office", "The program office"


# The purpose that each program serves: a program is open only under its purpose (S1.3, S5.3).
PURPOSE_OF: dict[str, Purpose] = {
    Benefit.TANF: Purpose.BENEFIT,
    Benefit.SSI: Purpose.BENEFIT,
    Benefit.SNAP: Purpose.BENEFIT,
    Benefit.MEDICAID: Purpose.BENEFIT,
    Benefit.UNEMPLOYMENT: Purpose.BENEFIT,
    Benefit.TITLE_IV: Purpose.BENEFIT,
    Benefit.HOUSING: Purpose.BENEFIT,
    Benefit.DRIVERS_LICENSE: Purpose.CREDENTIAL,
    Benefit.STATE_ID: Purpose.CREDENTIAL,
    Benefit.CREDENTIAL: Purpose.CREDENTIAL,
    Benefit.SSN: Purpose.CREDENTIAL,
    Benefit.LICENSE_OR_GRANT: Purpose.LICENSE,
    Benefit.BACKGROUND_CHECK: Purpose.BACKGROUND,
    Benefit.EMPLOYMENT_AUTHORIZATION: Purpose.BACKGROUND,
    Benefit.VOTER_ELIGIBILITY: Purpose.OTHER,
    Benefit.OTHER: Purpose.OTHER,
}


def programs_under(purposes: list[str], benefits: list[str]) -> tuple[str, ...]:
    """Those of the programs whose purpose is among the purposes, in their order.

    What the operator turned off is not among them, whatever was signed (S1.5).
    """
    return tuple(code for code in benefits if PURPOSE_OF.get(code) in purposes and is_offered(code))
