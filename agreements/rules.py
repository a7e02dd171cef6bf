"""What an agency may choose: purposes, programs and ways that fit each other (S1.3, S2.4)."""

from __future__ import annotations

from typing import Any

from agreements.enums import PURPOSE_OF, AccessMode, Purpose
from save_portal.benefits import Benefit, is_offered

MOTOR_VEHICLES = {Benefit.DRIVERS_LICENSE, Benefit.STATE_ID}
NEEDED = (
    "agency_name", "tax_id", "street", "city", "state", "zip_code", "legal_basis",
    "contact_name", "contact_email", "contact_phone",
    "signatory_name", "signatory_title", "signatory_email",
    "administrator_name", "administrator_email",
)  # fmt: skip


def check_choices(choices: dict[str, Any]) -> dict[str, str]:
    """A sentence for each field that cannot stand; empty where all can."""
    errors = {name: "Fill this in." for name in NEEDED if not choices.get(name)}
    return errors | check_terms(choices)


def check_terms(choices: dict[str, Any]) -> dict[str, str]:
    """The same of purposes, programs and ways alone."""
    errors: dict[str, str] = {}
    purposes = choices.get("purposes") or []
    benefits = choices.get("benefits") or []
    modes = choices.get("access_modes") or []
    if not purposes:
        errors["purposes"] = "Tick at least one purpose."
    if not benefits:
        errors["benefits"] = "Tick at least one program."
    if not modes:
        errors["access_modes"] = "Tick at least one way of access."
    if any(not is_offered(code) for code in benefits):
        errors["benefits"] = (
            "Voter eligibility is turned off on this portal, so no agreement can permit it (S1.5)."
        )
    outside = [code for code in benefits if PURPOSE_OF.get(code) not in purposes]
    if purposes and outside:
        labels = ", ".join(
            f"{Benefit(code).label} (needs “{Purpose(PURPOSE_OF[code]).label}”)" for code in outside
        )
        errors["benefits"] = f"A program needs its purpose ticked as well: {labels} (S1.3)."
    if AccessMode.AAMVANET in modes and not MOTOR_VEHICLES & set(benefits):
        errors["access_modes"] = (
            "AAMVAnet is for motor-vehicle departments: choose it with driver's license or state "
            "ID only (S2.4)."
        )
    return errors
