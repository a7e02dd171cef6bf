"""What may be asked of a status verifier: the reason, and what else helps the search (S3.7).

Pure: no database. `validate` gives the question back in canonical form.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from verification.enums import AdditionalReason, DateNeeded
from verification.errors import InvalidSubmission
from verification.immigration_documents import FIELDS, US_ISSUED
from verification.rules.submission import clean_name

COMMENT_LENGTH = 500
EXPECTED_LENGTH = 100
MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionalQuestion:
    """What the agency adds to the case for the verifier. `further_numbers` by field name."""

    reason: str
    expected: str = ""
    dates_needed: tuple[str, ...] = ()
    comment: str = ""
    also_known_as: tuple[str, ...] = ()
    further_numbers: dict[str, str] = field(default_factory=dict)


def reasons_for(*, prompted: bool) -> list[tuple[str, str]]:
    """The reasons that make sense: that SAVE could not confirm is one only after a prompt."""
    return [
        (reason.value, reason.label)
        for reason in AdditionalReason
        if prompted or reason != AdditionalReason.PROMPTED
    ]


def validate(question: AdditionalQuestion, *, typed_numbers: dict[str, str]) -> AdditionalQuestion:
    """The question in canonical form. `typed_numbers` are on the case already.

    Raises `InvalidSubmission` with a sentence for each field.
    """
    errors: dict[str, str] = {}
    comment, expected = _tidy(question.comment), _tidy(question.expected)
    if question.reason not in AdditionalReason.values:
        errors["reason"] = "Choose why a status verifier should look."
    if question.reason == AdditionalReason.OTHER and not comment:
        errors["comment"] = "Say in a sentence what the verifier should look at."
    if question.reason == AdditionalReason.STATUS_EXPECTED and not expected and not comment:
        errors["expected"] = "Say which status you expected, in a few words."
    if (
        question.reason == AdditionalReason.DATE_NEEDED
        and not question.dates_needed
        and not comment
    ):
        errors["dates_needed"] = "Tick which date you need."
    if len(comment) > COMMENT_LENGTH:
        errors["comment"] = f"{COMMENT_LENGTH} characters are the most that can be sent."
    if len(expected) > EXPECTED_LENGTH:
        errors["expected"] = f"Say it in at most {EXPECTED_LENGTH} characters."
    if any(date not in DateNeeded.values for date in question.dates_needed):
        errors["dates_needed"] = "Tick one of the dates below."
    names = _names(question.also_known_as, errors)
    numbers = _numbers(question.further_numbers, typed_numbers, errors)
    if errors:
        raise InvalidSubmission(errors)
    return replace(
        question,
        expected=expected if question.reason == AdditionalReason.STATUS_EXPECTED else "",
        dates_needed=tuple(dict.fromkeys(question.dates_needed))
        if question.reason == AdditionalReason.DATE_NEEDED
        else (),
        comment=comment,
        also_known_as=names,
        further_numbers=numbers,
    )


def copies_missing(reason: str, *, copies: int) -> str:
    """Why the verifiers cannot begin without copies of documents, or nothing."""
    if reason == AdditionalReason.CUBAN_HAITIAN and not copies:
        return "A review as Cuban or Haitian entrant needs copies of the documents."
    return ""


def _names(typed: tuple[str, ...], errors: dict[str, str]) -> tuple[str, ...]:
    names: list[str] = []
    for name in typed:
        try:
            tidy = ", ".join(filter(None, (clean_name(part) for part in name.split(",", 1))))
        except ValueError as error:
            errors.setdefault("also_known_as", str(error))
        else:
            if tidy:
                names.append(tidy)
    if len(names) > MOST_NAMES:
        errors["also_known_as"] = f"At most {MOST_NAMES} other names can be searched."
    return tuple(dict.fromkeys(names))


def _numbers(
    typed: dict[str, str], on_the_case: dict[str, str], errors: dict[str, str]
) -> dict[str, str]:
    numbers: dict[str, str] = {}
    for name, raw in typed.items():
        if not raw.strip():
            continue
        if name not in US_ISSUED:
            errors[name] = "This number cannot be added here."
            continue
        try:
            number = FIELDS[name].normalize(raw)
        except ValueError as error:
            errors[name] = str(error)
            continue
        if on_the_case.get(name) != number:
            numbers[name] = number
    return numbers


def _tidy(text: Any) -> str:
    return " ".join(str(text or "").split())
