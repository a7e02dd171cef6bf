"""What an administrator says of an eligibility system that is to ask by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from save_portal.web.forms import PortalForm
from verification.enums import Benefit


class ClientForm(PortalForm):
    name = forms.CharField(
        label="What people call the system",
        max_length=100,
        help_text="It stands in timelines and on invoices. Example: Benefits intake",
        error_messages={"required": "Give the system a name."},
    )
    benefits = forms.MultipleChoiceField(
        label="What it may ask for",
        widget=forms.CheckboxSelectMultiple,
        help_text="Only what its work needs (S5.3). The agreement permits these.",
        error_messages={"required": "Tick at least one benefit that it asks for."},
    )

    def __init__(self, *args: Any, permitted: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["benefits"]
        field.choices = [(code, Benefit(code).label) for code in permitted]


class CertificateForm(PortalForm):
    certificate = forms.CharField(
        label="Certificate",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="In PEM, or its SHA-256 in hex. Leave it empty to ask for none any more.",
    )


class WebhookForm(PortalForm):
    url = forms.CharField(
        label="Address",
        max_length=300,
        help_text="Where it is called, over TLS. Example: https://intake.example.gov/save",
        error_messages={"required": "Write the address that is called."},
    )
