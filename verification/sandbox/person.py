"""What a published person of the sandbox is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from verification.enums import AdditionalReason, AnswerKind

Record = Mapping[str, str]


class Group(StrEnum):
    """What a person is there to show."""

    STATEMENT = "statement"
    REASON = "reason"
    VERIFIER_ANSWER = "verifier_answer"
    DELAY = "delay"
    EVENT = "event"
    ERROR = "error"

    @property
    def heading(self) -> str:
        return TITLES[self]


TITLES = {
    Group.STATEMENT: "Confirmed: one for each statement",
    Group.REASON: "Not confirmed: one for each reason",
    Group.VERIFIER_ANSWER: "Answers of status verifiers",
    Group.DELAY: "Times that an answer takes",
    Group.ERROR: "Errors that you cannot bring about yourself",
    Group.EVENT: "Events from elsewhere",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the test verifier answers, so many federal working days after the last step.

    With `kind` None nobody ever answers.
    """

    after: int
    kind: AnswerKind | None = AnswerKind.FINAL
    items: tuple[dict[str, Any], ...] = ()
    comments: tuple[int, ...] = ()
    comment: str = ""
    send_again: tuple[str, ...] = ()
    note: str = ""


NEVER = Given(after=0, kind=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPerson:
    """Somebody to ask about: what to type, what is on record, and everything that comes of it.

    `records` are rows of the systems, with `system` beside their columns; what is typed otherwise
    than on record is in `typed`. `additional` and `g845` are the verifier's answers in turn.
    `problem` is the kind with which a question about this person is refused.
    """

    key: str
    group: Group
    shows: str
    family_name: str
    given_name: str
    date_of_birth: date
    document: Mapping[str, str]
    records: tuple[Record, ...] = ()
    doubt: str = ""
    outcome: str = "additional_verification"
    statement_code: int = 37
    reasons: tuple[str, ...] = ()
    reason_to_ask: AdditionalReason = AdditionalReason.PROMPTED
    additional: tuple[Given, ...] = ()
    g845: tuple[Given, ...] = ()
    problem: str = ""
    seconds: float = 0
    happens: tuple[str, int] = field(default=("", 0))  # an event, working days after the answer

    @property
    def number(self) -> str:
        """The first number of the document, by which the sandbox knows the person."""
        return next(value for name, value in self.document.items() if name in NUMBERS)

    def question(self, benefit: str) -> dict[str, Any]:
        """The body of `POST cases`."""
        document: dict[str, Any] = dict(self.document)
        if self.doubt:
            document["doubt"] = self.doubt
        return {
            "applicant": {
                "family_name": self.family_name,
                "given_name": self.given_name,
                "date_of_birth": self.date_of_birth.isoformat(),
            },
            "document": document,
            "benefits": [benefit],
        }


NUMBERS = (
    "a_number",
    "i94_number",
    "sevis_id",
    "naturalization_certificate",
    "citizenship_certificate",
)
