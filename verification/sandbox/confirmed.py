"""People who are answered by initial verification: one for each statement and each reason."""

from __future__ import annotations

from datetime import date

from verification.sandbox.person import Group, PublishedPerson, Record

FAMILY = "Sandbox"
BORN = date(1980, 1, 15)
LATER = "2069-12-31"  # far enough that no clock of a sandbox gets there


def a_number(number: int) -> str:
    return f"800000{number:03}"


def _index(number: int, **columns: str) -> Record:
    """A row of the Central Index."""
    return {"system": "CIS", "record_id": f"SANDBOX-{number}", "a_number": a_number(number)} | (
        columns
    )


def _admission(number: int, class_of_admission: str, **columns: str) -> Record:
    return {
        "system": "ADIS",
        "record_id": f"SANDBOX-{number}",
        "i94_number": f"80000000{number:03}",
        "class_of_admission": class_of_admission,
        "arrival_date": "2025-03-02",
        "port_of_entry": "Newark",
        "admitted_until": LATER,
    } | columns


def _school(number: int, status: str) -> Record:
    return {
        "system": "SEVIS",
        "record_id": f"SANDBOX-{number}",
        "sevis_id": f"N0080000{number:03}",
        "class_of_admission": "F1",
        "status": status,
        "status_date": "2025-01-10",
        "institution": "Sandbox State University",
        "program_start": "2025-01-15",
        "program_end": LATER,
    }


def _work(number: int, provision: str, **columns: str) -> Record:
    """A row of the Central Index with work permission in force."""
    return _index(
        number,
        card_number=f"SBX2500000{number:03}",
        ead_provision=provision,
        ead_start="2025-01-01",
        ead_end=LATER,
        **columns,
    )


def _work_card(number: int) -> dict[str, str]:
    return {
        "type": "i766",
        "a_number": a_number(number),
        "card_number": f"SBX2500000{number:03}",
        "expires_on": LATER,
    }


def _travel_document(number: int) -> dict[str, str]:
    return {"type": "i327", "a_number": a_number(number)}


def _i94(number: int) -> dict[str, str]:
    return {"type": "i94", "i94_number": f"80000000{number:03}"}


def _statement(
    code: int, given_name: str, shows: str, document: dict[str, str], *records: Record
) -> PublishedPerson:
    return PublishedPerson(
        key=f"statement-{code}",
        group=Group.STATEMENT,
        shows=f"Statement {code}: {shows}",
        family_name=FAMILY,
        given_name=given_name,
        date_of_birth=BORN,
        document=document,
        records=records,
        outcome="confirmed",
        statement_code=code,
    )


def _reason(
    name: str,
    number: int,
    given_name: str,
    shows: str,
    *records: Record,
    code: int = 37,
    reasons: tuple[str, ...] = (),
    document: dict[str, str] | None = None,
    born: date = BORN,
    doubt: str = "",
) -> PublishedPerson:
    return PublishedPerson(
        key=name.replace("_", "-"),
        group=Group.REASON,
        shows=shows,
        family_name=FAMILY,
        given_name=given_name,
        date_of_birth=born,
        document=document or _travel_document(number),
        records=records,
        statement_code=code,
        reasons=reasons or (name,),
        doubt=doubt,
    )


_CARD: Record = {
    "system": "ISRS",
    "record_id": "SANDBOX-1",
    "a_number": a_number(1),
    "card_number": "SBX2100000001",
    "card_type": "I-551",
    "issued_on": "2023-04-18",
    "expires_on": LATER,
    "card_status": "active",
    "photo_id": "-1",
}

STATEMENTS = (
    _statement(
        1,
        "Permanent",
        "a lawful permanent resident. A photo comes back, to be compared",
        {"type": "i551", "a_number": a_number(1), "card_number": "SBX2100000001"},
        _index(1, class_of_admission="IR6", entry_date="2021-08-02", status_date="2023-03-14",
               card_number="SBX2100000001"),
        _CARD,
    ),
    _statement(4, "Entrant", "a Cuban or Haitian entrant", _travel_document(4),
               _index(4, class_of_admission="DHR")),
    _statement(7, "Pending", "work permission while an application is decided", _work_card(7),
               _work(7, "C09")),
    _statement(10, "Parolee", "parole and work permission", _work_card(10),
               _work(10, "C11", class_of_admission="PAR")),
    _statement(13, "Visitor", "a visitor whose stay goes on", _i94(13), _admission(13, "B2")),
    _statement(18, "Refugee", "a refugee", _travel_document(18),
               _index(18, class_of_admission="RE1", entry_date="2024-05-06")),
    _statement(20, "Asylee", "a person granted asylum", _travel_document(20),
               _index(20, class_of_admission="AS1", status_date="2024-05-06")),
    _statement(22, "Temporary", "a temporary resident", _travel_document(22),
               _index(22, class_of_admission="FFP")),
    _statement(
        24,
        "Citizen",
        "a naturalized citizen",
        {"type": "naturalization_certificate", "naturalization_certificate": "80000024"},
        _index(24, class_of_admission="IR6", naturalization_date="2024-07-04",
               naturalization_certificate="80000024"),
    ),
    _statement(122, "Student", "a student whose record is active",
               {"type": "i20", "sevis_id": "N0080000122"}, _school(122, "ACTIVE")),
    _statement(128, "Worker", "a worker admitted for a time", _i94(128), _admission(128, "H1B")),
    _statement(148, "Applicant", "work permission while asylum is decided", _work_card(148),
               _work(148, "C08")),
    _statement(168, "Islander", "a worker in the Northern Mariana Islands", _i94(168),
               _admission(168, "CW1")),
    _statement(188, "Childhood", "deferred action for childhood arrivals", _work_card(188),
               _work(188, "C33")),
    _statement(189, "Protected", "temporary protected status", _work_card(189),
               _work(189, "A12", class_of_admission="TPS")),
)  # fmt: skip

REASONS = (
    _reason("no_record", 301, "Unknown", "Statement 37: no record under the number"),
    _reason("name_mismatch", 302, "Wrongname", "Statement 37: the record has another name",
            _index(302, class_of_admission="IR6", family_name="Otherperson", given_name="Zebedee")),
    _reason("date_of_birth_mismatch", 303, "Wrongday",
            "Statement 37: the record has another date of birth",
            _index(303, class_of_admission="IR6", date_of_birth="1955-11-30")),
    _reason(
        "document_mismatch", 304, "Wrongcard",
        "Statement 37: A-number and card number are of two people",
        _index(304, class_of_admission="IR6", card_number="SBX2100000304"),
        _index(305, class_of_admission="IR6", card_number="SBX2100000305", given_name="Zebedee",
               family_name="Otherperson", date_of_birth="1955-11-30"),
        document={"type": "i551", "a_number": a_number(304), "card_number": "SBX2100000305"},
    ),
    _reason(
        "ambiguous", 306, "Twofiles",
        "Statement 5: two files fit, not joined. A retry with the card number `SBX2100000306` as "
        "well is confirmed",
        _index(306, class_of_admission="IR6", i94_number="80000000306",
               card_number="SBX2100000306"),
        _index(307, class_of_admission="IR6", i94_number="80000000306"),
        code=5,
    ),
    _reason("sevis_id_required", 32, "Noschool", "Statement 32: a student; the SEVIS ID is needed",
            _admission(32, "F1", admitted_until="D/S"), code=32, document=_i94(32)),
    _reason("sevis_inactive", 119, "Terminated", "Statement 119: the school's record was ended",
            _school(119, "TERMINATED"), code=119,
            document={"type": "i20", "sevis_id": "N0080000119"}),
    _reason("status_needs_review", 308, "Undecided", "Statement 5: a verifier must judge",
            _index(308, class_of_admission="ABD"), code=5),
    _reason("document_suspect", 309, "Doubtful",
            "Statement 5: the caseworker doubts the document, so nothing is confirmed by data",
            _index(309, class_of_admission="IR6"), code=5,
            doubt="The photo sits above the lamination."),
    _reason(
        "source_unavailable", 310, "Unreachable",
        "Statement 5: a system that may know the certificate is too old to answer",
        code=5,
        document={"type": "certificate_of_citizenship", "citizenship_certificate": "80000310"},
    ),
)  # fmt: skip
