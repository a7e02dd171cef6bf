"""What the agency must and must not do while nothing confirms, for the benefit at hand.

Data, not code: each sentence tells a caseworker what to do, with the rule behind it (S2.3, S5.2,
S5.4, S5.5, S6). A case for several benefits shows the sentences of all of them, each once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from agreements.text import CONTEST_DAYS
from verification.enums import Benefit, Outcome
from verification.lifecycles.case import CaseStatus


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing to do or to leave. `must` is False for what is forbidden."""

    text: str
    rule: str
    must: bool
    benefits: tuple[str, ...] = ()  # empty: whatever the benefit

    def holds_for(self, benefits: Iterable[str]) -> bool:
        return not self.benefits or bool(set(self.benefits) & set(benefits))


# Programs that look at the members of a household, and SNAP with rules of its own.
HOUSEHOLD = (
    Benefit.TANF,
    Benefit.SSI,
    Benefit.MEDICAID,
    Benefit.UNEMPLOYMENT,
    Benefit.TITLE_IV,
    Benefit.HOUSING,
)
VOTER = (Benefit.VOTER_ELIGIBILITY,)
LICENSES = (Benefit.DRIVERS_LICENSE, Benefit.STATE_ID)

BEFORE_ASKING = Sentence(
    "Ask for additional verification if the applicant wants it; only they can decline it.",
    "S5.2",
    must=True,
)
WHILE_OPEN = Sentence(
    "Deny, reduce or end nothing because of this while a check is open.", "S5.2", must=False
)
WITHOUT_CONFIRMATION: tuple[Sentence, ...] = (
    Sentence(
        "Do not conclude that the applicant lies or is here unlawfully: a missing record says "
        "neither.",
        "S2.3",
        must=False,
    ),
    Sentence("Do not report the applicant to ICE because of this.", "S2.3", must=False),
    Sentence(
        "SNAP: never call a household member ineligible for unlawful presence unless you hold "
        "documents that confirm it.",
        "S5.4",
        must=False,
        benefits=(Benefit.SNAP,),
    ),
    Sentence(
        "SNAP: report nobody to USCIS because they did not document a status. A report needs an "
        "admission and documents that confirm it, both.",
        "S5.4",
        must=False,
        benefits=(Benefit.SNAP,),
    ),
    Sentence(
        "SNAP: if somebody admits unlawful presence and no document confirms it, ask for documents "
        "of lawful status. Lacking those, deny that member only.",
        "S5.4",
        must=True,
        benefits=(Benefit.SNAP,),
    ),
    Sentence(
        "If a family member gives no proof of status, ask no further about it: that member is "
        "ineligible for lack of documents, the others are not.",
        "S5.5",
        must=True,
        benefits=HOUSEHOLD,
    ),
    Sentence(
        "Do not report a family member who gave no proof: no unlawful status was found.",
        "S5.5",
        must=False,
        benefits=HOUSEHOLD,
    ),
    Sentence(
        "Emergency care is never refused for want of status, and needs no query.",
        "S6",
        must=True,
        benefits=(Benefit.MEDICAID,),
    ),
    Sentence(
        "A change of status, an extension or a dependant's extension reaches the records late, "
        "and a lawful stay may outlast the visa: look at the notice of action too.",
        "S6.2",
        must=True,
        benefits=LICENSES,
    ),
    Sentence(
        "Voter eligibility: go through every step, additional verification and Form G-845.",
        "S1.5",
        must=True,
        benefits=VOTER,
    ),
    Sentence(
        "Voter eligibility: never conclude from this that somebody is no citizen. Citizens from "
        "birth are in none of the sources, and a naturalization may be missing.",
        "S1.5",
        must=False,
        benefits=VOTER,
    ),
    Sentence(
        "Voter eligibility: put nobody on a list because of this, and refuse, challenge or remove "
        "no registration because of it.",
        "S1.5",
        must=False,
        benefits=VOTER,
    ),
)


def matching_duties(told_on: date | None) -> tuple[Sentence, ...]:
    """What a computer matching agreement adds: look for oneself, and time to contest (S5).

    `told_on` is the day on which the applicant was told, where that is recorded.
    """
    until = ""
    if told_on is not None:
        day = told_on + timedelta(days=CONTEST_DAYS)
        until = (
            f" They were told on {_day(told_on)}: act against them on {_day(day)} at the earliest."
        )
    return (
        Sentence(
            "Your agreement is a computer matching agreement: verify independently, from documents "
            "and what the person says, whatever SAVE shows, before you act on it.",
            "S5",
            must=True,
        ),
        Sentence(
            f"Give a written notice of what was found, and {CONTEST_DAYS} days after it, or the "
            f"longer period of the program, to contest it.{until}",
            "S5",
            must=True,
        ),
    )


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


# Where nothing has confirmed what the applicant showed.
UNCONFIRMED = frozenset(
    {
        CaseStatus.INITIAL_UNCONFIRMED,
        CaseStatus.ADDITIONAL_REQUESTED,
        CaseStatus.ADDITIONAL_IN_REVIEW,
        CaseStatus.ADDITIONAL_ANSWERED,
        CaseStatus.G845_RECOMMENDED,
        CaseStatus.G845_MAILED,
        CaseStatus.G845_IN_REVIEW,
        CaseStatus.G845_ANSWERED,
    }
)


def sentences_for(
    *,
    status: str,
    outcome: str,
    benefits: Iterable[str],
    matching: bool = False,
    told_on: date | None = None,
) -> tuple[list[Sentence], list[Sentence]]:
    """(what to do, what to leave) now; both empty where the initial answer was confirmed.

    `outcome` is that of the last initial answer, or empty for a case begun on paper; `matching`:
    the case was begun under a computer matching agreement.
    """
    if status not in UNCONFIRMED or outcome == Outcome.CONFIRMED:
        return [], []
    wanted = list(benefits)
    found = [WHILE_OPEN, *(s for s in WITHOUT_CONFIRMATION if s.holds_for(wanted))]
    if matching:
        found += matching_duties(told_on)
    if status == CaseStatus.INITIAL_UNCONFIRMED:
        found.insert(0, BEFORE_ASKING)
    return [s for s in found if s.must], [s for s in found if not s.must]
