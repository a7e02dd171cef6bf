"""When a case may be closed: the duties that stand before it (S2.2, S3.5, S3.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verification.enums import ClosureReason, PhotoAnswer, Wish
from verification.errors import CaseError, DutyOpen
from verification.lifecycles.case import CaseStatus
from verification.rules import voter

if TYPE_CHECKING:
    from verification.models import Case


def open_duty(
    case: Case, *, has_photo: bool, was_asked: bool, citizen: bool = False
) -> CaseError | None:
    """The refusal that stands before completing the case, or None.

    `was_asked`: a status verifier was asked at some time, electronically or by Form G-845;
    `citizen`: one found a U.S. citizen.
    """
    if step := voter.open_step(case, citizen=citizen):
        return step
    if case.status == CaseStatus.INITIAL_CONFIRMED and has_photo:
        if not case.photo_answer:
            return DutyOpen(
                "Answer “Is this the person?” first: a returned photo is compared before a case "
                "is completed.",
                rule="S3.5",
            )
        if case.photo_answer == PhotoAnswer.NO:
            return DutyOpen(
                "You said that the photo shows another person. Request additional verification; "
                "a status verifier can settle it.",
                rule="S3.5",
            )
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        if case.told_applicant_at is None:
            return DutyOpen(
                "Tell the applicant first that SAVE could not confirm, and record it (duty 1).",
                rule="S3.7",
            )
        if not case.wish:
            return DutyOpen(
                "Record first whether the applicant wants additional verification (duty 2).",
                rule="S3.7",
            )
        if case.wish == Wish.WANTS:
            return DutyOpen(
                "The applicant wants additional verification, so it must be requested before "
                "the case can end.",
                rule="S2.2",
            )
    if case.status == CaseStatus.G845_RECOMMENDED and case.wish == Wish.WANTS and not was_asked:
        return DutyOpen(
            "The applicant wants further verification, and no status verifier has looked yet. "
            "Mail the Form G-845, or upload the copies, before the case can end.",
            rule="S2.2",
        )
    return None


def never_expires(case: Case) -> bool:
    """Whether the 180 days pass by a case: the applicant wants what nobody has asked for (S2.2).

    So does one about voter eligibility, which goes through all steps (S1.5).
    """
    return case.status == CaseStatus.INITIAL_UNCONFIRMED and (
        case.wish == Wish.WANTS or voter.concerns(case.benefits)
    )


def check_may_close(
    case: Case, *, reason: str, has_photo: bool, was_asked: bool, citizen: bool = False
) -> None:
    """Raise the refusal that stands before closing with `reason`.

    A case entered in error was never about this applicant: nothing is owed on it, unless the
    applicant has already asked for additional verification.
    """
    if reason == ClosureReason.ENTERED_IN_ERROR and case.wish != Wish.WANTS:
        return
    # What the agency withdraws was decided by nobody.
    withdrawn = reason == ClosureReason.WITHDRAWN
    refusal = open_duty(
        case, has_photo=has_photo, was_asked=was_asked, citizen=citizen or withdrawn
    )
    if refusal is not None:
        raise refusal
    if reason == ClosureReason.APPLICANT_DECLINED and case.wish != Wish.DECLINES:
        raise DutyOpen(
            "“The applicant declined” needs the applicant's answer to be recorded as declined.",
            rule="S3.7",
        )
