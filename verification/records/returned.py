"""What a user agency gets back of a person's records, each value with its system and its age.

Two lists must both allow a value: the owner's table of who may see it (systems/), and the fields
named here. Records that an agency may not see at all (asylum, the courts, enforcement, State,
protected people: disclosure.py) give nothing, not even the spelling of a name.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from verification.records.classes import group_of
from verification.records.disclosure import shown as visible
from verification.records.held import Held, Identifier
from verification.records.status import RESIDENT, VALID_CARD, class_of, text
from verification.records.systems import Viewer

Seen = tuple[Held, dict[str, str]]

SHARED = (
    "family_name", "given_name", "middle_name", "date_of_birth", "country_of_birth",
    "country_of_citizenship", "a_number",
)  # fmt: skip

# field returned -> (system, own column), the better source first
OWN: dict[str, tuple[tuple[str, str], ...]] = {
    "class_of_admission": (
        ("CIS", "class_of_admission"),
        ("ADIS", "class_of_admission"),
        ("NIIS", "class_of_admission"),
        ("SEVIS", "class_of_admission"),
    ),
    "entry_date": (("ADIS", "arrival_date"), ("NIIS", "arrival_date"), ("CIS", "entry_date")),
    "port_of_entry": (
        ("ADIS", "port_of_entry"),
        ("NIIS", "port_of_entry"),
        ("CIS", "port_of_entry"),
    ),
    "admitted_until": (("ADIS", "admitted_until"), ("NIIS", "admitted_until")),
    "grant_date": (("CIS", "status_date"),),
    "conditions_until": (("MFAS", "conditional_to"),),
    "ead_provision": (("CIS", "ead_provision"),),
    "ead_start": (("CIS", "ead_start"),),
    "ead_end": (("CIS", "ead_end"),),
    "card_expires": (("ISRS", "expires_on"), ("CLAIMS3", "card_expires")),
    "card_number": (("ISRS", "card_number"), ("CIS", "card_number"), ("CLAIMS3", "card_number")),
    "i94_number": (
        ("ADIS", "i94_number"),
        ("NIIS", "i94_number"),
        ("CIS", "i94_number"),
        ("SEVIS", "i94_number"),
    ),
    "sevis_id": (("SEVIS", "sevis_id"), ("ADIS", "sevis_id")),
    "naturalization_date": (
        ("CIS", "naturalization_date"),
        ("CLAIMS4", "oath_date"),
        ("RNACS", "oath_date"),
    ),
    "naturalization_certificate": (("CIS", "naturalization_certificate"),),
    "citizenship_certificate": (("CIS", "citizenship_certificate"),),
}
# Where an entry counts from the grant of a status without end, the first entry is asked for, and
# the end of an earlier, temporary admission is no part of the answer.
OF_RESIDENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "entry_date": (("CIS", "entry_date"), ("ADIS", "arrival_date")),
    "port_of_entry": (("CIS", "port_of_entry"), ("ADIS", "port_of_entry")),
    "admitted_until": (),
}


def datum(value: str, record: Held) -> dict[str, str]:
    return {
        "value": value,
        "system": record.system,
        "record_date": record.updated_on.isoformat(),
    }


def returned_data(
    source: Held, person: Sequence[Held], *, today: date, shown: frozenset[Identifier] = frozenset()
) -> dict[str, dict[str, str]]:
    """The fields for the agency; names and the class come from the record that was chosen."""
    newest = sorted(person, key=lambda r: (r.updated_on, r.system, r.record_id), reverse=True)
    card = next((r for r in newest if r.system == "ISRS" and r.identifiers & shown), None)
    card = card or best_card(newest, today=today)
    first = [record for record in (source, card) if record is not None]
    ordered = [*first, *(r for r in newest if not any(r is one for one in first))]
    seen = [(record, values) for record in ordered if (values := visible(record, Viewer.AGENCY))]
    result: dict[str, dict[str, str]] = {}
    for name in SHARED:
        # A middle name belongs to one spelling of the whole name: not filled from elsewhere.
        for record, values in seen[:1] if name == "middle_name" else seen:
            if name in values:
                result[name] = datum(values[name], record)
                break
    for name, columns in places_of(source).items():
        if found := first_filled(columns, seen):
            result[name] = found
    for record, values in seen:
        if record.system in ("CLAIMS4", "RNACS") and "certificate_number" in values:
            of_parents = text(record, "form").startswith("N-600")
            name = f"{'citizenship' if of_parents else 'naturalization'}_certificate"
            result.setdefault(name, datum(values["certificate_number"], record))
    return result


def places_of(source: Held) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Where each field is looked for when this record gave the status."""
    places = OWN | OF_RESIDENTS if is_permanent(source) else dict(OWN)
    if "class_of_admission" in source.own:
        places["class_of_admission"] = ((source.system, "class_of_admission"),)
    if group_of(class_of(source)) != "lpr_conditional":
        del places["conditions_until"]
    return places


def best_card(person: Sequence[Held], *, today: date, with_photo: bool = False) -> Held | None:
    """The person's newest valid card; one that has run out only when there is no other.

    A card that was replaced, or reported lost or stolen, is never the one.
    """
    cards = [
        record
        for record in person
        if record.system == "ISRS"
        and text(record, "card_status") in VALID_CARD
        and (record.photo_id is not None or not with_photo)
    ]
    return max(
        cards,
        key=lambda r: (
            (r.own.get("expires_on") or "9999") >= today.isoformat(),
            r.own.get("issued_on", ""), r.updated_on, r.record_id,
        ),
        default=None,
    )  # fmt: skip


def first_filled(places: Sequence[tuple[str, str]], seen: Sequence[Seen]) -> dict[str, str] | None:
    """The first of the places, in their order, that a record fills."""
    for system, column in places:
        for record, values in seen:
            if record.system == system and column in values:
                return datum(values[column], record)
    return None


def is_permanent(source: Held) -> bool:
    """Whether the status has no end, so that an earlier admission's end says nothing of it."""
    group = group_of(class_of(source))
    return source.system == "CIS" and (group in RESIDENT or group in ("refugee", "asylee"))
