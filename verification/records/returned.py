"""What a user agency gets back of a person's records, each value with its system and its age.

A list of what may go out, not of what may not: a column that is not named here never leaves. No
passport or visa number is named (S8.2), nor anything of State's, nor enforcement data.
"""

from collections.abc import Sequence
from datetime import date

from verification.records.classes import group_of
from verification.records.held import Held

SHARED = (
    "family_name", "given_name", "middle_name", "date_of_birth", "country_of_birth",
    "country_of_citizenship", "a_number",
)  # fmt: skip

# field returned -> (system, own column), the better source first
OWN: dict[str, tuple[tuple[str, str], ...]] = {
    "class_of_admission": (
        ("CIS", "class_of_admission"),
        ("ADIS", "class_of_admission"),
        ("SEVIS", "class_of_admission"),
    ),
    "entry_date": (("ADIS", "arrival_date"), ("CIS", "entry_date")),
    "port_of_entry": (("ADIS", "port_of_entry"), ("CIS", "port_of_entry")),
    "admitted_until": (("ADIS", "admitted_until"),),
    "grant_date": (("CIS", "status_date"),),
    "ead_provision": (("CIS", "ead_provision"),),
    "ead_start": (("CIS", "ead_start"),),
    "ead_end": (("CIS", "ead_end"),),
    "card_expires": (("ISRS", "expires_on"), ("CLAIMS3", "card_expires")),
    "card_number": (("ISRS", "card_number"), ("CIS", "card_number"), ("CLAIMS3", "card_number")),
    "i94_number": (("ADIS", "i94_number"), ("CIS", "i94_number"), ("SEVIS", "i94_number")),
    "sevis_id": (("SEVIS", "sevis_id"), ("ADIS", "sevis_id")),
    "naturalization_date": (("CIS", "naturalization_date"), ("CLAIMS4", "oath_date")),
    "naturalization_certificate": (("CIS", "naturalization_certificate"),),
}
# What an earlier, temporary admission says is no part of the status of these.
PERMANENT = frozenset({"admitted_until"})


def datum(value: str, record: Held) -> dict[str, str]:
    return {
        "value": value,
        "system": record.system,
        "record_date": record.updated_on.isoformat(),
    }


def returned_data(source: Held, person: Sequence[Held], today: date) -> dict[str, dict[str, str]]:
    """The fields for the agency; names and the class come from the record that was chosen."""
    newest = sorted(
        (record for record in person if record.system != "CCD"),
        key=lambda record: (record.updated_on, record.record_id),
        reverse=True,
    )
    ordered = [source, *(record for record in newest if record is not source)]
    result: dict[str, dict[str, str]] = {}
    for name in SHARED:
        for record in ordered:
            if value := getattr(record, name):
                text = value.isoformat() if isinstance(value, date) else value
                result[name] = datum(text, record)
                break
            if name == "middle_name":
                break
    for name, places in OWN.items():
        if name == "class_of_admission" and "class_of_admission" in source.own:
            result[name] = datum(source.own[name], source)
            continue
        for system, column in places:
            record = next((r for r in ordered if r.system == system and column in r.own), None)
            if record is not None:
                result[name] = datum(record.own[column], record)
                break
    certified = next((r for r in ordered if "certificate_number" in r.own), None)
    if certified and "naturalization_certificate" not in result:
        if certified.own.get("form", "").startswith("N-4"):
            result["naturalization_certificate"] = datum(
                certified.own["certificate_number"], certified
            )
    if source.system == "CIS" and _is_permanent(source):
        for name in PERMANENT:
            result.pop(name, None)
    return result


def _is_permanent(source: Held) -> bool:
    group = group_of(source.own.get("class_of_admission", ""))
    return group.startswith("lpr") or group in ("refugee", "asylee", "citizen")
