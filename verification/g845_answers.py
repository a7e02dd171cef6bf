"""What a status verifier can say: the items of Form G-845, parts 2 and 3, as data (S3.8–S3.10).

Items are boxes, not one choice: several can be true at once, and some cannot be true together. An
item is kept as `{"item": number, name: value, …}`: dates as ISO text, `part` fields as below. The
words are ours; the numbers are the form's.
"""

from __future__ import annotations

from dataclasses import dataclass

SEARCHING = 19
NOT_VALID = 20
VAWA_ITEM = 17
OTHER_COMMENT = 6


@dataclass(frozen=True, slots=True)
class Detail:
    """One further field of an item. `kind` is date, text, class, choice or many.

    `needed_with` names a choice of the same item with which the field must be filled; a field
    that is `required` must be filled whenever its item is ticked.
    """

    name: str
    label: str
    kind: str = "date"
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    needed_with: tuple[str, str] | None = None
    longest: int = 80


@dataclass(frozen=True, slots=True)
class Item:
    """One numbered answer: its box, its further fields, and what it says to the agency.

    `excludes` are items that cannot be true beside it (written once for each pair). `means` tells
    the caseworker what follows from it and what does not (S1.4).
    """

    number: int
    label: str
    head: str
    means: str
    details: tuple[Detail, ...] = ()
    excludes: frozenset[int] = frozenset()

    @property
    def tag(self) -> str:
        return f"G-845, part 2, item {self.number}"


def _only(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


UNTIL = (("date", "Date"), ("indefinite", "No end"))
_RESIDENT = "An immigrant allowed to live here for good."
_DECIDES = "Whether it is enough for the benefit, your agency decides."

ITEMS: dict[int, Item] = {
    item.number: item
    for item in (
        Item(
            1,
            "Lawful permanent resident",
            "Lawful permanent resident",
            f"{_RESIDENT} {_DECIDES}",
            (Detail("since", "Resident since"),),
            excludes=_only(2, 4, 7, 8, 9, 10, 14, 15, 16, 18),
        ),
        Item(
            2,
            "Conditional permanent resident",
            "Conditional permanent resident",
            "A permanent resident whose status is looked at again after two years. "
            "A card that has expired alone does not end the status.",
            (Detail("since", "Resident since"), Detail("expires_on", "Conditions until")),
            excludes=_only(4, 7, 8, 9, 10, 14, 15, 16, 18),
        ),
        Item(
            3,
            "Employment authorized",
            "Employment authorized",
            "May work. By itself it names no immigration status.",
            (
                Detail(
                    "until",
                    "Until",
                    "choice",
                    (*UNTIL, ("previous", "Earlier, from to")),
                    required=True,
                ),
                Detail("expires_on", "Expires", needed_with=("until", "date")),
                Detail("from_on", "From", needed_with=("until", "previous")),
                Detail("to_on", "To", needed_with=("until", "previous")),
            ),
            excludes=_only(4, 10),
        ),
        Item(
            4,
            "Not employment authorized",
            "Not authorized to work",
            "The records show no permission to work now. It says nothing on lawful presence.",
            excludes=_only(10),
        ),
        Item(
            5,
            "Application pending for a USCIS benefit",
            "Application pending",
            "USCIS has not decided yet. A status held until now may go on meanwhile.",
            (Detail("benefit", "Which benefit", "text", required=True),),
            excludes=_only(10),
        ),
        Item(
            6,
            "Granted asylum or refugee status",
            "Granted asylum or refugee status",
            "Protected here, without a date of end. " + _DECIDES,
            (
                Detail(
                    "granted_as",
                    "Which",
                    "choice",
                    (("asylum", "Asylum"), ("refugee", "Refugee")),
                    required=True,
                ),
                Detail("granted_on", "Granted or admitted"),
            ),
            excludes=_only(8, 9, 10, 18),
        ),
        Item(
            7,
            "Paroled under INA 212",
            "Paroled into the United States",
            "Let in for a time without being admitted. " + _DECIDES,
            (
                Detail("granted_on", "Granted"),
                Detail("until", "Until", "choice", UNTIL, required=True),
                Detail("expires_on", "Expires", needed_with=("until", "date")),
            ),
            excludes=_only(8, 9, 10),
        ),
        Item(
            8,
            "Conditional entrant",
            "Conditional entrant",
            "Let in under the law that held before April 1980.",
            excludes=_only(9, 10, 14, 15),
        ),
        Item(
            9,
            "Nonimmigrant",
            "Nonimmigrant",
            "Admitted for a time and a purpose. A lawful stay can outlast the visa.",
            (
                Detail("class_code", "Class", "class", required=True, longest=5),
                Detail(
                    "until",
                    "Until",
                    "choice",
                    (("date", "Date"), ("d_s", "D/S"), ("indefinite", "No end")),
                    required=True,
                ),
                Detail("expires_on", "Expires", needed_with=("until", "date")),
            ),
            excludes=_only(10, 18),
        ),
        Item(
            10,
            "U.S. citizen",
            "United States citizen",
            "A citizen by the records searched. No immigration status is to be asked further.",
            excludes=_only(11, 12, 13, 14, 15, 16, 17, 18),
        ),
        Item(
            11,
            "Cuban/Haitian entrant",
            "Cuban or Haitian entrant",
            "An entrant under the Refugee Education Assistance Act of 1980. " + _DECIDES,
        ),
        Item(
            12,
            "American Indian born in Canada (INA 289)",
            "American Indian born in Canada",
            "May live and work here by treaty and statute, without a date of end.",
            (
                Detail(
                    "basis",
                    "Which",
                    "choice",
                    (
                        ("ina_289", "Born in Canada, INA 289"),
                        ("other", "Other foreign-born American Indian"),
                    ),
                    required=True,
                ),
                Detail("recognized_on", "Recognized"),
                Detail("entered_on", "Entered", needed_with=("basis", "other")),
                Detail("class_code", "Class", "class", longest=5),
            ),
        ),
        Item(
            13,
            "Mexican-born Kickapoo",
            "Mexican-born Kickapoo",
            "May pass and live freely here under the act of 1983.",
            (
                Detail(
                    "class_code", "Class", "choice", (("KIC", "KIC"), ("KIP", "KIP")), required=True
                ),
                Detail("issued_on", "I-872 issued"),
            ),
        ),
        Item(
            14,
            "DACA",
            "Deferred action for childhood arrivals",
            "Removal is put off for a time. It is no immigration status.",
            (Detail("expires_on", "Expires"),),
        ),
        Item(
            15,
            "TPS",
            "Temporary protected status",
            "May stay and work while the country is on the list.",
            (Detail("expires_on", "Expires"),),
        ),
        Item(
            16,
            "Deferred action status",
            "Deferred action",
            "Removal is put off for a time. It is no immigration status.",
            (Detail("expires_on", "Expires"),),
        ),
        Item(
            VAWA_ITEM,
            "VAWA self-petitioner",
            "Self-petitioner under the Violence Against Women Act",
            "Keep this strictly to those who decide on the benefit (8 USC 1367).",
            (
                Detail(
                    "stage",
                    "Stage",
                    "choice",
                    (("prima_facie", "Pending, prima facie case"), ("approved", "Approved")),
                    required=True,
                ),
            ),
        ),
        Item(
            18,
            "Withholding of removal",
            "Removal withheld",
            "May not be removed to one country. " + _DECIDES,
            (Detail("granted_on", "Granted"),),
        ),
        Item(
            SEARCHING,
            "USCIS is searching indices further (interim)",
            "SAVE is searching further",
            "This is not the answer yet. Nothing may be denied while the check is open.",
            excludes=frozenset({*range(1, 19), NOT_VALID}),
        ),
        Item(
            NOT_VALID,
            "Document not valid: it appears …",
            "The document does not appear valid",
            "It speaks of the document, not of the person or of the person’s status.",
            (
                Detail(
                    "appears",
                    "It appears",
                    "many",
                    (
                        ("expired", "Expired"),
                        ("altered", "Altered"),
                        ("counterfeit", "Counterfeit"),
                    ),
                    required=True,
                ),
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Comment:
    """A prepared comment of part 3. `asks_for` is what the agency has to send with it."""

    code: int
    label: str
    says: str
    asks_for: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        return f"G-845, part 3, comment {self.code}"


COMMENTS: dict[int, Comment] = {
    comment.code: comment
    for comment in (
        Comment(
            1,
            "Consent to disclosure is needed",
            "Send the applicant’s original signed consent to disclosure.",
            ("consent_needed",),
        ),
        Comment(
            2,
            "Not enough to go on; the most recent document is needed",
            "What was sent is not enough. Get the most recent document from the applicant.",
            ("expired", "original"),
        ),
        Comment(
            3,
            "Both sides are needed",
            "Send a copy of both sides of the document.",
            ("both_sides",),
        ),
        Comment(
            4,
            "The copy cannot be read",
            "Send a copy that can be read, made from the original.",
            ("unreadable",),
        ),
        Comment(
            5,
            "This document alone cannot be verified",
            "SAVE cannot verify on this document. If it is the most recent one, the applicant "
            "turns to the office that issued it.",
        ),
        Comment(OTHER_COMMENT, "Other, as written below", ""),
    )
}

# What is sent again, as the agency reads it: (heading, how to do it).
SEND_AGAIN: dict[str, tuple[str, str]] = {
    "both_sides": (
        "Both sides of the document",
        "Copy the front and the back, also where the back looks empty.",
    ),
    "original": (
        "A copy made from the original",
        "Ask the applicant for the original; a copy of a copy hides what matters.",
    ),
    "unreadable": (
        "A copy that can be read",
        "Every number, date and stamp must be readable at its own size.",
    ),
    "expired": (
        "The most recent document",
        "Ask what the applicant received since this document, a notice of action included.",
    ),
    "consent_needed": (
        "The original signed consent to disclosure",
        "Signed by the applicant in ink, not a copy.",
    ),
}


def excluded_pairs() -> frozenset[tuple[int, int]]:
    """Every (smaller, larger) pair of items that cannot both be true."""
    return frozenset(
        (min(number, other), max(number, other))
        for number, item in ITEMS.items()
        for other in item.excludes
    )
