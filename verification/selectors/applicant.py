"""A case as its applicant finds it: a number of it or of the document, and a birth date (S7.1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import system_rows
from verification import case_number, immigration_documents
from verification.lifecycles.case import CaseStatus
from verification.models import Case

SHOWN_AFTER_CLOSING = timedelta(days=60)
# A passport's number is not asked for here: several countries may give the same one.
DOCUMENT_NUMBERS = (
    "a_number",
    "i94_number",
    "sevis_id",
    "card_number",
    "naturalization_certificate",
    "citizenship_certificate",
)
SHOWN = (
    "id",
    "number",
    "status",
    "wish",
    "wish_by_id",
    "agency_id",
    "document_type",
    "created_at",
    "last_action_at",
    "due_on",
    "due_because",
)
# In the order of the model, as a case is made of them.
COLUMNS = [f.attname for f in Case._meta.concrete_fields if f.attname in SHOWN]
BECAUSE = COLUMNS.index("due_because")
# Written by hand and with the columns that CaseCheck shows: this is the portal's busiest question,
# and more than half of its time went into making the statement and a whole case.
FOUND = f"""
SELECT agency.name, agency.time_zone,
    EXISTS (SELECT FROM verification_correctionrequest asked
        WHERE asked.case_id = own.id AND asked.raised_by_id IS NULL),
    {", ".join(f"own.{column}" for column in COLUMNS)}
FROM verification_case own JOIN accounts_agency agency ON agency.id = own.agency_id
WHERE own.id IN (%s) AND (own.status <> %%s OR own.closed_at >= %%s)
ORDER BY own.created_at DESC, own.id DESC LIMIT 1
"""  # noqa: S608 (the columns above, no value)
WAY = "SELECT id FROM verification_case WHERE {name} = %s AND {name} <> '' AND date_of_birth = %s"


@dataclass(frozen=True, slots=True)
class Found:
    """`case` has the columns above, its agency the name and the time zone."""

    case: Case
    has_corrections: bool


def case_for_applicant(*, number: str, date_of_birth: date, at: datetime) -> Found | None:
    """The newest case that fits both, open or closed not long ago. One query, in any event.

    A wrong date, a number that nobody has and a case closed long ago are the same None, found by
    the same index lookups. `has_corrections`: its applicant asked for some.
    """
    ways = _ways_to_read(number)
    values: list[object] = []
    for _, value in ways:
        values += [value, date_of_birth]
    rows = system_rows(
        FOUND % " UNION ALL ".join(WAY.format(name=name) for name, _ in ways),
        [*values, CaseStatus.CLOSED.value, at - SHOWN_AFTER_CLOSING],
    )
    if not rows:
        return None
    name, time_zone, has_corrections, *columns = rows[0]
    columns[BECAUSE] = json.loads(columns[BECAUSE])
    case = Case.from_db("default", COLUMNS, columns)
    case.agency = Agency.from_db(
        "default", ("id", "name", "time_zone"), (case.agency_id, name, time_zone)
    )
    return Found(case, has_corrections)


def _ways_to_read(raw: str) -> list[tuple[str, str]]:
    """(column, value) for every way to read what was typed; the case's own number always."""
    ways = [("number", case_number.canonical(raw)[:15])]
    for name in DOCUMENT_NUMBERS:
        try:
            ways.append((name, immigration_documents.normalize(name, raw)))
        except ValueError:
            continue
    return ways
