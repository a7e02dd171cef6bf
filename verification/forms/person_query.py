"""The question of a person-centric query, as a verifier types it (S3.8)."""

from __future__ import annotations

from typing import Any

from django import forms

from save_portal.web.forms import MemorableDateField, PortalForm
from verification.models import Case

NUMBERS = (
    ("a_number", "A-number", "Nine digits, with or without the letter A"),
    ("i94_number", "I-94 number", "Eleven characters"),
    ("sevis_id", "SEVIS ID", "N and ten digits"),
    ("card_number", "Card or receipt number", "Three letters and ten digits"),
    ("naturalization_certificate", "Naturalization certificate", ""),
    ("citizenship_certificate", "Certificate of citizenship", ""),
    ("visa_number", "Visa control number", "The red number of the foil"),
    ("passport_number", "Passport number", "Together with its country"),
    ("passport_country", "Country of the passport", "Three letters. Example: MEX"),
)


class PersonQueryForm(PortalForm):
    """Name with date of birth, or any number; which systems; and what it is for."""

    family_name = forms.CharField(label="Family name", required=False, max_length=80)
    given_name = forms.CharField(label="Given name", required=False, max_length=80)
    date_of_birth = MemorableDateField(
        label="Date of birth", required=False, name="date of birth", not_after_today=True
    )
    purpose = forms.CharField(
        label="What this query is for",
        max_length=80,
        error_messages={"required": "Say what the query is for: every query is kept."},
        help_text="Every query is kept with who asked, when and what for.",
    )

    def __init__(self, *args: Any, systems: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, hint in NUMBERS:
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=30,
                help_text=hint,
                widget=forms.TextInput(attrs={"class": "usa-input mono", "autocomplete": "off"}),
            )
        self.fields["systems"] = forms.MultipleChoiceField(
            label="Systems to ask",
            required=False,
            choices=systems,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "usa-checkbox__input"}),
        )

    def question(self) -> dict[str, Any]:
        """The fields of the question, as `services.person_query.question` takes them."""
        typed = self.cleaned_data
        return {
            **{name: typed.get(name, "") for name in ("family_name", "given_name")},
            **{name: typed.get(name, "") for name, _, _ in NUMBERS},
            "date_of_birth": typed.get("date_of_birth"),
            "systems": frozenset(typed.get("systems", ())),
        }

    @property
    def number_fields(self) -> list[forms.BoundField]:
        return [self[name] for name, _, _ in NUMBERS]


def typed_of_case(case: Case) -> dict[str, Any]:
    """The form filled in with what an agency typed."""
    names = [name for name, _, _ in NUMBERS]
    return {
        "family_name": case.family_name,
        "given_name": case.given_name,
        "date_of_birth": case.date_of_birth,
        **{name: getattr(case, name) for name in names if getattr(case, name, "")},
    }
