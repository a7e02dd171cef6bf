"""What the other systems hold of a person, once the situation is known: the trail of papers.

Agrees with the situation, so it never changes what initial verification must answer.
"""

from datetime import date, timedelta

from verification.records.classes import group_of
from verification.records.population.papers import KINDS
from verification.records.population.person import Person, Row
from verification.records.population.situations import visa

CARRIERS = ("UA", "AA", "DL", "AM", "CM", "LH", "QR", "KE", "PR", "AF")
STREETS = ("Maple Street", "Second Avenue", "County Road 12", "Lincoln Boulevard", "Elm Court")
WITHOUT_VISA = frozenset({"TN", "FSM", "MIS", "PAL", "UHP", "OAR", "CC", "CH", "DT", "PAR"})


def add_background(person: Person) -> None:
    """Fill NIIS, CCD, RAPS, MFAS and EDMS from what CIS and ADIS already hold."""
    for place in [place for place in person.rows if place.partition("/")[0] == "ADIS"]:
        if person.draw.random() < 0.7:
            entry_form(person, place)
    admission = person.rows.get("ADIS")
    if admission and "CCD" not in person.rows:
        visa_for(person, admission)
    index = person.rows.get("CIS")
    if index is None:
        return
    group = group_of(index["class_of_admission"])
    since = date.fromisoformat(index["status_date"])
    if group in ("refugee", "asylee", "parolee") and "RAPS" not in person.rows:
        protection(person, group, since)
    if group == "lpr_conditional" and "MFAS" not in person.rows:
        person.row(
            "MFAS", a_number=person.a_number, spouse_name=spouse(person), conditional_from=since,
            conditional_to=since + timedelta(days=730), joint_or_waiver="JOINT",
        )  # fmt: skip
    if group.startswith("lpr") and person.draw.random() < 0.6:
        papers(person, since)


def entry_form(person: Person, place: str) -> None:
    """The I-94 as it was written at the port."""
    row = person.rows[place]
    arrival = {
        name: row.get(name, "")
        for name in (
            "a_number", "i94_number", "passport_number", "passport_country", "visa_number",
            "sevis_id", "class_of_admission", "arrival_date", "port_of_entry", "admitted_until",
        )
    }  # fmt: skip
    niis = person.row(
        place.replace("ADIS", "NIIS"),
        carrier=f"{CARRIERS[person.number % 10]}{100 + person.number % 899}",
        us_address=f"{1 + person.number % 980} {STREETS[person.number % 5]}",
        **arrival,
    )
    for name in ("family_name", "given_name", "middle_name"):
        niis[name] = row[name]


def visa_for(person: Person, admission: Row) -> None:
    code, arrived = admission["class_of_admission"], admission.get("arrival_date", "")
    if not arrived or code in WITHOUT_VISA or group_of(code) in ("refugee", "asylee"):
        return
    visa(person, code, date.fromisoformat(arrived) - timedelta(days=20 + person.number % 60))


def protection(person: Person, group: str, since: date) -> None:
    """The asylum system's own record: kept from everybody but cleared verifiers."""
    ends = since + timedelta(days=3 * 365) if group == "parolee" else None
    person.row(
        "RAPS", a_number=person.a_number, filed_on=since - timedelta(days=200),
        decision="paroled" if ends else "granted", decided_on=since,
        parole_class=person.rows["CIS"]["class_of_admission"] if ends else "", parole_until=ends,
    )  # fmt: skip


def spouse(person: Person) -> str:
    culture = person.culture
    given = person.draw.choice(culture.men if person.woman else culture.women)
    return f"{person.draw.choice(culture.surnames)}, {given}".upper()


def papers(person: Person, since: date) -> None:
    """Two papers of the scanned file; one person in five has the images too."""
    for part, kind in (("", "Immigrant visa"), ("/2", "Birth certificate")):
        shown = person.number % 5 == 0
        person.row(
            f"EDMS{part}", a_number=person.a_number, document_type=kind,
            document_date=since if not part else person.born + timedelta(days=40),
            pages=str(1 + person.number % 3),
            image=f"papers/{KINDS[kind]}.svg" if shown else "",
        )  # fmt: skip
