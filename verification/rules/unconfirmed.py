"""What an answer that did not confirm says, by its reasons: what happened, and what would help.

The reasons point at what was typed. Nothing here depends on what a record holds, or on whether
there is one (S1.4): the numbers asked for follow from the document that was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verification.enums import Reason
from verification.immigration_documents import DOCUMENT_TYPES

ELSEWHERE = "Add it when you request additional verification."
HERE = "Add it with “Correct and retry”."

# The reason that says most goes first; the name is put in for {who}.
HEADLINES: tuple[tuple[Reason, str], ...] = (
    (Reason.DOCUMENT_SUSPECT, "A status verifier has to see a copy of {whose} document."),
    (Reason.STATUS_NEEDS_REVIEW, "A status verifier has to answer for {who}."),
    (Reason.SEVIS_ID_REQUIRED, "SAVE needs the SEVIS ID to answer for {who}."),
    (Reason.SEVIS_INACTIVE, "SAVE could not confirm {whose} status: the SEVIS ID is not active."),
    (Reason.SOURCE_UNAVAILABLE, "SAVE could not search every record that it needs for {who}."),
)
USUAL = "SAVE could not confirm {whose} status from the records it could search."

MEANS: dict[Reason, tuple[str, ...]] = {
    Reason.NO_RECORD: (
        "No record was found under the number as typed.",
        "A typing error, or an arrival of the last days, is the usual cause.",
    ),
    Reason.NAME_MISMATCH: (
        "The number, the name and the date of birth do not lead to one record together.",
        "A typing error, a former name, or names in another order is the usual cause.",
    ),
    Reason.DATE_OF_BIRTH_MISMATCH: (
        "The number, the name and the date of birth do not lead to one record together.",
        "A typing error, or day and month in the other order, is the usual cause.",
    ),
    Reason.DOCUMENT_MISMATCH: (
        "The numbers do not belong together, or the card is not the newest one.",
    ),
    Reason.AMBIGUOUS: ("What was typed could mean more than one person, so nothing is returned.",),
    Reason.SEVIS_ID_REQUIRED: (
        "The status of students and exchange visitors is read under their SEVIS ID.",
    ),
    Reason.SEVIS_INACTIVE: (
        "The school or sponsor keeps this record, and only they can correct it.",
        "Many causes are harmless: a transfer, a change of status, a late entry.",
    ),
    Reason.STATUS_NEEDS_REVIEW: (
        "Nothing you typed is wrong.",
        "An automatic answer could be wrong here, so none is given.",
        "This is common after a recent change, a renewal, or an application still open.",
    ),
    Reason.DOCUMENT_SUSPECT: (
        "You doubt the document, so no record was compared.",
        "A status verifier looks at a copy of it.",
    ),
    Reason.SOURCE_UNAVAILABLE: (
        "A record system was missing or too old, so it was not relied on.",
        "Nothing was found out about the person, for or against.",
    ),
}
WIDER = "A status verifier can search more widely."

# The document shown -> (another document, its field): a number that leads further.
OTHERS: dict[str, tuple[tuple[str, str], ...]] = {
    "i551": (),
    "i766": (("i94", "i94_number"),),
    "i94": (("i551", "a_number"), ("i797", "card_number")),
    "i94_in_passport": (("i551", "a_number"),),
    "foreign_passport": (("i551", "a_number"),),
    "temporary_i551": (("i551", "card_number"), ("i94", "i94_number")),
    "mriv": (("i551", "card_number"), ("i94", "i94_number")),
    "i327": (("i551", "card_number"),),
    "i571": (("i766", "card_number"), ("i94", "i94_number")),
    "naturalization_certificate": (),
    "certificate_of_citizenship": (),
    "i20": (("i94_in_passport", "visa_number"),),
    "ds2019": (("i94_in_passport", "visa_number"),),
    "i797": (("i551", "a_number"), ("i94", "i94_number")),
    "other_a_number": (("i551", "card_number"), ("i94", "i94_number")),
    "other_i94": (("i551", "a_number"),),
}
ONE_MORE = frozenset({Reason.AMBIGUOUS, Reason.NO_RECORD, Reason.DOCUMENT_MISMATCH})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number to ask the applicant for: which, where it stands, and what to do with it."""

    label: str
    where: str
    then: str


def headline(reasons: Sequence[str], name: str) -> str:
    """The answer in one sentence."""
    whose = f"{name}’" if name.endswith("s") else f"{name}’s"
    sentence = next((text for reason, text in HEADLINES if reason in reasons), USUAL)
    return sentence.format(who=name, whose=whose)


def means(reasons: Sequence[str]) -> list[str]:
    """What the reasons mean, each sentence once."""
    said = [line for reason in reasons for line in MEANS[Reason(reason)]]
    if not {Reason.DOCUMENT_SUSPECT, Reason.SEVIS_ID_REQUIRED} & set(reasons):
        said.append(WIDER)
    return list(dict.fromkeys(said))


def one_more_number(
    document_type: str, typed: Mapping[str, str], reasons: Sequence[str]
) -> list[Wanted]:
    """The numbers worth asking the applicant for, from the document shown first."""
    if Reason.SEVIS_ID_REQUIRED in reasons:
        return [
            Wanted(
                "SEVIS ID", "At the top of the I-20 or DS-2019: the letter N and 10 digits.", HERE
            )
        ]
    if not ONE_MORE & set(reasons):
        return []
    document = DOCUMENT_TYPES[document_type]
    wanted = [
        Wanted(use.title, use.hint, HERE)
        for use in document.fields
        if not use.required and not typed.get(use.name) and use.name != "passport_country"
    ]
    for code, name in OTHERS.get(document_type, ()):
        if typed.get(name):
            continue
        other = DOCUMENT_TYPES[code]
        use = next(use for use in other.fields if use.name == name)
        where = f"{other.name}: {use.hint[0].lower()}{use.hint[1:]}"
        wanted.append(Wanted(use.title, where, ELSEWHERE))
    return wanted
