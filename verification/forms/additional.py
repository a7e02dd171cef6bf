"""What a status verifier is asked, and what helps the search (S3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from save_portal.web.forms import PortalForm, first_control
from verification.enums import AdditionalReason, DateNeeded
from verification.errors import InvalidSubmission
from verification.forms.initiate import WIDTHS, split_names
from verification.immigration_documents import FIELDS, US_ISSUED, show_number
from verification.models import Case
from verification.rules.additional import (
    COMMENT_LENGTH,
    EXPECTED_LENGTH,
    AdditionalQuestion,
    reasons_for,
    validate,
)

MULTIPLE = ("dates_needed",)


class AdditionalForm(PortalForm):
    """The request as typed. A valid form has `question`, ready for the service."""

    question: AdditionalQuestion

    reason = forms.ChoiceField(
        label="Why should a status verifier look?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why a status verifier should look."},
    )
    expected = forms.CharField(
        label="Status that you expected",
        required=False,
        max_length=EXPECTED_LENGTH,
        help_text="As the applicant or the document says it. Example: asylee",
        error_messages={"max_length": f"Say it in at most {EXPECTED_LENGTH} characters."},
    )
    dates_needed = forms.MultipleChoiceField(
        label="Dates that you need",
        required=False,
        choices=DateNeeded.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    comment = forms.CharField(
        label="Comment for the verifier",
        required=False,
        max_length=COMMENT_LENGTH,
        help_text="What a colleague would need to know who has only this case before them.",
        widget=forms.Textarea({"rows": 4}),
        error_messages={
            "max_length": f"{COMMENT_LENGTH} characters are the most that can be sent."
        },
    )
    also_known_as = forms.CharField(
        label="Other names",
        required=False,
        max_length=400,
        help_text="As “family name, given name”; several with a semicolon between them.",
        error_messages={"max_length": "400 characters are the most that can be sent."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.case = case
        prompted = case.status == "initial_unconfirmed"
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        reason.choices = reasons_for(prompted=prompted)
        on_the_case = case.enumerators()
        for name in US_ISSUED:
            if name not in on_the_case:
                self.fields[name] = _number_field(name)

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[name] for name in US_ISSUED if name in self.fields]

    @property
    def further_open(self) -> bool:
        """Whether anything was typed, or is wrong, among what is folded away."""
        names = ("also_known_as", *(field.name for field in self.numbers))
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        question = AdditionalQuestion(
            reason=cleaned.get("reason", ""),
            expected=cleaned.get("expected", ""),
            dates_needed=tuple(cleaned.get("dates_needed", ())),
            comment=cleaned.get("comment", ""),
            also_known_as=split_names(cleaned.get("also_known_as", "")),
            further_numbers={field.name: cleaned.get(field.name, "") for field in self.numbers},
        )
        try:
            self.question = validate(question, typed_numbers=self.case.enumerators())
        except InvalidSubmission as refused:
            fresh = {n: s for n, s in refused.field_errors.items() if n not in self.errors}
            self.add_field_errors(fresh)
        return cleaned

    def summary(self) -> list[tuple[str, str, str, bool]]:
        """(id of the control, label, what will be sent, whether it is a number), when valid."""
        asked = self.question
        rows = [("reason", str(AdditionalReason(asked.reason).label), False)]
        if asked.expected:
            rows.append(("expected", asked.expected, False))
        if asked.dates_needed:
            dates = ", ".join(str(DateNeeded(date).label) for date in asked.dates_needed)
            rows.append(("dates_needed", dates, False))
        rows.append(("comment", asked.comment or "No comment", False))
        if asked.also_known_as:
            rows.append(("also_known_as", "; ".join(asked.also_known_as), False))
        rows += [
            (name, show_number(name, number), True)
            for name, number in asked.further_numbers.items()
        ]
        return [
            (first_control(self[name]), str(self[name].label).rstrip("?"), shown, is_number)
            for name, shown, is_number in rows
        ]


def _number_field(name: str) -> forms.CharField:
    known = FIELDS[name]
    return forms.CharField(
        label=known.label,
        required=False,
        max_length=60,
        help_text=f"{known.hint}. Example: {known.example}",
        error_messages={"max_length": "This is far too long. Was something else pasted?"},
        widget=forms.TextInput(
            {"class": f"usa-input {WIDTHS.get(name, '')}", "spellcheck": "false"}
        ),
    )
