"""How long answers take, from which day on."""

from __future__ import annotations

from django import forms

from save_portal.web.forms import MemorableDateField, PortalForm
from verification.enums import Promise


class AnswerTimeForm(PortalForm):
    promise = forms.ChoiceField(
        label="Which time",
        choices=Promise.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which time to set."},
    )
    least_days = forms.IntegerField(
        label="Fewest federal working days",
        min_value=0,
        widget=forms.TextInput({"class": "usa-input w-4", "inputmode": "numeric"}),
        error_messages={"required": "Give a number of days.", "invalid": "Write it in digits."},
    )
    most_days = forms.IntegerField(
        label="Most federal working days",
        min_value=1,
        help_text="The date that is promised is counted with this number.",
        widget=forms.TextInput({"class": "usa-input w-4", "inputmode": "numeric"}),
        error_messages={"required": "Give a number of days.", "invalid": "Write it in digits."},
    )
    from_on = MemorableDateField(
        label="Holds from",
        help_text="After today. What was promised before is kept.",
        name="day",
    )
    why = forms.CharField(
        label="Why",
        max_length=200,
        help_text="People read it beside the change. Example: response time published in June.",
        error_messages={
            "required": "Say why in a sentence; people read it beside the change.",
            "max_length": "Say it in at most 200 characters.",
        },
    )
