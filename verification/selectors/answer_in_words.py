"""An answer in plain words: a sentence, how sure, from which records, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from verification import deadlines
from verification.models import Case, InitialAnswer
from verification.records.classes import classes, normal
from verification.records.status_rules import RULES
from verification.records.systems import SYSTEMS
from verification.rules.derived_facts import (
    CHECKED_ON,
    Fact,
    ProgramRule,
    Status,
    facts_of,
    kind_of,
    programs,
)
from verification.rules.employment import CITIZEN, employment
from verification.rules.unconfirmed import Wanted, headline, means, one_more

PLAIN: dict[int, str] = {
    1: "lawful permanent resident, authorized to work",
    3: "temporary resident, authorized to work for a time",
    4: "Cuban or Haitian entrant, authorized to work for a time",
    7: "application pending, authorized to work for a time",
    10: "authorized to work for a time",
    12: "lawful permanent resident",
    13: "nonimmigrant",
    18: "refugee, authorized to work",
    20: "granted asylum, authorized to work",
    22: "temporary resident, authorized to work for a time",
    24: "United States citizen",
    122: "student, in status for a time",
    128: "nonimmigrant, authorized to work for a time",
    148: "asylum application pending, authorized to work",
    168: "nonimmigrant, authorized to work in the Northern Mariana Islands only",
    188: "deferred action for childhood arrivals, authorized to work",
    189: "temporary protected status, authorized to work",
}
# Where one statement stands for several things, the rule that decided says which.
PLAIN_BY_RULE: dict[str, str] = {
    "conditional_resident": "lawful permanent resident on conditions, authorized to work",
    "parolee": "let in on parole; no work permission on record",
    "parolee_who_may_work": "let in on parole, authorized to work for a time",
    "work_permission_alone": "authorized to work for a time; the status is not named",
    "compact_citizen": "citizen of a freely associated state, authorized to work",
    "student_family": "nonimmigrant, family of a student or exchange visitor",
    "visitor_admitted": "nonimmigrant, admitted for a time",
}
GRANTED: dict[str, str] = {
    "lpr": "Resident since",
    "lpr_conditional": "Resident since",
    "lpr_humanitarian": "Resident since",
    "asylee": "Asylum granted",
    "refugee": "Admitted as a refugee",
    "parolee": "Paroled",
    "citizen": "Citizen since",
}


BECAUSE: dict[str, str] = {
    "exact": "The number, the name and the date of birth are as you typed them.",
    "variant": "The name or the date is written differently there, and was found to be the same.",
    "agreed": "Another system says the same.",
    "alone": "No other system says anything of this status.",
    "later_differs": "A later entry elsewhere reads differently; by rule it does not count here.",
}


@dataclass(frozen=True, slots=True)
class DrawnFrom:
    """A record that the answer was drawn from: its system and the day the record speaks of."""

    system: str
    full_name: str
    owner: str
    record_date: date
    part: str


@dataclass(frozen=True, slots=True)
class Information:
    """Derived facts, apart from the answer: what follows for benefits, and by which law."""

    facts: list[tuple[Fact, str]]  # each with the record it was counted from
    programs: list[tuple[str, ProgramRule]]  # each with the program's name
    checked_on: date


@dataclass(frozen=True, slots=True)
class InWords:
    """`sentence` for the top of the page; the class with its meaning where the record has one."""

    sentence: str
    class_code: str = ""
    class_text: str = ""
    granted_label: str = ""
    employment: str = ""
    grade: str = ""
    because: tuple[str, ...] = ()
    rule: str = ""
    drawn_from: tuple[DrawnFrom, ...] = ()
    photo_from: str = ""
    means: tuple[str, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    information: Information | None = field(default=None)


def in_words(case: Case, answer: InitialAnswer | None) -> InWords:
    """What a caseworker reads first."""
    if answer is None:
        return InWords("This case has no initial answer.")
    if not answer.is_confirmed:
        typed = {name: str(value) for name, value in case.enumerators().items()}
        return InWords(
            headline(answer.reasons, case.applicant_name),
            means=tuple(means(answer.reasons)),
            wanted=tuple(one_more(case.document_type, typed, answer.reasons)),
        )
    returned: dict[str, dict[str, str]] = answer.returned or {}
    plain = PLAIN_BY_RULE.get(answer.rule) or PLAIN[answer.statement_code]
    code = normal(value_of(returned, "class_of_admission"))
    group, text = classes().get(code, ("", ""))
    on = deadlines.local_date(answer.at, case.agency.time_zone)
    grounds: dict[str, Any] = answer.grounds
    # The class of a citizen's record tells of the time before.
    before = answer.statement_code == CITIZEN and group != "citizen"
    return InWords(
        f"SAVE confirmed: {plain}.",
        class_code="" if before else code,
        class_text="" if before else text,
        granted_label="" if before else GRANTED.get(group, "Status granted"),
        employment=employment(
            statement_code=answer.statement_code,
            group=group,
            provision=normal(value_of(returned, "ead_provision")),
            start=day_of(returned, "ead_start"),
            end=day_of(returned, "ead_end"),
            on=on,
        ),
        grade=answer.get_grade_display(),
        because=tuple(
            BECAUSE[grounds[name]] for name in ("identification", "standing") if name in grounds
        ),
        rule=RULES.get(answer.rule, ""),
        drawn_from=drawn_from(grounds),
        photo_from=photo_from(grounds),
        information=information(case, answer, code=code, group=group, on=on),
    )


def value_of(returned: dict[str, dict[str, str]], name: str) -> str:
    return returned.get(name, {}).get("value", "")


def day_of(returned: dict[str, dict[str, str]], name: str) -> date | None:
    """A returned date; None where there is none, or where it is D/S."""
    value = value_of(returned, name)
    return date.fromisoformat(value) if value[:1].isdigit() else None


def drawn_from(grounds: dict[str, Any]) -> tuple[DrawnFrom, ...]:
    """The records behind the answer: that of the status first, then what agrees, then the rest."""
    found: dict[tuple[str, str], list[str]] = {}

    def note(system: str, day: str, part: str) -> None:
        found.setdefault((system, day), []).append(part)

    if status := grounds.get("status_from"):
        note(status["system"], status["record_date"], "the status")
    for record in grounds.get("agreeing", ()):
        note(record["system"], record["record_date"], "the same status")
    if photo := grounds.get("photo"):
        note(photo["system"], photo["record_date"], "the photo")
    for system, day in grounds.get("systems", ()):
        if (system, day) not in found:
            note(system, day, "other data")
    return tuple(
        DrawnFrom(
            name,
            SYSTEMS[name].full_name,
            SYSTEMS[name].owner,
            date.fromisoformat(day),
            ", ".join(dict.fromkeys(parts)),
        )
        for (name, day), parts in found.items()
    )


def photo_from(grounds: dict[str, Any]) -> str:
    """The caption of the photo: which card, and of when."""
    photo = grounds.get("photo")
    if not photo:
        return ""
    card = {"I-551": "Permanent Resident Card", "I-766": "Employment Authorization Card"}.get(
        photo["card_type"], "card"
    )
    if not photo["issued_on"]:
        return f"Photo from the {card}"
    issued = date.fromisoformat(photo["issued_on"])
    return f"Photo from the {card} issued on {issued:%B} {issued.day}, {issued.year}"


def information(
    case: Case, answer: InitialAnswer, *, code: str, group: str, on: date
) -> Information:
    """The facts that follow from the returned data, by the law of the day of the answer."""
    returned: dict[str, dict[str, str]] = answer.returned or {}
    status = Status(
        statement_code=answer.statement_code,
        class_code=code,
        group=group,
        provision=normal(value_of(returned, "ead_provision")),
        country=value_of(returned, "country_of_citizenship"),
        granted_on=day_of(returned, "grant_date"),
        entered_on=day_of(returned, "entry_date"),
        until=day_of(returned, "admitted_until"),
    )
    labels = dict(zip(case.benefits, case.get_benefit_labels(), strict=True))
    return Information(
        facts=[
            (fact, counted_from(returned.get(fact.counted_from)))
            for fact in facts_of(status, on=on)
        ],
        programs=[
            (labels[rule.benefit], rule) for rule in programs(kind_of(status), case.benefits, on=on)
        ],
        checked_on=CHECKED_ON,
    )


def counted_from(datum: dict[str, str] | None) -> str:
    if not datum:
        return ""
    day = date.fromisoformat(datum["record_date"])
    return f"{datum['system']}, record of {day:%B} {day.day}, {day.year}"
