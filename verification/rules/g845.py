"""What the rules say about Form G-845: when it may be asked for, and what goes with it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from verification.enums import (
    AdditionalReason,
    ChargeKind,
    Reason,
    ResubmitReason,
    SupplementQuestion,
)
from verification.errors import CaseError, WrongStatus
from verification.g845_answers import SEND_AGAIN
from verification.immigration_documents import DOCUMENT_TYPES
from verification.lifecycles.case import CaseStatus
from verification.rules import voter

if TYPE_CHECKING:
    from verification.models import Case

# Documents that are no card with a number of its own: only a look at them can settle the case.
SEEN_ONLY = frozenset({"other_a_number", "other_i94"})
CERTIFICATES = frozenset({"naturalization_certificate", "certificate_of_citizenship"})
PASSPORTS = frozenset({"foreign_passport", "i94_in_passport", "mriv", "temporary_i551"})
# A doubt of this kind has its question on the Supplement.
QUESTION_OF: dict[str, SupplementQuestion] = {
    AdditionalReason.CUBAN_HAITIAN: SupplementQuestion.CUBAN_HAITIAN,
    AdditionalReason.VAWA: SupplementQuestion.ABUSE,
}


def refusal_to_ask(case: Case, *, reasons: Iterable[str]) -> CaseError | None:
    """Why the agency may not ask for a form here, or None (S3.3, S3.9).

    After an answer of a status verifier it always may. Additional verification is skipped only
    where the documents alone can settle the case.
    """
    if case.status in (CaseStatus.ADDITIONAL_ANSWERED, CaseStatus.G845_ANSWERED):
        return None
    if case.status != CaseStatus.INITIAL_UNCONFIRMED:
        return WrongStatus("A Form G-845 cannot be asked for from where the case stands.")
    if may_skip_additional(case, reasons=reasons):
        return None
    return WrongStatus(
        "Additional verification comes first: it is quicker and costs the same. The form can "
        "follow its answer. It is skipped only when the document itself is in doubt, or is none "
        "of the documents that SAVE knows.",
        rule="S3.9",
    )


def may_skip_additional(case: Case, *, reasons: Iterable[str]) -> bool:
    """Whether only the documents can settle the case: doubted, or of no known kind (S10.2)."""
    if voter.concerns(case.benefits):
        return False  # through every step (S1.5)
    doubted = bool(case.document_doubt) or Reason.DOCUMENT_SUSPECT in reasons
    return doubted or case.document_type in SEEN_ONLY


def charge_for_asking(charged: Collection[str]) -> ChargeKind | None:
    """What asking costs: nothing after additional verification or an earlier form (S3.3)."""
    paid = {ChargeKind.ADDITIONAL, ChargeKind.G845, ChargeKind.PAPER_G845}
    return None if paid & set(charged) else ChargeKind.G845


def copies_to_enclose(
    document_type: str, *, send_again: Iterable[str] = (), supplement: Iterable[str] = ()
) -> list[str]:
    """Sentences: which copies go with the form, the ones asked for by a verifier first."""
    name = DOCUMENT_TYPES[document_type].name
    asked = set(send_again)
    again = [f"{what}. {how}" for code, (what, how) in SEND_AGAIN.items() if code in asked]
    if document_type in CERTIFICATES:
        copies = [f"{name}: the whole page, and the back if anything is written on it."]
    elif document_type in PASSPORTS:
        copies = [
            f"{name}: the page with the photo and the pages with U.S. visas and stamps.",
            "The I-94 record, front and back, if there is one.",
        ]
    elif document_type in ("i20", "ds2019"):
        copies = [
            f"{name}: every page, with the signatures.",
            "The I-94 record, front and back, if there is one.",
        ]
    else:
        copies = [f"{name}: front and back."]
    if SupplementQuestion.RELEASE in supplement:
        copies.append("The release form signed by the applicant, for proceedings at EOIR.")
    return again + copies


def refusal_of_mailing_day(mailed_on: date, *, today: date, not_before: date) -> str:
    """Why a form cannot have been mailed on that day, or an empty text."""
    if mailed_on > today:
        return "The day of mailing is in the future. Record it when the form has been mailed."
    if mailed_on < not_before:
        return "The form was mailed before the case was begun? Check the year and the month."
    return ""


def refusal_to_send_copies(send_again: Collection[str], *, copies: int) -> CaseError | None:
    """Why copies cannot go electronically in place of the mailed form, or None."""
    if ResubmitReason.CONSENT_NEEDED in send_again:
        return WrongStatus(
            "The verifier needs the original of the signed consent, on paper. Mail the form."
        )
    if not copies:
        return WrongStatus("Upload the copies first: both sides of the document.")
    return None
