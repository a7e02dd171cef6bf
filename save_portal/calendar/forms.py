"""The form of a closure."""

from __future__ import annotations

from django import forms

from save_portal.calendar.models import Closure
from save_portal.web.forms import MemorableDateField


class ClosureForm(forms.ModelForm):  # type: ignore[type-arg]
    on = MemorableDateField(
        label="Date",
        name="day",
        help_text="Example: 12 24 2026",
        error_messages={
            "unique": "This date is in the table already. Change that row instead.",
        },
    )

    class Meta:
        model = Closure
        fields = ["on", "name", "cite", "is_closed"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "usa-input"}),
            "cite": forms.TextInput(attrs={"class": "usa-input"}),
            "is_closed": forms.CheckboxInput(attrs={"class": "usa-checkbox__input"}),
        }
        help_texts = {
            "name": "What people read where a due date moves. Example: Day of mourning.",
            "cite": "The executive order or notice. Example: Executive order 14200.",
            "is_closed": "Leave this empty for a day on which offices work in spite of the rule.",
        }
