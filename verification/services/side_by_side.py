"""A person's records from every system, in one table, with what contradicts (S3.8, S8.3).

What a verifier may not see is left out here, by `records.disclosure`; what is shown leaves a
disclosure event. The table is made of values only, so that a page has nothing to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from verification import immigration_documents
from verification.models import Case
from verification.records.chain import chain
from verification.records.disclosure import may_see, shown
from verification.records.held import Held
from verification.records.reading import Records
from verification.records.systems import SYSTEMS, Viewer
from verification.rules.submission import fold
from verification.services.common_timeline import CommonTimeline, day_in_words, timeline_of
from verification.services.person_records import PersonRecords, of_case

SAME_TRIP_DAYS = 31


IMAGES = frozenset(column.name for system in SYSTEMS.values() for column in system.images)


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the table. `compared` says how values of different systems are compared."""

    key: str
    label: str
    columns: tuple[str, ...]
    compared: str = ""  # name, same, day; "" for what may differ
    is_number: bool = False


KINDS = (
    Kind("family_name", "Family name", ("family_name",), "name"),
    Kind("given_name", "Given name", ("given_name",), "name"),
    Kind("middle_name", "Middle name", ("middle_name",)),
    Kind("date_of_birth", "Date of birth", ("date_of_birth",), "same"),
    Kind("country_of_birth", "Born in", ("country_of_birth",), "same"),
    Kind("country_of_citizenship", "Citizenship", ("country_of_citizenship",), "same"),
    Kind("a_number", "A-number", ("a_number",), "same", is_number=True),
    Kind("i94_number", "I-94 number", ("i94_number",), is_number=True),
    Kind("sevis_id", "SEVIS ID", ("sevis_id",), "same", is_number=True),
    Kind("card_number", "Card or receipt", ("card_number", "receipt_number"), is_number=True),
    Kind(
        "certificate",
        "Certificate",
        ("naturalization_certificate", "citizenship_certificate", "certificate_number"),
        is_number=True,
    ),
    Kind(
        "class",
        "Class",
        ("class_of_admission", "requested_class", "visa_class", "parole_class"),
    ),
    Kind("entered", "Entry date", ("entry_date", "arrival_date"), "day"),
    Kind("left", "Departure", ("departure_date",), "day"),
    Kind(
        "until",
        "Stay until",
        ("admitted_until", "valid_to", "program_end", "parole_until"),
    ),
    Kind("work", "Work until", ("ead_end", "opt_end")),
    Kind("expires", "Card or visa until", ("card_expires", "expires_on")),
    Kind("naturalized", "Naturalized on", ("naturalization_date", "oath_date"), "day"),
    Kind("ordered", "Order of removal", ("final_order_date", "order_date")),
    Kind("removed", "Removed on", ("removed_on", "removal_date")),
    Kind("died", "Died on", ("death_date",)),
    Kind("consolidated", "A-file moved to", ("consolidated_to",), is_number=True),
)
DECISIONS = (
    # columns of what, of how it ended, and of when
    (("form", "relief", "visa_class"), ("decision", "refusal_code"), ("decided_on", "issued_on")),
    ((), ("status", "card_status"), ("status_date", "issued_on")),
    (("order_type",), (), ("final_order_date", "order_date")),
)
SECRET = ("passport_number", "visa_number")
ELSEWHERE = frozenset(
    {"record_id", "updated_at", "passport_country", *SECRET}
    | {column for kind in KINDS for column in kind.columns}
    | {column for group in DECISIONS for columns in group for column in columns}
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, where it stands, and whether another system contradicts it."""

    text: str
    column: str = ""
    record_ref: str = ""
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    kind: Kind
    cells: tuple[Cell, ...]

    @property
    def conflict(self) -> bool:
        return any(cell.conflict for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Record:
    """The head of a column: which record of which system, whose, and how old."""

    system: str
    ref: str
    owner: str
    owner_short: str
    updated_on: date


@dataclass(frozen=True, slots=True)
class Secret:
    """A passport or visa number, which no answer may carry (S8.2)."""

    label: str
    number: str
    country: str
    systems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The table. `empty` are systems that hold nothing of the person, with the day they speak of;
    `hidden` counts records under special protection that this verifier may not see."""

    records: tuple[Record, ...]
    lines: tuple[Line, ...]
    secrets: tuple[Secret, ...]
    empty: tuple[tuple[str, date], ...]
    not_loaded: tuple[str, ...]
    others: tuple[Record, ...]
    hidden: int
    timeline: CommonTimeline

    @property
    def conflicts(self) -> int:
        """How many things do not fit: disagreements of owners, and lines that differ beside."""
        about = {side.column for each in self.timeline.disagreements for side in each.sides}
        return len(self.timeline.disagreements) + sum(
            line.conflict and not about & set(line.kind.columns) for line in self.lines
        )


def viewer_of(user: User) -> Viewer:
    cleared = user.can(Permission.VIEW_PROTECTED_RECORDS)
    return Viewer.CLEARED if cleared else Viewer.VERIFIER


@transaction.atomic
def show(*, case: Case, by: User, at: datetime) -> SideBySide:
    """The records of the case's person as this verifier may see them; leaves a disclosure event."""
    person = of_case(case)
    viewer = viewer_of(by)
    table = arrange(person, viewer, uploads=Records().uploads, today=at.date())
    if table.records or table.others:
        audit.disclose(
            by=by,
            at=at,
            agency_id=None,
            person_ref=person.person_ref or f"case:{case.number}",
            fields=sorted(
                {
                    f"{record.system}.{name}"
                    for record in (*person.theirs, *person.others)
                    for name in shown(record, viewer)
                }
            ),
            purpose="status verification",
            case_number=case.number,
        )
    return table


def arrange(
    person: PersonRecords,
    viewer: Viewer,
    *,
    uploads: tuple[tuple[str, str], ...],
    today: date,
) -> SideBySide:
    """The table of what a viewer may see. `uploads` are (system, day) of the newest files."""
    order = {name: position for position, name in enumerate(SYSTEMS)}
    seen = sorted(
        (record for record in person.theirs if may_see(record, viewer)),
        key=lambda r: (order[r.system], -r.updated_on.toordinal(), r.record_id),
    )
    values = [shown(record, viewer) for record in seen]
    held = {record.system for record in person.theirs}
    loaded = {system: date.fromisoformat(day) for system, day in uploads}
    timeline = timeline_of(chain(seen, person.joins, viewer), today=today)
    return SideBySide(
        records=tuple(_head(record) for record in seen),
        lines=tuple(_lines(seen, values, timeline.contradicted)),
        secrets=_secrets(seen, values),
        empty=tuple((name, loaded[name]) for name in order if name in loaded and name not in held),
        not_loaded=tuple(name for name in order if name not in loaded),
        others=tuple(_head(record) for record in person.others if may_see(record, viewer)),
        hidden=len(person.theirs) - len(seen),
        timeline=timeline,
    )


def _head(record: Held) -> Record:
    system = SYSTEMS[record.system]
    return Record(
        system=record.system,
        ref=record.ref,
        owner=system.owner,
        owner_short={
            "Department of State": "State",
            "Department of Justice": "Justice",
        }.get(system.owner, system.owner),
        updated_on=record.updated_on,
    )


def _lines(
    seen: list[Held], values: list[dict[str, str]], contradicted: frozenset[tuple[str, str]]
) -> list[Line]:
    lines = []
    for kind in KINDS:
        found = [_first(kind.columns, row) for row in values]
        if not any(value for _, value in found):
            continue
        bad = _conflicting(kind, seen, [value for _, value in found])
        lines.append(
            Line(
                kind,
                tuple(
                    Cell(
                        _text(kind, value),
                        column,
                        record.ref,
                        conflict=position in bad or (record.ref, column) in contradicted,
                    )
                    for position, (record, (column, value)) in enumerate(
                        zip(seen, found, strict=True)
                    )
                ),
            )
        )
    decisions = [_decision(row) for row in values]
    if any(decisions):
        kind = Kind("decision", "Decision", ())
        lines.append(Line(kind, tuple(Cell(text) for text in decisions)))
    return [*lines, *_remaining(seen, values)]


def _remaining(seen: list[Held], values: list[dict[str, str]]) -> list[Line]:
    """Whatever else the records say, a column a line: nothing that may be seen is left out."""
    columns = dict.fromkeys(
        name for row in values for name, value in row.items() if value and name not in ELSEWHERE
    )
    return [
        Line(
            Kind(name, name.replace("_", " ").capitalize(), (name,)),
            tuple(
                Cell(text_of(name, row.get(name, "")), name if row.get(name) else "", record.ref)
                for record, row in zip(seen, values, strict=True)
            ),
        )
        for name in columns
    ]


def text_of(name: str, value: str) -> str:
    """The value of a column as the pages write it."""
    # Where a picture is stored tells nobody anything.
    return "On file" if value and name in IMAGES else day_in_words(value)


def _first(columns: tuple[str, ...], row: dict[str, str]) -> tuple[str, str]:
    return next(((name, row[name]) for name in columns if row.get(name)), ("", ""))


def _conflicting(kind: Kind, seen: list[Held], values: list[str]) -> set[int]:
    """The positions whose value most others contradict; all of them where none has a majority."""
    filled = {position: value for position, value in enumerate(values) if value}
    if not kind.compared or len(filled) < 2:
        return set()
    if kind.compared == "day":
        return _same_trip(seen, filled)
    if kind.compared == "name":
        folded = {position: frozenset(fold(value).split()) for position, value in filled.items()}
        whole = max(folded.values(), key=len)
        differing = {position for position, parts in folded.items() if not parts <= whole}
        return differing and _minority(folded)
    return _minority(filled) if len(set(filled.values())) > 1 else set()


def _minority(values: Mapping[int, Hashable]) -> set[int]:
    counts = Counter(values.values()).most_common()
    if len(counts) > 1 and counts[0][1] > counts[1][1]:
        return {position for position, value in values.items() if value != counts[0][0]}
    return set(values)


def _same_trip(seen: list[Held], filled: dict[int, str]) -> set[int]:
    """Days of different systems that are close, and so of one trip, and yet not the same."""
    days = {
        position: date.fromisoformat(value)
        for position, value in filled.items()
        if value[:4].isdigit()
    }
    return {
        position
        for position, day in days.items()
        for other, its in days.items()
        if seen[position].system != seen[other].system
        and 0 < abs((day - its).days) <= SAME_TRIP_DAYS
    }


def _decision(row: dict[str, str]) -> str:
    said = []
    for what, how, when in DECISIONS:
        subject, outcome = _first(what, row)[1], _first(how, row)[1]
        if not outcome and not (what and not how and subject):
            continue
        day = _first(when, row)[1]
        said.append(
            " ".join(
                filter(None, [_form(subject), outcome.lower(), day_in_words(day) if day else ""])
            )
        )
    return "; ".join(said)


def _form(code: str) -> str:
    """I130 → I-130, as people call a form."""
    return f"{code[0]}-{code[1:]}" if code[:1] in "INGT" and code[1:].isdigit() else code


def _text(kind: Kind, value: str) -> str:
    if not value:
        return ""
    if kind.is_number and kind.key in immigration_documents.FIELDS:
        return immigration_documents.show_number(kind.key, value)
    return day_in_words(value)


def _secrets(seen: list[Held], values: list[dict[str, str]]) -> tuple[Secret, ...]:
    where: dict[tuple[str, str, str], list[str]] = {}
    for record, row in zip(seen, values, strict=True):
        for name in SECRET:
            if number := row.get(name):
                country = row.get("passport_country", "") if name == "passport_number" else ""
                where.setdefault((name, number, country), []).append(record.system)
    return tuple(
        Secret(
            "Passport" if name == "passport_number" else "Visa",
            number,
            country,
            tuple(dict.fromkeys(systems)),
        )
        for (name, number, country), systems in where.items()
    )
