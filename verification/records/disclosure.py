"""Who may see what of a record: the tables of the systems, and the people under special protection.

A system's table says what a viewer may see of an ordinary person. A record that shows protection
under 8 USC 1367 (violence in the family, trafficking, victims of crime) is shown to cleared
verifiers alone, like everything of the asylum system (8 CFR 208.6).
"""

from __future__ import annotations

from functools import cache

from verification.records.classes import group_of, normal
from verification.records.held import Held
from verification.records.systems import SYSTEMS, Viewer

ASYLUM = "8 CFR 208.6"
VICTIMS = "8 USC 1367"
CLASS_COLUMNS = ("class_of_admission", "requested_class", "current_class", "visa_class")
VICTIM_FORMS = frozenset({"I914", "I914A", "I918", "I918A", "I929"})


@cache
def columns_shown(system: str, viewer: Viewer) -> frozenset[str]:
    """The columns of a system that a viewer may see of an ordinary person."""
    return SYSTEMS[system].shown_to(viewer)


def protection(record: Held) -> str:
    """The rule that protects this record specially; "" for an ordinary one."""
    if record.system == "RAPS":
        return ASYLUM
    own = record.own
    if normal(own.get("form", "")) in VICTIM_FORMS or own.get("joint_or_waiver", "") == "WAIVER":
        return VICTIMS
    for column in CLASS_COLUMNS:
        code = normal(own.get(column, ""))
        if code and group_of(code) == "protected":
            return VICTIMS
    return ""


def may_see(record: Held, viewer: Viewer) -> bool:
    """Whether a viewer may learn that the record exists at all."""
    if viewer is not Viewer.CLEARED and protection(record):
        return False
    return "family_name" in columns_shown(record.system, viewer)


def shown(record: Held, viewer: Viewer) -> dict[str, str]:
    """The values of a record that a viewer may see, by column, dates as text; empty ones left out.

    A viewer who may not see the record at all gets nothing.
    """
    if not may_see(record, viewer):
        return {}
    values = {
        "record_id": record.record_id,
        "updated_at": record.updated_on.isoformat(),
        "a_number": record.a_number,
        "family_name": record.family_name,
        "given_name": record.given_name,
        "middle_name": record.middle_name,
        "date_of_birth": record.date_of_birth.isoformat() if record.date_of_birth else "",
        "country_of_birth": record.country_of_birth,
        "country_of_citizenship": record.country_of_citizenship,
        **record.own,
    }
    allowed = columns_shown(record.system, viewer)
    return {name: value for name, value in values.items() if value and name in allowed}
