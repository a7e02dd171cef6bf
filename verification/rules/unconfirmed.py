"""What an answer that did not confirm says, by its reasons: what happened, and what would help.

The reasons point at what was typed. Nothing here depends on what a record holds, or on whether
there is one (S1.4): the numbers asked for follow from the document that was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verification.enums import Reason
from verification.immigration_documents import DOCUMENT_TYPES, US_ISSUED, FieldUse

RETRY, ADDITIONAL = "retry", "additional-verification"
THEN = {
    RETRY: "Add it with “Correct and retry”.",
    ADDITIONAL: "Add it when you request additional verification.",
}

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
    "i551": (("i94", "i94_number"),),
    "i766": (("i94", "i94_number"),),
    "i94": (("i551", "a_number"), ("i797", "card_number")),
    "i94_in_passport": (("i551", "a_number"),),
    "foreign_passport": (("i551", "a_number"),),
    "temporary_i551": (("i551", "card_number"), ("i94", "i94_number")),
    "mriv": (("i551", "card_number"), ("i94", "i94_number")),
    "i327": (("i551", "card_number"), ("i94", "i94_number")),
    "i571": (("i766", "card_number"), ("i94", "i94_number")),
    "naturalization_certificate": (("i551", "card_number"),),
    "certificate_of_citizenship": (("i551", "card_number"),),
    "i20": (("i766", "a_number"),),
    "ds2019": (("i766", "a_number"),),
    "i797": (("i551", "a_number"), ("i94", "i94_number")),
    "other_a_number": (("i551", "card_number"), ("i94", "i94_number")),
    "other_i94": (("i551", "a_number"),),
}
SEVIS = ("i20", "sevis_id")
# Answers that one more number settles, whatever was typed before it.
SETTLED_BY_A_NUMBER = frozenset({Reason.AMBIGUOUS, Reason.SEVIS_ID_REQUIRED})
CARDS = frozenset({"i551", "i766"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """One more thing to ask the applicant for: which, where it stands, and with which act it goes.

    `field` is the name under which forms and bodies take it.
    """

    field: str
    label: str
    where: str
    act: str = RETRY

    @property
    def then(self) -> str:
        return THEN[self.act]


WHOLE_NAME = Wanted(
    "given_name", "The whole name", "Every name as the document prints it, none left out or cut."
)
OTHER_NAMES = Wanted(
    "also_known_as",
    "Every other name",
    "A former name, or the name as an older document or the passport writes it.",
)
BIRTH_ELSEWHERE = Wanted(
    "date_of_birth",
    "Date of birth on a second document",
    "In the passport, say: day and month may stand in the other order.",
)
NEWEST_CARD = Wanted(
    "card_number", "Card number of the newest card", "The applicant may have been sent a later one."
)


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


def further_numbers(document_type: str) -> tuple[FieldUse, ...]:
    """The numbers of other documents that a retry may carry beside those of the document shown."""
    if document_type not in DOCUMENT_TYPES:
        return ()
    own = {use.name for use in DOCUMENT_TYPES[document_type].fields}
    found = [_of_other(code, name) for code, name in (*OTHERS[document_type], SEVIS)]
    return tuple(use for use in found if use.name not in own)


def offered(
    document_type: str, typed: Mapping[str, str], reasons: Sequence[str]
) -> tuple[FieldUse, ...]:
    """Those that the form of a retry has: where a number would settle it, or typed before."""
    asked = _settled_by_a_number(typed, reasons)
    return tuple(use for use in further_numbers(document_type) if asked or typed.get(use.name))


def one_more(document_type: str, typed: Mapping[str, str], reasons: Sequence[str]) -> list[Wanted]:
    """What is worth asking the applicant for, what settles the question by itself first."""
    given = set(reasons)
    wanted: list[Wanted] = []
    if Reason.SEVIS_ID_REQUIRED in given:
        wanted.append(_number(_of_other(*SEVIS), RETRY))
    if Reason.AMBIGUOUS in given:
        wanted += _numbers(document_type, typed, RETRY)
        wanted.append(WHOLE_NAME)
    if Reason.NAME_MISMATCH in given:
        wanted.append(OTHER_NAMES)
    if Reason.DATE_OF_BIRTH_MISMATCH in given:
        wanted.append(BIRTH_ELSEWHERE)
    if Reason.DOCUMENT_MISMATCH in given and document_type in CARDS:
        wanted.append(NEWEST_CARD)
    if _settled_by_a_number(typed, reasons) and Reason.NO_RECORD in given:
        wanted += _numbers(document_type, typed, RETRY)
    if {Reason.NO_RECORD, Reason.DOCUMENT_MISMATCH} & given:
        # A number beside one that is unknown or another's confirms nothing at this step.
        wanted += _numbers(document_type, typed, ADDITIONAL)
    # Each field once, with the act that settles more.
    first: dict[str, Wanted] = {}
    for one in wanted:
        first.setdefault(one.field, one)
    return list(first.values())


def _settled_by_a_number(typed: Mapping[str, str], reasons: Sequence[str]) -> bool:
    """Whether a number more can confirm: not beside one of the United States that is unknown."""
    if SETTLED_BY_A_NUMBER & set(reasons):
        return True
    return Reason.NO_RECORD in reasons and not any(typed.get(name) for name in US_ISSUED)


def _numbers(document_type: str, typed: Mapping[str, str], act: str) -> list[Wanted]:
    """The numbers issued by the United States that were not typed, of the document shown first."""
    own = [use for use in DOCUMENT_TYPES[document_type].fields if not use.required]
    others = [_of_other(code, name) for code, name in OTHERS[document_type]]
    return [
        _number(use, act)
        for use in (*own, *others)
        if use.name in US_ISSUED and not typed.get(use.name)
    ]


def _number(use: FieldUse, act: str) -> Wanted:
    return Wanted(use.name, use.title, use.hint, act)


def _of_other(code: str, name: str) -> FieldUse:
    """A field as a document uses it that was not shown; the document goes before the place."""
    other = DOCUMENT_TYPES[code]
    use = next(use for use in other.fields if use.name == name)
    place = f"{other.name}, {use.position[0].lower()}{use.position[1:]}"
    return FieldUse(name, False, place, use.title)
