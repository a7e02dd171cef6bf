"""A rule by which looks for a purpose are shown later. In English, like all of the staff's."""

from __future__ import annotations

from django import forms

from save_portal.web.forms import MemorableDateField, PortalForm
from verification.enums import Benefit


class DelayForm(PortalForm):
    purpose = forms.ChoiceField(
        label="Purpose of the look",
        choices=[("", "- Choose -"), *Benefit.choices],
        error_messages={"required": "Choose the purpose whose looks are shown later."},
    )
    days = forms.IntegerField(
        label="Days until the person sees it",
        min_value=0,
        help_text="Counted from the look. With 0 the delay ends.",
        widget=forms.TextInput({"class": "usa-input w-4", "inputmode": "numeric"}),
        error_messages={"required": "Give a number of days.", "invalid": "Write it in digits."},
    )
    effective_from = MemorableDateField(
        label="For looks from", help_text="After today. Earlier looks keep their rule.", name="day"
    )
    basis = forms.CharField(
        label="The law that allows it",
        max_length=200,
        help_text="Its citation alone: the person reads it on CaseCheck, in a sentence of their "
        "language. Example: 5 USC 552a(c)(3)",
        error_messages={
            "required": "Name the law: the person reads it on CaseCheck.",
            "max_length": "Write at most 200 characters.",
        },
    )
