"""The answer of initial verification: what is said, returned and noted of one person's records.

Search (search.py) decides whose records they are; the status rule (status.py) which status counts;
the disclosure list (returned.py) what may go out. Here the three become one answer. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from verification.records import certainty, status
from verification.records.certainty import GRADES, Identification
from verification.records.disclosure import may_see
from verification.records.freshness import unavailable_systems
from verification.records.held import Held, Identifier
from verification.records.returned import best_card, returned_data
from verification.records.statements import TEXTS
from verification.records.systems import Viewer

Uploads = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What initial verification answers. `returned` holds no passport and no visa number (S8.2).

    `grade` and `grounds` say how sure a confirmed answer is and which record of which date gave
    what; both are empty where nothing was returned, as `record_refs` is.
    """

    outcome: str
    reasons: tuple[str, ...]
    statement_code: int
    statement: str
    returned: dict[str, dict[str, str]] | None = None
    record_refs: tuple[str, ...] = ()
    rule: str = ""
    searched: Uploads = ()
    person_ref: str = ""
    photo_id: int | None = None
    grade: str = ""
    grounds: dict[str, Any] = field(default_factory=dict)


def referred(code: int, *reasons: str, rule: str = "", searched: Uploads = ()) -> Answer:
    """Additional verification is prompted; nothing of any record goes out (S1.4)."""
    return Answer(
        "additional_verification", reasons, code, TEXTS[code], rule=rule, searched=searched
    )


def answer_from(
    person: Sequence[Held],
    *,
    today: date,
    shown: frozenset[Identifier],
    exactly: bool,
    searched: Uploads,
) -> Answer:
    """The answer drawn from all records of the one person who was found.

    `shown` are the numbers typed from the document; `exactly` tells whether name and date of
    birth were typed just as a record has them.
    """
    choice = status.choose(person, today=today, shown=shown)
    if choice.rule == "student_without_sevis_record" and (
        "SEVIS" not in dict(searched) or "SEVIS" in unavailable_systems(searched, today=today)
    ):
        return referred(5, "source_unavailable", rule="system_not_loaded", searched=searched)
    if choice.source is None:
        return referred(choice.statement_code, *choice.reasons, rule=choice.rule, searched=searched)
    source, records = choice.source, status.newest_first(status.in_force(person))
    card = best_card(records, today=today, with_photo=True)
    returned = returned_data(source, records, today=today, shown=shown)
    identification = Identification.EXACT if exactly else Identification.VARIANT
    standing, agreeing = certainty.standing(source, records)
    grounds: dict[str, Any] = {
        "identification": identification.value,
        "standing": standing.value,
        "status_from": drawn(source),
        "agreeing": [drawn(record) for record in agreeing if may_see(record, Viewer.AGENCY)],
        "systems": sorted({(value["system"], value["record_date"]) for value in returned.values()}),
    }
    if card is not None:
        grounds["photo"] = {
            **drawn(card),
            "card_type": status.text(card, "card_type"),
            "issued_on": card.own.get("issued_on", ""),
        }
    return Answer(
        outcome="confirmed",
        reasons=(),
        statement_code=choice.statement_code,
        statement=TEXTS[choice.statement_code],
        returned=returned,
        record_refs=tuple(sorted(record.ref for record in person)),
        rule=choice.rule,
        searched=searched,
        person_ref=source.ref,
        photo_id=card.photo_id if card else None,
        grade=GRADES[identification, standing].value,
        grounds=grounds,
    )


def drawn(record: Held) -> dict[str, str]:
    """A record as the grounds name it: its system, its key, and the day it speaks of."""
    return {
        "system": record.system,
        "ref": record.ref,
        "record_date": record.updated_on.isoformat(),
    }
