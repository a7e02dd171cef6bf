"""The forms of "Initiate case": which document, then only that document's fields (S3.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone

from agreements.articles import Article
from save_portal.web.forms import MemorableDateField, PortalForm, first_control
from verification.enums import Benefit
from verification.errors import InvalidSubmission
from verification.immigration_documents import (
    DOCUMENT_TYPES,
    FIELDS,
    DocumentType,
    FieldUse,
    show_number,
)
from verification.rules.submission import Submission, validate

NAME_HINT = "With its prefixes, any letters, no Jr. or Sr. Example: De la Peña-O’Neil"
ORIGINAL_HINT = "SAVE checks data, not paper: only you can see whether the paper is genuine."
NAMES = ("family_name", "given_name", "middle_name")
WIDTHS = {
    "a_number": "w-anum mono",
    "card_number": "w-card mono",
    "i94_number": "w-card mono",
    "sevis_id": "w-card mono",
    "passport_country": "w-4 mono",
    "visa_number": "w-card mono",
    "passport_number": "w-card mono",
    "naturalization_certificate": "w-card mono",
    "citizenship_certificate": "w-card mono",
}


class DocumentForm(PortalForm):
    """Step 1: the document that the applicant showed."""

    document = forms.ChoiceField(
        label="Document",
        choices=[(code, document.title) for code, document in DOCUMENT_TYPES.items()],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the document that the applicant showed.",
            "invalid_choice": "Choose one of the documents below.",
        },
    )


class NumberField(forms.CharField):
    """A number of the document, accepted as it was copied."""

    def __init__(self, use: FieldUse) -> None:
        hint = use.hint
        if use.field.example:
            hint = f"{hint} Example: {use.field.example}"
        super().__init__(
            label=use.title,
            required=use.required,
            help_text=hint,
            max_length=60,
            error_messages={
                "required": f"Enter the {_inside(use.title)}.",
                "max_length": "This is far too long. Was something else pasted?",
            },
            widget=forms.TextInput({"class": WIDTHS.get(use.name, ""), "spellcheck": "false"}),
        )


class DetailsForm(PortalForm):
    """Step 2: one document's fields, the person, the purpose, the statement about the original.

    A valid form has `submission`: the question in canonical form, ready for the service.
    """

    submission: Submission

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        document: DocumentType,
        benefits: Iterable[str],
        typed: Mapping[str, Any] | None = None,
        today: dt.date | None = None,
        further: Iterable[FieldUse] = (),
    ) -> None:
        super().__init__(data)
        self.document = document
        self.further = tuple(further)
        self.permitted_benefits = tuple(benefits)
        self.today = today = today or timezone.localdate()
        for use in (*document.fields, *self.further):
            self.fields[use.name] = NumberField(use)
        if document.expiry != "none":
            self.fields["document_expires_on"] = MemorableDateField(
                label=f"{_noun(document)} expires",
                required=document.expiry == "required",
                name="expiration date",
            )
        self.fields["family_name"] = _name_field("Family name", "family name", NAME_HINT)
        self.fields["given_name"] = _name_field(
            "Given name",
            "given name",
            "If the document shows one name only: that name above, and FNU here.",
        )
        self.fields["middle_name"] = _name_field("Middle name", "middle name", required=False)
        self.fields["date_of_birth"] = MemorableDateField(
            label="Date of birth",
            help_text="Example: 4 18 1988",
            name="date of birth",
            not_after_today=True,
            today=today,
        )
        self.fields["also_known_as"] = forms.CharField(
            label="Other names",
            required=False,
            max_length=200,
            help_text="As “family name, given name”; several with a semicolon between them.",
            error_messages={"max_length": "200 characters are the most that can be kept here."},
        )
        self.fields["benefits"] = forms.MultipleChoiceField(
            label="Benefit",
            choices=[(code, Benefit(code).label) for code in self.permitted_benefits],
            widget=forms.CheckboxSelectMultiple,
            help_text=(
                f"What {Article.SCOPE} of your agreement with SAVE covers. "
                "Tick all that the person applies for."
            ),
            error_messages={
                "required": "Tick what the person applies for.",
                "invalid_choice": (
                    f"{Article.SCOPE} of your agreement with SAVE does not cover this."
                ),
            },
        )
        self.fields["agency_reference"] = forms.CharField(
            label="Agency reference",
            required=False,
            max_length=40,
            help_text=(
                "Your own case number, so that answers find their way back. Example: HH-20561"
            ),
            error_messages={"max_length": "A reference has at most 40 characters."},
            widget=forms.TextInput({"class": "w-ref"}),
        )
        self.fields["original"] = forms.ChoiceField(
            label="Did you examine the original?",
            choices=[
                (
                    "genuine",
                    "Yes: it looks genuine, and it belongs to the person before me",
                ),
                (
                    "suspect",
                    "Yes, but I doubt that it is genuine or theirs; a status verifier will look",
                ),
            ],
            widget=forms.RadioSelect,
            help_text=ORIGINAL_HINT,
            error_messages={
                "required": "Answer this when you have held the original in your hand. "
                "SAVE checks data, not paper.",
            },
        )
        self.fields["document_doubt"] = forms.CharField(
            label="What makes you doubt",
            required=False,
            max_length=200,
            help_text="Only if you doubt. Example: the photo looks replaced",
            error_messages={"max_length": "Say it in at most 200 characters."},
        )
        self._draw()
        if typed is not None:
            self.initial = {
                name: field.widget.value_from_datadict(typed, {}, name)
                for name, field in self.fields.items()
            }

    def _draw(self) -> None:
        """The design system's classes for fields that were added after the start."""
        for field in self.fields.values():
            extra = self.CLASSES.get(type(field.widget))
            if extra:
                own = field.widget.attrs.get("class", "")
                field.widget.attrs["class"] = f"{extra} {own}".strip()
            if isinstance(field.widget, forms.TextInput):
                field.widget.attrs.setdefault("autocomplete", "off")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        doubt, original = cleaned.get("document_doubt", ""), cleaned.get("original")
        if original == "suspect" and not doubt and "document_doubt" not in self.errors:
            self.add_error("document_doubt", "Say in a few words what makes you doubt.")
        if original == "genuine" and doubt:
            self.add_error(
                "document_doubt",
                "You answered that it looks genuine. Take the doubt out, or change that answer.",
            )
        typed = Submission(
            document_type=self.document.code,
            **{name: cleaned.get(name) or "" for name in (*NAMES, *FIELDS, "agency_reference")},
            also_known_as=split_names(cleaned.get("also_known_as", "")),
            date_of_birth=cleaned.get("date_of_birth"),
            document_expires_on=cleaned.get("document_expires_on"),
            benefits=tuple(cleaned.get("benefits", ())),
            original_examined=bool(original),
            document_doubt=doubt if original == "suspect" else "",
        )
        try:
            self.submission = validate(
                typed,
                today=self.today,
                permitted_benefits=self.permitted_benefits,
                further=[use.name for use in self.further],
            )
        except InvalidSubmission as refused:
            for name, sentence in refused.field_errors.items():
                target = {"original_examined": "original"}.get(name, name)
                if target not in self.errors:
                    self.add_error(target if target in self.fields else None, sentence)
        return cleaned

    @property
    def numbers(self) -> list[forms.BoundField]:
        names = [use.name for use in self.document.fields]
        if "document_expires_on" in self.fields:
            names.append("document_expires_on")
        return [self[name] for name in names]

    @property
    def further_numbers(self) -> list[forms.BoundField]:
        """Numbers of other documents, which a retry may carry."""
        return [self[use.name] for use in self.further]

    @property
    def person(self) -> list[forms.BoundField]:
        return [
            self[name]
            for name in (
                "family_name",
                "given_name",
                "middle_name",
                "date_of_birth",
                "also_known_as",
            )
        ]

    @property
    def purpose(self) -> list[forms.BoundField]:
        return [self["benefits"], self["agency_reference"]]

    @property
    def statement(self) -> list[forms.BoundField]:
        return [self["original"], self["document_doubt"]]

    def summary(self) -> list[tuple[str, str, str, bool]]:
        """(id of the control, label, what will be sent, whether it is a number), when valid."""
        rows = []
        for bound in [
            *self.numbers,
            *self.further_numbers,
            *self.person,
            *self.purpose,
            *self.statement,
        ]:
            shown = _shown(self.submission, bound.name)
            is_number = bound.name in FIELDS and bound.name != "document_description"
            if shown or bound.field.required:
                rows.append((first_control(bound), str(bound.label), shown, is_number))
        return rows


def typed_of(submission: Submission) -> dict[str, list[str]]:
    """A submission as the form would have been typed, to fill it in again for a retry."""
    typed = {name: [getattr(submission, name)] for name in (*NAMES, *FIELDS, "agency_reference")}
    typed["also_known_as"] = ["; ".join(submission.also_known_as)]
    typed["benefits"] = list(submission.benefits)
    typed["document_doubt"] = [submission.document_doubt]
    typed["original"] = ["suspect" if submission.document_doubt else "genuine"]
    for name in ("date_of_birth", "document_expires_on"):
        day = getattr(submission, name)
        parts = (str(day.month), str(day.day), str(day.year)) if day else ("", "", "")
        typed |= {f"{name}_{position}": [part] for position, part in enumerate(parts)}
    return typed


def split_names(raw: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in raw.split(";") if name.strip())


def _name_field(
    label: str, inside: str, hint: str = "", *, required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=hint,
        max_length=200,
        error_messages={
            "required": f"Enter the {inside}, as on the document.",
            "max_length": f"A {inside} has at most 40 characters here.",
        },
        widget=forms.TextInput({"spellcheck": "false"}),
    )


def _shown(submission: Submission, name: str) -> str:
    if name == "benefits":
        return ", ".join(str(Benefit(code).label) for code in submission.benefits)
    if name == "original":
        return (
            "Examined by you; you doubt that it is genuine"
            if submission.document_doubt
            else "Examined by you; it looks genuine"
        )
    if name == "also_known_as":
        return "; ".join(submission.also_known_as)
    value = getattr(submission, name)
    if isinstance(value, dt.date):
        return f"{value:%B} {value.day}, {value.year}"
    return show_number(name, value) if name in FIELDS else str(value or "")


def _noun(document: DocumentType) -> str:
    if document.code in {"i551", "i766"}:
        return "Card"
    if "passport" in document.code:
        return "Passport"
    return "Document"


def _inside(title: str) -> str:
    """A label in the middle of a sentence: "card number", but "A-number" and "I-94 number"."""
    return title if title[:2].isupper() or title[1:2] == "-" else title[0].lower() + title[1:]
