"""A verifier's answer in the words the agency reads: on the page, in the preview, on paper.

One function makes them all, so that the verifier's preview is exactly what the agency reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from verification.enums import AnswerKind, Step
from verification.g845_answers import COMMENTS, ITEMS, SEND_AGAIN

# Items that name a status; the others speak of work, of a pending matter, or of the document.
STATUSES = frozenset({1, 2, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
ORDER = (10, 1, 2, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 5, 3, 4, 20, 19)
ELIGIBILITY = "Eligible, or not. Your agency decides that under the program’s rules."
NOT_CONFIRMED = (
    "Not that the person is here unlawfully.",
    "Not that the person is ineligible. Nothing may be denied while a check is open.",
    "Not that the person is not a citizen.",
)


class Given(Protocol):
    """An answer as kept, or as typed so far."""

    kind: str
    step: str
    items: Any
    comments: Any
    comment: str
    send_again: Any
    expected_on: date | None
    correction_note: str


@dataclass(slots=True)
class Typed:
    """What is typed so far, for the preview."""

    kind: str
    step: str
    items: tuple[dict[str, Any], ...] = ()
    comments: tuple[int, ...] = ()
    comment: str = ""
    send_again: tuple[str, ...] = ()
    expected_on: date | None = None
    correction_note: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One item: “Nonimmigrant (H1B)”, “until September 30, 2029”, and what it means."""

    number: int
    head: str
    rest: str
    means: str

    @property
    def text(self) -> str:
        return f"{self.head}, {self.rest}" if self.rest else self.head


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The whole answer. `send` holds (what, how) of each thing to be sent."""

    lede: str
    sentences: tuple[Sentence, ...]
    prepared: tuple[str, ...]
    comment: str
    send: tuple[tuple[str, str], ...]
    not_meant: tuple[str, ...]
    basis: str
    correction_note: str
    settles: bool


def words(answer: Given) -> AnswerWords:
    """What the agency reads of this answer."""
    by_number = {item["item"]: item for item in answer.items}
    sentences = tuple(_sentence(by_number[number]) for number in ORDER if number in by_number)
    settles = bool(STATUSES & by_number.keys())
    return AnswerWords(
        lede=_lede(answer, sentences, settles),
        sentences=sentences,
        prepared=tuple(COMMENTS[code].says for code in answer.comments if COMMENTS[code].says),
        comment=answer.comment,
        send=tuple(SEND_AGAIN[code] for code in answer.send_again),
        not_meant=(ELIGIBILITY,) if settles else (*NOT_CONFIRMED, ELIGIBILITY),
        basis=_basis(by_number, answer.comments),
        correction_note=answer.correction_note,
        settles=settles,
    )


def long_day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _sentence(row: dict[str, Any]) -> Sentence:
    item = ITEMS[row["item"]]
    head = item.head
    if code := row.get("class_code"):
        head = f"{head} ({code})"
    said: list[str] = []
    for detail in item.details:
        value = row.get(detail.name)
        if not value or detail.name in ("class_code", "from_on"):
            continue
        if detail.kind == "date":
            said.append(_day(detail.name, value, row))
        elif detail.name == "until":
            if value == "indefinite":
                said.append("without a date of end")
            elif value == "d_s":
                said.append("for the duration of status (D/S)")
        elif detail.kind == "many":
            chosen = [label.lower() for code, label in detail.choices if code in value]
            said.append(_listed(chosen))
        elif detail.kind == "choice":
            said.append(dict(detail.choices)[value].lower())
        else:
            said.append(value)
    return Sentence(item.number, head, "; ".join(said), item.means)


def _day(name: str, value: str, row: dict[str, Any]) -> str:
    day = long_day(date.fromisoformat(value))
    if name == "expires_on":
        return f"until {day}"
    if name == "to_on":
        return f"from {long_day(date.fromisoformat(row['from_on']))} to {day}, not now"
    said = {
        "since": "since",
        "granted_on": "granted",
        "recognized_on": "recognized",
        "entered_on": "entered",
        "issued_on": "Form I-872 issued",
    }[name]
    return f"{said} {day}"


def _lede(answer: Given, sentences: tuple[Sentence, ...], settles: bool) -> str:
    kind = answer.kind
    if kind == AnswerKind.INTERIM:
        until = (
            f" The answer is now due on {long_day(answer.expected_on)}."
            if answer.expected_on
            else ""
        )
        return f"A status verifier is still searching.{until}"
    if kind == AnswerKind.RESUBMIT:
        return "A status verifier needs documents again."
    if kind == AnswerKind.G845_RECOMMENDED:
        return (
            "A status verifier needs documents again."
            if answer.step == Step.G845
            else "Only the documents can settle it: a Form G-845 is recommended."
        )
    lead = "Corrected answer" if kind == AnswerKind.CORRECTION else "A status verifier answered"
    if settles:
        named = [s for s in sentences if s.number in STATUSES]
        return f"{lead}: {_listed([_lower(s.text) for s in named])}."
    if sentences:
        return f"{lead}: {_listed([_lower(s.text) for s in sentences])}. No status was confirmed."
    return f"{lead}: the status could not be confirmed on what was sent."


def _lower(text: str) -> str:
    """A heading inside a sentence; names of the country and of laws keep their capital."""
    return (
        text
        if text.startswith(("United", "American", "Mexican", "Cuban", "SAVE"))
        else (text[:1].lower() + text[1:])
    )


def _basis(by_number: dict[int, Any], comments: Iterable[int]) -> str:
    parts = []
    if by_number:
        numbers = [str(number) for number in sorted(by_number)]
        parts.append(f"item{'s' if len(numbers) > 1 else ''} {_listed(numbers)}")
    codes = [str(code) for code in comments]
    if codes:
        parts.append(f"comment{'s' if len(codes) > 1 else ''} {_listed(codes)}")
    return f"Form G-845, {', '.join(parts)}" if parts else ""


def _listed(things: list[str]) -> str:
    return ", ".join(things[:-1]) + " and " + things[-1] if len(things) > 1 else "".join(things)
