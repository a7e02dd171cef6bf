"""The answer of initial verification: what is said, returned and noted of one person's records.

Search (search.py) decides whose records they are; the status rule (status.py) which status counts;
the disclosure list (returned.py) what may go out. Here the three become one answer. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from verification.records import status
from verification.records.held import Held
from verification.records.returned import returned_data
from verification.records.statements import TEXTS

Uploads = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What initial verification answers. `returned` holds no passport and no visa number (S8.2)."""

    outcome: str
    reasons: tuple[str, ...]
    statement_code: int
    statement: str
    returned: dict[str, dict[str, str]] | None = None
    record_refs: tuple[str, ...] = ()
    rule: str = ""
    searched: tuple[tuple[str, str], ...] = ()
    person_ref: str = ""
    photo_id: int | None = None


def referred(code: int, *reasons: str, rule: str = "", searched: Uploads = ()) -> Answer:
    """Additional verification is prompted; nothing of any record goes out (S1.4)."""
    return Answer(
        "additional_verification", reasons, code, TEXTS[code], rule=rule, searched=searched
    )


def answer_from(
    person: Sequence[Held], *, today: date, certificates: frozenset[str], searched: Uploads
) -> Answer:
    """The answer drawn from all records of the one person who was found."""
    choice = status.choose(person, today=today, certificates=certificates)
    if choice.source is None:
        return referred(choice.statement_code, *choice.reasons, rule=choice.rule, searched=searched)
    return Answer(
        outcome="confirmed",
        reasons=(),
        statement_code=choice.statement_code,
        statement=TEXTS[choice.statement_code],
        returned=returned_data(choice.source, person),
        record_refs=tuple(sorted(record.ref for record in person)),
        rule=choice.rule,
        searched=searched,
        person_ref=choice.source.ref,
        photo_id=newest_photo(person),
    )


def newest_photo(person: Sequence[Held]) -> int | None:
    cards = [record for record in person if record.system == "ISRS" and record.photo_id]
    newest = max(cards, key=lambda r: (r.own.get("issued_on", ""), r.updated_on), default=None)
    return newest.photo_id if newest else None
