"""What the caseworker does next with a case, in words for lists and for the top of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verification.enums import PhotoAnswer, Reason, Wish
from verification.lifecycles.case import CaseStatus

if TYPE_CHECKING:
    from verification.models import Case


@dataclass(frozen=True, slots=True)
class NextAct:
    """`act` is an imperative for the link, `state` says where the case stands."""

    act: str
    state: str


WITH_SAVE = {
    CaseStatus.ADDITIONAL_REQUESTED: "Additional verification, in the queue",
    CaseStatus.ADDITIONAL_IN_REVIEW: "Additional verification, with a verifier",
    CaseStatus.G845_MAILED: "Form G-845, mailed",
    CaseStatus.G845_IN_REVIEW: "Form G-845, with a verifier",
}


def next_act(case: Case, *, has_photo: bool, reasons: list[str]) -> NextAct:
    """The next act, from the status and the duties already done."""
    if case.status == CaseStatus.CLOSED:
        return NextAct("Read the case", f"Closed: {case.get_closure_reason_display().lower()}")
    if case.status in WITH_SAVE:
        return NextAct("Nothing to do", WITH_SAVE[CaseStatus(case.status)])
    if case.status == CaseStatus.INITIAL_CONFIRMED:
        return _after_confirmation(case, has_photo=has_photo)
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        return _after_no_match(case, reasons=reasons)
    if case.status == CaseStatus.G845_RECOMMENDED:
        return NextAct("Mail the Form G-845 with copies", "The form is ready to print")
    return NextAct("Read the answer", case.get_status_display())


def _after_confirmation(case: Case, *, has_photo: bool) -> NextAct:
    if has_photo and not case.photo_answer:
        return NextAct("Answer: is this the person?", "Confirmed; photo not yet compared")
    if case.photo_answer == PhotoAnswer.NO:
        return NextAct(
            "Request additional verification", "Confirmed; the photo shows another person"
        )
    return NextAct("Read the answer and close", "Confirmed")


def _after_no_match(case: Case, *, reasons: list[str]) -> NextAct:
    if Reason.SEVIS_ID_REQUIRED in reasons and case.told_applicant_at is None:
        return NextAct("Add the SEVIS ID and retry", "Not confirmed")
    if case.told_applicant_at is None:
        return NextAct("Tell the applicant and ask what they want", "Not confirmed")
    if not case.wish:
        return NextAct(
            "Ask whether the applicant wants additional verification",
            "Not confirmed; applicant told",
        )
    if case.wish == Wish.WANTS:
        return NextAct("Request additional verification", "The applicant wants it")
    if case.sheet_given_at is None:
        return NextAct(
            "Give the correction sheet", "Applicant does not want additional verification"
        )
    return NextAct("Close the case", "All three duties are done")
