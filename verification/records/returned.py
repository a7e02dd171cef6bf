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
# The end of an earlier, temporary admission is no part of a status without end.
NOT_OF_RESIDENTS = frozenset({"admitted_until"})


def datum(value: str, record: Held) -> dict[str, str]:
    return {
        "value": value,
        "system": record.system,
        "record_date": record.updated_on.isoformat(),
    }


def returned_data(source: Held, person: Sequence[Held]) -> dict[str, dict[str, str]]:
    """The fields for the agency; names and the class come from the record that was chosen."""
    newest = sorted(
        (record for record in person if record.system != "CCD"),
        key=lambda record: (record.updated_on, record.record_id),
        reverse=True,
    )
    ordered = [source, *(record for record in newest if record is not source)]
    result = shared_data(ordered)
    for name, places in OWN.items():
        if name == "class_of_admission" and name in source.own:
            places = ((source.system, name),)
        if name in NOT_OF_RESIDENTS and is_permanent(source):
            continue
        if found := first_filled(places, ordered):
            result[name] = found
    if "naturalization_certificate" not in result:
        certified = [record for record in ordered if record.own.get("form", "")[:3] == "N-4"]
        if found := first_filled((("CLAIMS4", "certificate_number"),), certified):
            result["naturalization_certificate"] = found
    return result


def shared_data(ordered: Sequence[Held]) -> dict[str, dict[str, str]]:
    """The columns all systems share: from the chosen record, or the newest that has them."""
    result: dict[str, dict[str, str]] = {}
    for name in SHARED:
        # A middle name belongs to one spelling of the whole name: not filled from elsewhere.
        records = ordered[:1] if name == "middle_name" else ordered
        for record in records:
            if value := getattr(record, name):
                text = value.isoformat() if isinstance(value, date) else value
                result[name] = datum(text, record)
                break
    return result


def first_filled(
    places: Sequence[tuple[str, str]], ordered: Sequence[Held]
) -> dict[str, str] | None:
    """The first of the places, in their order, that a record fills."""
    for system, column in places:
        for record in ordered:
            if record.system == system and column in record.own:
                return datum(record.own[column], record)
    return None


def is_permanent(source: Held) -> bool:
    """Whether the status has no end, so that an earlier admission's end says nothing of it."""
    group = group_of(source.own.get("class_of_admission", ""))
    return source.system == "CIS" and (group.startswith("lpr") or group in ("refugee", "asylee"))
