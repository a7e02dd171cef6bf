"""The pages of programs: what each is, what holds for a status, with dates and sources (S6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from agreements.programs import table
from agreements.programs.models import Topic
from agreements.programs.table import Row
from save_portal.benefits import is_offered
from verification import deadlines
from verification.enums import Benefit
from verification.models import Case, InitialAnswer
from verification.rules.derived_facts import ProgramRule, program_rules

KINDS = {
    "lpr": "Permanent residents",
    "lpr_exempt": "Residents who came for protection",
    "refugee": "refugees",
    "asylee": "people granted asylum",
    "cuban_haitian": "Cuban and Haitian entrants",
    "withheld": "people whose removal is withheld",
    "compact": "citizens of the freely associated states",
    "parolee": "parolees",
    "nonimmigrant": "nonimmigrants",
    "other": "other statuses",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A program in the list: what holds today."""

    code: str
    name: str
    funding: str
    applied_at: str
    save_use: str


@dataclass(frozen=True, slots=True)
class ProgramFact:
    """A row of the table that held on the day of the answer, with its program's name."""

    name: str
    topic_label: str
    text: str
    law: str
    from_on: date
    added_by: str


@dataclass(frozen=True, slots=True)
class StatusRule:
    """What holds for some kinds of status; `holds` on the day of the page."""

    who: str
    rule: ProgramRule
    holds: bool

    @property
    def until(self) -> date | None:
        return None if self.rule.ends == date.max else self.rule.ends


@dataclass(frozen=True, slots=True)
class ProgramPage:
    code: str
    name: str
    holds: list[Row]
    statuses: list[StatusRule]
    earlier: list[Row]
    later: list[Row]


def known() -> list[str]:
    """The programs that the table knows, in the order of the benefits."""
    codes = {row.benefit for row in table.shipped()}
    return [str(code) for code in Benefit.values if code in codes and is_offered(code)]


def program_list(*, on: date) -> list[Listed]:
    """One query."""
    codes = known()
    rows = table.as_of([*table.shipped(), *table.added(codes)], on)
    now = {(row.benefit, row.topic): row.text for row in rows if row.holds}
    return [
        Listed(
            code,
            name_of(code),
            now.get((code, Topic.FUNDING), ""),
            now.get((code, Topic.APPLIED_AT), ""),
            now.get((code, Topic.SAVE_USE), ""),
        )
        for code in codes
    ]


def program_page(code: str, *, on: date) -> ProgramPage | None:
    """One query; None for what the table does not know."""
    if code not in known():
        return None
    rows = table.table_of(code, on=on)
    rules = [rule for rule in program_rules() if rule.benefit == code]
    return ProgramPage(
        code=code,
        name=name_of(code),
        holds=[row for row in rows if row.holds],
        statuses=[
            StatusRule(_who(rule), rule, rule.starts <= on <= rule.ends)
            for rule in sorted(rules, key=lambda rule: not rule.starts <= on <= rule.ends)
        ],
        earlier=[row for row in rows if not row.holds and row.from_on <= on],
        later=[row for row in rows if row.from_on > on],
    )


def beside_answer(case: Case, answer: InitialAnswer | None) -> list[ProgramFact]:
    """The use of SAVE for each program of a case, and what the program office added, by the law
    of the day of the answer. One query; none without a confirmed answer."""
    if answer is None or not answer.is_confirmed:
        return []
    on = deadlines.local_date(answer.at, case.agency.time_zone)
    rows = [row for row in table.shipped() if row.benefit in case.benefits]
    return [
        ProgramFact(
            name_of(row.benefit), row.topic_label, row.text, row.law, row.from_on, row.added_by
        )
        for row in table.as_of([*rows, *table.added(case.benefits)], on)
        if row.holds and (row.topic == Topic.SAVE_USE or row.added_by)
    ]


def name_of(code: str) -> str:
    return "Other federal public benefits" if code == Benefit.OTHER else str(Benefit(code).label)


def _who(rule: ProgramRule) -> str:
    words = ", ".join(words for kind, words in KINDS.items() if kind in rule.kinds)
    return words[:1].upper() + words[1:]
