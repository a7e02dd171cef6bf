"""Which case, and why a look at it was wrongful. In English, like all of the staff's."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from save_portal.web.forms import PortalForm
from verification import case_number
from verification.enums import DisclosureFault

LONGEST_NOTE = 1000


class CaseForm(PortalForm):
    case = forms.CharField(
        label="Case number",
        max_length=40,
        help_text="15 letters and digits. Who saw its person is listed; that you looked is logged.",
        error_messages={"required": "Write the number of the case."},
    )

    def clean_case(self) -> str:
        number = case_number.canonical(self.cleaned_data["case"])
        if not case_number.is_case_number(number):
            raise ValidationError("This is no case number. Look at it again.")
        return number


class WrongfulForm(PortalForm):
    fault = forms.ChoiceField(
        label="Why it was wrongful",
        choices=[("", "- Choose -"), *DisclosureFault.choices],
        help_text="The person reads this on CaseCheck, in their language.",
        error_messages={"required": "Choose why it was wrongful."},
    )
    note = forms.CharField(
        label="How it was found",
        max_length=LONGEST_NOTE,
        help_text="For the program alone: who or what showed it, and what was checked.",
        widget=forms.Textarea({"rows": 4}),
        error_messages={
            "required": "Write how it was found.",
            "max_length": f"Write at most {LONGEST_NOTE:,} characters.",
        },
    )
    sure = forms.BooleanField(
        label="I have checked this. It cannot be taken back, and the person is told.",
        error_messages={"required": "Confirm that you have checked this."},
    )
