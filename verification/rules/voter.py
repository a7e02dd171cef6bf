"""Voter eligibility: what may be asked, and what nobody may conclude or collect (S1.5). Pure.

Off unless the operator turned it on. Citizens from birth are normally in no record, so that nothing
is found says nothing; therefore it is asked for naturalized or derived citizens alone, one person
at a time, and each one goes through all steps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from save_portal.benefits import is_offered
from verification.enums import AnswerKind, Benefit
from verification.errors import CaseError, DutyOpen
from verification.lifecycles.case import CaseStatus

if TYPE_CHECKING:
    from verification.models import Case, VerifierAnswer

VOTER = Benefit.VOTER_ELIGIBILITY
# (code, label) of all others: what lists can be narrowed to, and what systems may ask.
LISTED = [choice for choice in Benefit.choices if choice[0] != VOTER]
# Documents of naturalized or derived citizens, or another one with an A-number: each carries a
# number that an immigration office gave.
DOCUMENTS = ("naturalization_certificate", "certificate_of_citizenship", "other_a_number")
# The statement of initial verification, and the item of Form G-845, that say: a U.S. citizen.
CITIZEN_STATEMENT, CITIZEN_ITEM = 24, 10


def concerns(benefits: Collection[str]) -> bool:
    """Whether one of them is voter eligibility."""
    return VOTER in benefits


def refusal_to_ask(
    *, benefits: Collection[str], document_type: str, channel: str, permitted: Collection[str]
) -> str:
    """Why voter eligibility may not be asked in this way, or an empty text."""
    if not concerns(benefits):
        return ""
    if not is_offered(VOTER):
        return (
            "Voter eligibility is turned off on this portal: nobody asks for it, whatever an "
            "agreement says (S1.5). Take it out."
        )
    if VOTER not in permitted:
        return ""  # the agreement is the reason, and says so
    if channel != "browser":
        return (
            "Voter eligibility is asked for one person at a time, in the browser: no file and no "
            "system may go through people (S1.5)."
        )
    if len(set(benefits)) > 1:
        return (
            "Voter eligibility is asked for alone: what another program was told about a person "
            "is not for this one (S1.5). Begin a case for each."
        )
    if document_type not in DOCUMENTS:
        return (
            "Voter eligibility is asked only for naturalized or derived citizens, by a number that "
            "an immigration office gave (S1.5). Begin with the naturalization certificate, the "
            "certificate of citizenship, or another document with an A-number. For a citizen from "
            "birth nothing can be asked: decide on the documents."
        )
    return ""


def found_citizen(answers: Iterable[VerifierAnswer]) -> bool:
    """Whether the newest answer of a status verifier says: a U.S. citizen."""
    final = [one for one in answers if one.kind in (AnswerKind.FINAL, AnswerKind.CORRECTION)]
    return bool(final) and any(item.get("item") == CITIZEN_ITEM for item in final[-1].items)


def open_step(case: Case, *, citizen: bool) -> CaseError | None:
    """The step that stands before the end of a case about voter eligibility, or None.

    `citizen`: a status verifier found a U.S. citizen. Else the end comes after Form G-845 only.
    """
    if not concerns(case.benefits) or citizen:
        return None
    step = {
        CaseStatus.INITIAL_UNCONFIRMED: "Request additional verification.",
        CaseStatus.ADDITIONAL_REQUESTED: "Wait for the status verifier's answer.",
        CaseStatus.ADDITIONAL_IN_REVIEW: "Wait for the status verifier's answer.",
        CaseStatus.ADDITIONAL_ANSWERED: "Ask for a Form G-845.",
        CaseStatus.G845_RECOMMENDED: "Send the Form G-845 with the copies.",
        CaseStatus.G845_MAILED: "Wait for the status verifier's answer.",
        CaseStatus.G845_IN_REVIEW: "Wait for the status verifier's answer.",
    }.get(CaseStatus(case.status))
    if step is None:
        return None
    return DutyOpen(
        f"Voter eligibility goes through every step before it ends, for nothing found so far says "
        f"that somebody is no citizen. {step}",
        rule="S1.5",
    )
