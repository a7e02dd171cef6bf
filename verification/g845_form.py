"""Form G-845 already filled in: what stands at each item, from what was typed and nothing else.

The items are those of the published form (edition 08/12/25), in our own typesetting. Part 2 and
part 3 stay open for USCIS. Passport and visa numbers are not on it: the copies show them (S8.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from verification.enums import AdditionalReason, Benefit, SupplementQuestion
from verification.immigration_documents import DOCUMENT_TYPES, show_number

if TYPE_CHECKING:
    from verification.models import AdditionalRequest, Case, G845Form

EDITION = "08/12/25"
# Item 12 of the form, and the benefits of the portal that tick each box.
PURPOSES: tuple[tuple[str, frozenset[str]], ...] = (
    ("Background Check", frozenset({Benefit.BACKGROUND_CHECK})),
    ("Driver's License/ID", frozenset({Benefit.DRIVERS_LICENSE, Benefit.STATE_ID})),
    ("Education Grant/Loan/Work Study", frozenset({Benefit.TITLE_IV})),
    ("Employment Authorization", frozenset({Benefit.EMPLOYMENT_AUTHORIZATION})),
    ("Food Stamps", frozenset({Benefit.SNAP})),
    ("Housing Assistance", frozenset({Benefit.HOUSING})),
    ("Medicaid/Medical Assistance", frozenset({Benefit.MEDICAID})),
    ("Social Security Number", frozenset({Benefit.SSN})),
    ("SSI or RSDI", frozenset({Benefit.SSI})),
    ("TANF", frozenset({Benefit.TANF})),
    ("Unemployment Insurance", frozenset({Benefit.UNEMPLOYMENT})),
)
OTHER_PURPOSES = frozenset(
    {Benefit.LICENSE_OR_GRANT, Benefit.CREDENTIAL, Benefit.VOTER_ELIGIBILITY, Benefit.OTHER}
)
# Numbers that have no item of their own, with the document that holds them (items 3 and 4).
OTHER_NUMBERS: tuple[tuple[str, str], ...] = (
    ("card_number", ""),
    ("naturalization_certificate", "Naturalization Certificate"),
    ("citizenship_certificate", "Certificate of Citizenship"),
)
# The letters of item 9 of the Supplement.
LETTERS: dict[str, str] = {
    SupplementQuestion.STATUS: "9a",
    SupplementQuestion.CITIZENSHIP: "9b",
    SupplementQuestion.ABUSE: "9c",
    SupplementQuestion.SPONSOR: "9d",
    SupplementQuestion.CUBAN_HAITIAN: "9e",
    SupplementQuestion.RELEASE: "9f",
    SupplementQuestion.STATUS_1996: "9h",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the form with its words, ticked or not."""

    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class FilledForm:
    """Part 1 of the form as it is printed. Empty texts are left open, to be written by hand."""

    a_number: str
    i94_number: str
    other_number: str
    other_document: str
    family_name: str
    given_name: str
    middle_name: str
    also_known_as: str
    case_number: str
    date_of_birth: date
    sevis_id: str
    purposes: list[Box]
    other_purpose: str
    agency_case_number: str
    official_name: str
    official_title: str
    phone: str
    completed_on: date
    reasons: list[Box]
    reason_text: str
    supplement: list[Box]

    @property
    def has_supplement(self) -> bool:
        return any(box.ticked for box in self.supplement)

    @property
    def purpose_columns(self) -> tuple[list[Box], list[Box]]:
        """Item 12 in two columns."""
        return self.purposes[:6], self.purposes[6:]

    @property
    def applicant(self) -> str:
        """For the head of each page: last name, first name."""
        return ", ".join(filter(None, [self.family_name, self.given_name]))


def filled_form(
    case: Case, why: G845Form | AdditionalRequest | None, *, completed_on: date
) -> FilledForm:
    """The form of this case. `case` comes with its agency and its handler.

    `why` says what stands at item 19: the form's own words, else those of the request before it.
    """
    benefits = set(case.benefits)
    others = [Benefit(code).label for code in case.benefits if code in OTHER_PURPOSES]
    other_number, other_document = _other_number(case)
    official = case.handled_by
    return FilledForm(
        a_number=show_number("a_number", case.a_number) if case.a_number else "",
        i94_number=case.i94_number,
        other_number=other_number,
        other_document=other_document,
        family_name=case.family_name,
        given_name=case.given_name,
        middle_name=case.middle_name,
        also_known_as="; ".join(case.also_known_as),
        case_number=case.number,
        date_of_birth=case.date_of_birth,
        sevis_id=case.sevis_id,
        purposes=[
            *(Box(label, bool(codes & benefits)) for label, codes in PURPOSES),
            Box("Other", bool(others)),
        ],
        other_purpose=", ".join(others),
        agency_case_number=case.agency_reference,
        official_name=official.full_name,
        official_title=official.get_role_display(),
        phone=official.phone,
        completed_on=completed_on,
        reasons=_reasons(why.reason if why else ""),
        reason_text=_reason_text(why),
        supplement=_supplement(getattr(why, "supplement", ())),
    )


def _other_number(case: Case) -> tuple[str, str]:
    """Items 3 and 4: a number that has no item of its own, and the document it stands on."""
    document = DOCUMENT_TYPES[case.document_type]
    name = case.document_description or document.name
    found = [
        (show_number(field, value), title or name)
        for field, title in OTHER_NUMBERS
        if (value := getattr(case, field))
    ]
    numbers = "; ".join(number for number, _ in found)
    names = "; ".join(dict.fromkeys(title for _, title in found)) or name
    return numbers, names


def _reasons(reason: str) -> list[Box]:
    expected = reason == AdditionalReason.STATUS_EXPECTED
    date_needed = reason == AdditionalReason.DATE_NEEDED
    return [
        Box("Expected a different immigration status", expected),
        Box("A date is needed (EAD, grant, or admitted to)", date_needed),
        Box("Other", bool(reason) and not expected and not date_needed),
    ]


def _reason_text(why: G845Form | AdditionalRequest | None) -> str:
    if why is None:
        return ""
    named = why.reason in (
        AdditionalReason.STATUS_EXPECTED,
        AdditionalReason.DATE_NEEDED,
        AdditionalReason.OTHER,
    )
    label = "" if named else AdditionalReason(why.reason).label
    return ". ".join(filter(None, [label, why.comment]))


def _supplement(asked: Iterable[str]) -> list[Box]:
    wanted = set(asked)
    return [
        Box(f"{LETTERS[question]}  {SupplementQuestion(question).label}", question in wanted)
        for question in SupplementQuestion.values
    ]


# The open boxes of the Supplement, part 2 and part 3, in our own words.
SUPPLEMENT_ANSWERS: tuple[str, ...] = (
    "1a. Lawful permanent resident. Effective: ____________  Adjustment approved: ____________",
    "1b. Refugee (INA 207). Admitted: ____________",
    "1c. Granted asylum (INA 208). Granted: ____________",
    "1d. Deportation or removal withheld. Since: ____________",
    "1e. Paroled for at least one year (INA 212(d)(5)). Granted: __________  Expires: __________",
    "1f. Conditional entrant before April 1, 1980",
    "1g. American Indian (INA 289). Since: ____________",
    "1h. Cuban or Haitian entrant (REAA 501(e))",
    "1i. Amerasian immigrant. Entered: ____________",
    "1j. Iraqi or Afghan special immigrant. Entered: ________  Granted: ________  COA: ______",
    "1k. Other status: ______________________  Date: ____________  COA: ______",
    "2a. U.S. citizen   ☐ 2b. Not a U.S. citizen   ☐ 2c. Citizen in the period: ______________",
    "3a. Status as spouse, child or widow(er) of a citizen. Date: ____________",
    "3b. Status as spouse or child of a permanent resident. Date: ____________",
    "3c. Neither",
    "4a. Not sponsored on Form I-864. Receipt date: ____________",
    "4b. Sponsored on Form I-864. Receipt date: ____________",
    "5. Sponsor, name and address: ______________________________________________",
    "6. Joint sponsor, name and address: ________________________________________",
    "7. Further joint sponsors are attached",
)
ENTRANT_ANSWERS: tuple[str, ...] = (
    "1. Status as of August 22, 1996: ______________________",
    "2. Status at the first entry: ______________________",
    "3a. National of Cuba or Haiti   ☐ Not a national of Cuba or Haiti",
    "3b. Paroled as “entrant, status pending”. Date: ____________",
    "4. Paroled, no other status",
    "5. Paroled in custody for law enforcement. Entered: ____________",
    "6a. Asylum application pending with DHS. Filed: ____________",
    "6b. Asylum application pending with EOIR. Referred: ____________",
    "7. In proceedings without a final order. Placed: ____________",
    "8. None of these",
    "9a. Final order of removal: ____________   ☐ 9b. Order of supervision: ____________",
    "9c. Not subject to either",
    "10. Adjusted under NACARA, HRIFA, IRCA or CAA. Approved: ____________  COA: ______",
    "11. Not adjusted, or adjusted under another law",
)
