"""Small source files for tests."""

import csv
from pathlib import Path

STAMP = "2026-11-01T00:00:00Z"
PERSON = {
    "record_id": "R1",
    "updated_at": STAMP,
    "a_number": "123456789",
    "family_name": "LOPEZ GARCIA",
    "given_name": "MARIA ELENA",
    "date_of_birth": "1980-02-29",
}
FIRST = {
    "CIS": {
        "class_of_admission": "IR6", "status_date": "2010-05-01", "card_number": "LIN0123456789",
    },
    "ADIS": {
        "a_number": "", "i94_number": "123456789A1", "passport_number": "X1234567",
        "passport_country": "MEX", "class_of_admission": "B2", "arrival_date": "2026-10-01",
        "admitted_until": "2027-03-31",
    },
    "SEVIS": {
        "a_number": "", "sevis_id": "N0012345678", "class_of_admission": "F1", "status": "ACTIVE",
    },
    "CLAIMS3": {"receipt_number": "LIN0123456789", "form": "I-485", "decision": "approved"},
    "CLAIMS4": {
        "form": "N-400", "decision": "approved", "oath_date": "2020-07-04",
        "certificate_number": "40120001",
    },
    "ISRS": {"card_number": "LIN0123456789", "expires_on": "2030-01-01"},
    "CCD": {"a_number": "", "passport_number": "X1234567", "passport_country": "MEX"},
    "NIIS": {
        "a_number": "", "i94_number": "123456789A1", "class_of_admission": "B2",
        "arrival_date": "2026-10-01", "admitted_until": "2027-03-31", "carrier": "AA",
    },
    "RNACS": {
        "form": "N-400", "decision": "approved", "oath_date": "1998-07-04",
        "certificate_number": "20120001",
    },
    "MFAS": {
        "conditional_from": "2024-05-01", "conditional_to": "2026-05-01",
        "petition": "EAC2190000001", "joint_or_waiver": "JOINT", "outcome": "PENDING",
    },
    "MIDAS": {
        "a_number": "", "c_file_number": "C-6120001", "certificate_number": "6120001",
        "naturalization_date": "1951-07-04", "legibility": "POOR",
    },
    "RAPS": {"filed_on": "2024-05-01", "decision": "PENDING"},
    "EDMS": {"document_type": "Birth certificate", "document_date": "1999-01-31", "pages": "2"},
    "EID": {"subject_id": "S-1001", "charge_date": "2024-03-01", "order_type": "REMOVAL"},
    "EOIR": {"case_id": "20240001", "received_on": "2024-03-01", "appeal_pending": "yes"},
}  # fmt: skip


def row(system: str = "CIS", **changes: str) -> dict[str, str]:
    """A good row of a system, with changes."""
    return {**PERSON, **FIRST[system], **changes}


def write(directory: Path, system: str, *rows: dict[str, str], name: str = "") -> Path:
    """Write rows as that system's file; the header has every column that a row has."""
    columns = list(dict.fromkeys(column for each in rows for column in each))
    path = directory / (name or f"{system}.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def rejects(path: Path) -> dict[int, str]:
    """Line and reason of each rejected row."""
    with path.with_name(path.name + ".rejects.csv").open(encoding="utf-8") as file:
        return {int(each["line"]): each["reason"] for each in csv.DictReader(file)}
