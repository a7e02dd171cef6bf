"""Whether a verifier's answer can be given as it stands (S3.8–S3.10). Pure; no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from verification.enums import AdditionalReason, AnswerKind, ResubmitReason
from verification.errors import InvalidSubmission
from verification.g845_answers import (
    COMMENTS,
    ITEMS,
    OTHER_COMMENT,
    SEARCHING,
    VAWA_ITEM,
    Detail,
    excluded_pairs,
)
from verification.rules import outgoing_text

LONGEST_COMMENT = 1000
LONGEST_NOTE = 400
CLASS = re.compile(r"[A-Z0-9]{1,5}")
# Details that tell what has happened; they cannot lie ahead.
PAST = ("since", "granted_on", "recognized_on", "entered_on", "issued_on", "from_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerInput:
    """What a verifier ticked and typed. Details of items are ISO dates, codes or short texts."""

    items: tuple[dict[str, Any], ...] = ()
    comments: tuple[int, ...] = ()
    comment: str = ""
    send_again: tuple[str, ...] = ()
    correction_note: str = ""

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(item["item"] for item in self.items)


def check(
    answer: AnswerInput,
    *,
    kind: str,
    today: date,
    agency_reasons: Iterable[str] = (),
    secret: Iterable[str] = (),
    own: Iterable[str] = (),
    class_exists: Callable[[str], bool] = bool,
) -> AnswerInput:
    """The answer in its kept form, or `InvalidSubmission` with a sentence at each field.

    `agency_reasons` are the reasons for which the agency asked; `secret` and `own` are the
    numbers that may not, and may, stand in a text (see `outgoing_text`); `class_exists` knows the
    published classes of admission.
    """
    errors: dict[str, str] = {}
    items = _items(answer, errors, today=today)
    comments = tuple(sorted(set(answer.comments)))
    comment = " ".join(answer.comment.split())
    note = " ".join(answer.correction_note.split())
    numbers = {item["item"] for item in items}
    if unknown := set(comments) - COMMENTS.keys():
        errors["comments"] = f"There is no comment {min(unknown)} in part 3 of the form."
    _check_combination(numbers, errors)
    _check_kind(kind, numbers, comments, comment, answer.send_again, note, errors)
    if OTHER_COMMENT in comments and not comment:
        errors["comment"] = "Comment 6 says “as written below”: write it, or untick comment 6."
    if VAWA_ITEM in numbers and AdditionalReason.VAWA not in agency_reasons:
        errors["items"] = (
            "Item 17 goes only to an agency that itself named this ground (8 USC 1367). "
            "Answer with what else is true, for example item 3 or 5."
        )
    if len(comment) > LONGEST_COMMENT:
        errors["comment"] = f"Shorten it to {LONGEST_COMMENT} characters."
    if len(note) > LONGEST_NOTE:
        errors["correction_note"] = f"Shorten it to {LONGEST_NOTE} characters."
    _check_classes(items, class_exists, errors)
    own, secret = tuple(own), tuple(secret)
    for name, text in _texts(items, comment, note):
        if why := outgoing_text.refusal(text, secret=secret, own=own):
            errors[name] = why
    if errors:
        raise InvalidSubmission(errors)
    return AnswerInput(
        items=tuple(items),
        comments=comments,
        comment=comment,
        send_again=tuple(code for code in ResubmitReason.values if code in answer.send_again),
        correction_note=note,
    )


def readable_items(answer: AnswerInput, *, today: date) -> tuple[dict[str, Any], ...]:
    """The items as they can be put into words now: details in error are left out."""
    return tuple(_items(answer, {}, today=today))


def _check_classes(
    items: list[dict[str, Any]], class_exists: Callable[[str], bool], errors: dict[str, str]
) -> None:
    for item in items:
        if (code := item.get("class_code")) and not class_exists(code):
            errors[f"item_{item['item']}_class_code"] = (
                f"There is no class {code} in the published list. Copy it from the record."
            )


def differing_items(
    first: Iterable[dict[str, Any]], second: Iterable[dict[str, Any]]
) -> tuple[int, ...]:
    """The numbers of items that only one answer has, or that say something else in the other."""
    ours = {item["item"]: item for item in first}
    theirs = {item["item"]: item for item in second}
    return tuple(
        sorted(
            number
            for number in ours.keys() | theirs.keys()
            if ours.get(number) != theirs.get(number)
        )
    )


def _items(answer: AnswerInput, errors: dict[str, str], *, today: date) -> list[dict[str, Any]]:
    kept: dict[int, dict[str, Any]] = {}
    for typed in answer.items:
        number = typed.get("item")
        if number not in ITEMS:
            errors["items"] = "Tick items of the form only."
            continue
        row: dict[str, Any] = {"item": number}
        for detail in ITEMS[number].details:
            value = typed.get(detail.name)
            refused = _detail_error(detail, value, typed, today=today)
            if refused:
                errors[f"item_{number}_{detail.name}"] = refused
            elif value and _is_asked(detail, typed):
                row[detail.name] = (
                    value.upper().replace("-", "") if detail.kind == "class" else value
                )
        if row.get("from_on", "") > row.get("to_on", "9"):
            errors[f"item_{number}_to_on"] = "The end lies before the beginning."
        if number == 3 and "9" > row.get("expires_on", "9") < today.isoformat():
            errors["item_3_expires_on"] = (
                "This day has passed. Choose “Earlier, from to” if the permission has ended."
            )
        kept[number] = row
    return [kept[number] for number in sorted(kept)]


def _is_asked(detail: Detail, typed: dict[str, Any]) -> bool:
    return detail.needed_with is None or typed.get(detail.needed_with[0]) == detail.needed_with[1]


def _detail_error(detail: Detail, value: Any, typed: dict[str, Any], *, today: date) -> str:
    needed = detail.required or (detail.needed_with is not None and _is_asked(detail, typed))
    if not value:
        return f"{detail.label}: fill this in, or untick the item." if needed else ""
    return _FAULTS[detail.kind](detail, value, today) if _is_asked(detail, typed) else ""


def _date_fault(detail: Detail, value: Any, today: date) -> str:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return "Write a date as month/day/year. Example: 09/30/2029"
    if not 1850 <= day.year <= 2200:
        return f"{day.year} cannot be the year. Is one digit wrong?"
    if detail.name in PAST and day > today:
        return "This day lies ahead. Is the year right?"
    return ""


def _class_fault(detail: Detail, value: Any, today: date) -> str:
    shaped = CLASS.fullmatch(str(value).upper().replace("-", ""))
    return "" if shaped else "Write the class as on the record. Example: H1B"


def _choice_fault(detail: Detail, value: Any, today: date) -> str:
    return "" if value in dict(detail.choices) else "Choose one of the list."


def _many_fault(detail: Detail, value: Any, today: date) -> str:
    return "" if set(value) <= dict(detail.choices).keys() else "Choose from the list."


def _text_fault(detail: Detail, value: Any, today: date) -> str:
    return "" if len(value) <= detail.longest else f"Shorten it to {detail.longest} characters."


_FAULTS: dict[str, Callable[[Detail, Any, date], str]] = {
    "date": _date_fault,
    "class": _class_fault,
    "choice": _choice_fault,
    "many": _many_fault,
    "text": _text_fault,
}


def _check_combination(numbers: set[int], errors: dict[str, str]) -> None:
    for first, second in sorted(excluded_pairs()):
        if first in numbers and second in numbers:
            errors["items"] = (
                f"Items {first} ({ITEMS[first].label}) and {second} ({ITEMS[second].label}) "
                "cannot both be true. Untick one."
            )
            return


def _check_kind(
    kind: str,
    numbers: set[int],
    comments: tuple[int, ...],
    comment: str,
    send_again: tuple[str, ...],
    note: str,
    errors: dict[str, str],
) -> None:
    if kind == AnswerKind.INTERIM:
        if numbers != {SEARCHING}:
            errors["items"] = "An interim answer ticks item 19 and nothing else."
        return
    if SEARCHING in numbers:
        errors["items"] = (
            "Item 19 keeps the case with you: give it as an interim answer, or untick it."
        )
    if kind in (AnswerKind.RESUBMIT, AnswerKind.G845_RECOMMENDED):
        if set(send_again) - set(ResubmitReason.values):
            errors["send_again"] = "Choose from the list what is to be sent."
        elif kind == AnswerKind.RESUBMIT and not send_again:
            errors["send_again"] = "Tick what exactly the agency has to send."
        return
    if send_again:
        errors["send_again"] = (
            "To have these sent, ask for the documents instead of giving the answer; "
            "or untick them."
        )
    if not numbers and not comments and not comment:
        errors.setdefault("items", "Tick what is true, or choose a comment that says why not.")
    if kind == AnswerKind.CORRECTION and not note:
        errors["correction_note"] = "Say in a sentence what was wrong; the agency reads it."


def _texts(items: list[dict[str, Any]], comment: str, note: str) -> list[tuple[str, str]]:
    """Every free text of the answer with the name of its field."""
    found = [("comment", comment), ("correction_note", note)]
    for item in items:
        for detail in ITEMS[item["item"]].details:
            if detail.kind == "text" and item.get(detail.name):
                found.append((f"item_{item['item']}_{detail.name}", item[detail.name]))
    return found
