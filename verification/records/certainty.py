"""How sure an answer is: how surely it is this person, and how surely this is the status. Pure.

Two questions with their own answers, then one table. The grade stands beside the answer with the
reasons for it; it changes nothing of what is answered.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from verification.records.classes import group_of, normal
from verification.records.held import Held
from verification.records.status import RESIDENT, approved, text


class Identification(StrEnum):
    """How the typed name and date of birth fit the records that hold the typed number."""

    EXACT = "exact"
    VARIANT = "variant"


class Standing(StrEnum):
    """What the other systems say about the status that was chosen."""

    AGREED = "agreed"
    ALONE = "alone"
    LATER_DIFFERS = "later_differs"


class Grade(StrEnum):
    VERY_SURE = "very_sure"
    SURE = "sure"
    FAIRLY_SURE = "fairly_sure"


GRADES: dict[tuple[Identification, Standing], Grade] = {
    (Identification.EXACT, Standing.AGREED): Grade.VERY_SURE,
    (Identification.EXACT, Standing.ALONE): Grade.SURE,
    (Identification.EXACT, Standing.LATER_DIFFERS): Grade.FAIRLY_SURE,
    (Identification.VARIANT, Standing.AGREED): Grade.SURE,
    (Identification.VARIANT, Standing.ALONE): Grade.FAIRLY_SURE,
    (Identification.VARIANT, Standing.LATER_DIFFERS): Grade.FAIRLY_SURE,
}
RESIDENCE_FORMS = frozenset({"I-485", "I-751", "I-829", "I-90"})
STATUS_FORMS = frozenset({"I-129", "I-539"})


def says(record: Held) -> tuple[str, str] | None:
    """The kind of status a record speaks for, and since which day; None when it speaks of none."""
    read = READERS.get(record.system)
    return read(record) if read else None


def by_index(record: Held) -> tuple[str, str] | None:
    own = record.own
    if own.get("naturalization_date") or own.get("citizenship_certificate"):
        return "citizen", own.get("naturalization_date", "")
    return by_class(record)


def by_class(record: Held) -> tuple[str, str] | None:
    own = record.own
    code = own.get("class_of_admission", "")
    return (kind_of(code), own.get("status_date") or own.get("arrival_date", "")) if code else None


def by_oath(record: Held) -> tuple[str, str] | None:
    sworn = record.own.get("oath_date", "")
    return ("citizen", sworn) if approved(record) and sworn else None


def by_decision(record: Held) -> tuple[str, str] | None:
    if not approved(record):
        return None
    decided, wanted = record.own.get("decided_on", ""), record.own.get("requested_class", "")
    if text(record, "form") in RESIDENCE_FORMS:
        return "resident", decided
    if text(record, "form") in STATUS_FORMS and wanted:
        return kind_of(wanted), decided
    return None


def by_card(record: Held) -> tuple[str, str] | None:
    of_resident = text(record, "card_type") == "I-551"
    return ("resident", record.own.get("issued_on", "")) if of_resident else None


READERS: dict[str, Callable[[Held], tuple[str, str] | None]] = {
    "CIS": by_index,
    "ADIS": by_class,
    "NIIS": by_class,
    "SEVIS": by_class,
    "CLAIMS3": by_decision,
    "CLAIMS4": by_oath,
    "RNACS": by_oath,
    "ISRS": by_card,
}


def kind_of(code: str) -> str:
    """Residence is one kind however it was reached; other classes by group, or by themselves."""
    group = group_of(code)
    if group in RESIDENT:
        return "resident"
    return normal(code) if group in ("nonimmigrant", "nonimmigrant_worker", "unknown") else group


def standing(source: Held, person: Sequence[Held]) -> tuple[Standing, tuple[Held, ...]]:
    """Whether other systems say the same, and which; or whether a later record says otherwise."""
    own = says(source)
    if own is None:
        return Standing.ALONE, ()
    kind, since = own
    others = [
        (record, spoken) for record in person if record is not source and (spoken := says(record))
    ]
    same = tuple(
        record for record, spoken in others if record.system != source.system and spoken[0] == kind
    )
    if any(spoken[0] not in (kind, "") and spoken[1] > since for _, spoken in others):
        return Standing.LATER_DIFFERS, same
    return (Standing.AGREED if same else Standing.ALONE), same
