"""The form of a verifier's answer: the numbered items with their details, as on Form G-845."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from save_portal.web.forms import PortalForm
from verification.enums import ResubmitReason
from verification.g845_answers import COMMENTS, ITEMS, Detail, Item
from verification.models import VerifierAnswer
from verification.rules.review import LONGEST_COMMENT, LONGEST_NOTE, AnswerInput

_AMERICAN = re.compile(r"\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\s*")
LEFT = range(1, 10)


@dataclass(frozen=True, slots=True)
class Line:
    """One item as the page draws it: `details` pairs a detail with its field."""

    item: Item
    ticked: bool
    details: list[tuple[Detail, forms.BoundField]]

    @property
    def in_error(self) -> bool:
        return any(field.errors for _, field in self.details)


class ReviewForm(PortalForm):
    """What a verifier ticks and types. What it means is judged by `rules.review.check`."""

    items = forms.MultipleChoiceField(
        label="Part 2: what is true",
        required=False,
        choices=[(str(number), item.label) for number, item in ITEMS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    comments = forms.MultipleChoiceField(
        label="Part 3: comments",
        required=False,
        choices=[(str(code), comment.label) for code, comment in COMMENTS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    send_again = forms.MultipleChoiceField(
        label="What the agency sends",
        required=False,
        choices=ResubmitReason.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    comment = forms.CharField(
        label="Comment to the agency",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_COMMENT}),
        help_text="Never a passport number, nor data about another person.",
    )
    correction_note = forms.CharField(
        label="What was wrong",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_NOTE}),
        help_text="A sentence that the agency reads beside the corrected answer.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, item in ITEMS.items():
            for detail in item.details:
                self.fields[f"item_{number}_{detail.name}"] = _field(detail)

    @property
    def lines(self) -> tuple[list[Line], list[Line]]:
        """The items in the two columns of the page."""
        ticked = {str(value) for value in self["items"].value() or ()}
        found = [
            Line(
                item,
                str(number) in ticked,
                [(detail, self[f"item_{number}_{detail.name}"]) for detail in item.details],
            )
            for number, item in ITEMS.items()
        ]
        return [line for line in found if line.item.number in LEFT], [
            line for line in found if line.item.number not in LEFT
        ]

    def given(self) -> AnswerInput:
        """What was typed, dates in ISO form where they are dates; anything else as it was typed."""
        self.is_valid()
        typed = self.cleaned_data
        return AnswerInput(
            items=tuple(
                {"item": int(number), **self._details(int(number))}
                for number in typed.get("items", [])
            ),
            comments=tuple(int(code) for code in typed.get("comments", [])),
            comment=typed.get("comment", ""),
            send_again=tuple(typed.get("send_again", [])),
            correction_note=typed.get("correction_note", ""),
        )

    def _details(self, number: int) -> dict[str, Any]:
        found = {}
        for detail in ITEMS[number].details:
            value = self.cleaned_data.get(f"item_{number}_{detail.name}")
            if value:
                found[detail.name] = iso(value) if detail.kind == "date" else value
        return found


def iso(text: str) -> str:
    """09/30/2029 as 2029-09-30; what is no such date as it was typed."""
    found = _AMERICAN.fullmatch(text)
    if not found:
        return text.strip()
    month, day, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text.strip()


def american(text: str) -> str:
    """2029-09-30 as 09/30/2029."""
    try:
        return f"{date.fromisoformat(text):%m/%d/%Y}"
    except ValueError:
        return text


def typed_of(query: QueryDict) -> dict[str, Any]:
    """The fields of the form as they stand in a request, to be kept as a draft."""
    names = ReviewForm().fields
    lists = {name for name, field in names.items() if isinstance(field, forms.MultipleChoiceField)}
    return {
        name: query.getlist(name) if name in lists else query.get(name, "")[:LONGEST_COMMENT]
        for name in names
        if name in query
    }


def initial_of(answer: VerifierAnswer | AnswerInput) -> dict[str, Any]:
    """An answer as the form shows it, to be corrected."""
    found: dict[str, Any] = {
        "items": [str(row["item"]) for row in answer.items],
        "comments": [str(code) for code in answer.comments],
        "comment": answer.comment,
    }
    for row in answer.items:
        for detail in ITEMS[row["item"]].details:
            if value := row.get(detail.name):
                shown = american(value) if detail.kind == "date" else value
                found[f"item_{row['item']}_{detail.name}"] = shown
    return found


def as_query(typed: Mapping[str, Any]) -> QueryDict:
    """What was typed before as the parameters of a request."""
    query = QueryDict(mutable=True)
    for name, value in typed.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def form_with(typed: Mapping[str, Any]) -> ReviewForm:
    """A form that shows what was typed before, without judging it."""
    return ReviewForm(initial=dict(typed))


def _field(detail: Detail) -> forms.Field:
    label = detail.label
    if detail.kind == "choice":
        return forms.ChoiceField(
            label=label, required=False, choices=[("", "Choose"), *detail.choices]
        )
    if detail.kind == "many":
        return forms.MultipleChoiceField(
            label=label,
            required=False,
            choices=detail.choices,
            widget=forms.CheckboxSelectMultiple,
        )
    attrs: dict[str, Any] = {"maxlength": detail.longest}
    if detail.kind == "date":
        attrs |= {"placeholder": "mm/dd/yyyy", "inputmode": "numeric", "maxlength": 12}
    return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs=attrs))
