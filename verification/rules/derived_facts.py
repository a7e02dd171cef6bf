"""What follows from a confirmed status under the laws on public benefits: information, no decision.

SAVE decides nothing about eligibility (S1.4, S6). The facts here are derived by the portal from
the returned data alone, each with the law it comes from and the record it was counted from, and
stand apart from what the records say. Laws change: program_rules.csv holds each sentence with the
days between which it holds, and an answer is read by the law of its own day.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

PRWORA = date(1996, 8, 22)
CHECKED_ON = date(2026, 10, 1)  # the day up to which the table was compared with its sources
RESIDENT = frozenset({"lpr", "lpr_conditional", "lpr_humanitarian"})
# Residents whose class says that they came for protection: 8 U.S.C. 1613(b)(1), and for Iraqi and
# Afghan special immigrants the acts that treat them as refugees (8 U.S.C. 1101 and 1157 notes).
EXEMPT = frozenset(
    f"{stem}{digit}"
    for stem, digits in {
        "RE": "6789", "AS": "678", "GA": "678", "SY": "678", "CU": "67", "CH": "6", "HA": "6789",
        "HB": "6789", "HC": "6789", "HD": "6789", "HE": "6789", "AM": "123678", "SI": "123679",
        "SQ": "1236789",
    }.items()
    for digit in digits
)  # fmt: skip
QUALIFIED_BY = {
    "lpr": "8 U.S.C. 1641(b)(1)",
    "lpr_exempt": "8 U.S.C. 1641(b)(1)",
    "asylee": "8 U.S.C. 1641(b)(2)",
    "refugee": "8 U.S.C. 1641(b)(3)",
    "withheld": "8 U.S.C. 1641(b)(5)",
    "cuban_haitian": "8 U.S.C. 1641(b)(7)",
    "compact": "8 U.S.C. 1641(b)(8)",
}
SINCE = {"compact": date(2024, 3, 9)}  # for every federal benefit; for Medicaid since 2020
PROTECTED = frozenset({"lpr_exempt", "refugee", "asylee", "cuban_haitian", "withheld"})
NONIMMIGRANT_GROUPS = frozenset(
    {"nonimmigrant", "nonimmigrant_worker", "nonimmigrant_cnmi", "student", "student_family"}
)
ENTRANT_COUNTRIES = frozenset({"CUB", "HTI"})


@dataclass(frozen=True, slots=True)
class Status:
    """The returned data that facts are derived from."""

    statement_code: int
    class_code: str
    group: str
    provision: str = ""
    country: str = ""
    granted_on: date | None = None
    entered_on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One derived fact: what it is about, what follows, why, and under which law.

    `counted_from` names the returned field that it was counted from, if any.
    """

    title: str
    text: str
    law: str
    because: str = ""
    counted_from: str = ""


@dataclass(frozen=True, slots=True)
class ProgramRule:
    """A program's published rule for a kind of status, and the days between which it holds."""

    benefit: str
    kinds: frozenset[str]
    starts: date
    ends: date
    text: str
    law: str
    source: str


@cache
def program_rules() -> tuple[ProgramRule, ...]:
    with files("verification.rules").joinpath("program_rules.csv").open() as file:
        return tuple(
            ProgramRule(
                benefit=row["benefit"],
                kinds=frozenset(row["kinds"].split()),
                starts=date.fromisoformat(row["from"]),
                ends=date.fromisoformat(row["until"]) if row["until"] else date.max,
                text=row["text"],
                law=row["law"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )


def rule_for(benefit: str, kind: str, on: date) -> ProgramRule | None:
    """The one rule of a program for a kind of status on a day."""
    return next(
        (
            rule
            for rule in program_rules()
            if rule.benefit == benefit and kind in rule.kinds and rule.starts <= on <= rule.ends
        ),
        None,
    )


def kind_of(status: Status) -> str:
    """The kind of status that the laws on benefits distinguish."""
    if status.statement_code == 24:
        return "citizen"
    if status.statement_code == 148 or status.statement_code in (7, 188, 189):
        return "other"
    if status.group in RESIDENT:
        return "lpr_exempt" if status.class_code in EXEMPT else "lpr"
    if status.provision == "A10" and status.statement_code == 10:
        return "withheld"
    if status.group in ("refugee", "asylee", "cuban_haitian", "compact", "parolee"):
        return status.group
    return "nonimmigrant" if status.group in NONIMMIGRANT_GROUPS else "other"


def years_after(day: date, years: int) -> date:
    """The day on which so many years are over; those from 29 February end with February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def facts_of(status: Status, *, on: date) -> list[Fact]:
    """What follows from a status by the law of a day, most asked first."""
    kind = kind_of(status)
    if kind == "citizen":
        return [
            Fact(
                "Rules for non-citizens",
                "Do not apply to a citizen.",
                "8 U.S.C. 1611, 1641",
            )
        ]
    found = [qualified(kind, status, on), five_years(kind, status, on), seven_years(kind, status)]
    if kind in ("parolee", "other") and status.country in ENTRANT_COUNTRIES:
        found.append(
            Fact(
                "Cuban or Haitian entrant",
                "Initial verification cannot tell. Request additional verification and name it "
                "as the reason.",
                "8 U.S.C. 1522 note; 45 CFR 401.2",
            )
        )
    return [fact for fact in found if fact is not None]


def qualified(kind: str, status: Status, on: date) -> Fact:
    title = "Qualified alien"
    if kind == "parolee":
        law = "8 U.S.C. 1641(b)(4)"
        if status.entered_on and status.until:
            if years_after(status.entered_on, 1) <= status.until:
                return Fact(title, "Yes: paroled for at least one year.", law)
            return Fact(title, "Not by this parole: it is for less than one year.", law)
        return Fact(title, "If paroled for at least one year. No end is on record.", law)
    if kind in QUALIFIED_BY and on >= SINCE.get(kind, PRWORA):
        return Fact(title, "Yes, by this status.", QUALIFIED_BY[kind])
    return Fact(
        title,
        "Not by this status. Another status, or abuse suffered in the family, may make the "
        "person one.",
        "8 U.S.C. 1641(b), (c)",
    )


def five_years(kind: str, status: Status, on: date) -> Fact | None:
    title = "Five-year wait"
    if kind in PROTECTED:
        return Fact(title, "Does not apply to this status.", "8 U.S.C. 1613(b)(1)")
    if kind == "compact":
        return Fact(title, "Does not apply to this status.", "8 U.S.C. 1613(b)(3)")
    if kind != "lpr":
        return None
    if status.entered_on and status.entered_on < PRWORA:
        return Fact(
            title,
            "Does not apply to a person who entered before August 22, 1996 and has lived here "
            "since.",
            "8 U.S.C. 1613(a)",
            f"Entered on {in_words(status.entered_on)}.",
            "entry_date",
        )
    if status.granted_on is None:
        return Fact(title, "The day residence was granted is not on record.", "8 U.S.C. 1613(a)")
    over = years_after(status.granted_on, 5)
    return Fact(
        title,
        f"Five years from {in_words(status.granted_on)}, when residence was granted, "
        f"{'ended' if over <= on else 'end'} on {in_words(over)}.",
        "8 U.S.C. 1613(a)",
        "An earlier qualified status would count from its own day.",
        "grant_date",
    )


def seven_years(kind: str, status: Status) -> Fact | None:
    title, law = "Seven years of SSI", "8 U.S.C. 1612(a)(2)(A)"
    if kind == "lpr_exempt":
        return Fact(
            title,
            "Count from the grant of protection. This record shows only the later residence.",
            law,
        )
    if kind not in ("refugee", "asylee", "cuban_haitian") or status.granted_on is None:
        return None
    return Fact(
        title,
        f"Seven years from {in_words(status.granted_on)} end on "
        f"{in_words(years_after(status.granted_on, 7))}.",
        law,
        counted_from="grant_date",
    )


def programs(kind: str, benefits: Sequence[str], *, on: date) -> list[ProgramRule]:
    """The published rule of each program that the person applies for, where the table has one."""
    return [rule for benefit in benefits if (rule := rule_for(benefit, kind, on))]


def in_words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
