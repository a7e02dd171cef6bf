"""The form of a closure."""

from __future__ import annotations

from django import forms

from save_portal.calendar.models import Closure


class ClosureForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Closure
        fields = ["on", "name", "cite", "is_closed"]
        widgets = {"on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "name": "What people read where a due date moves. Example: Day of mourning.",
            "cite": "The executive order or notice. Example: Executive order 14200.",
            "is_closed": "Leave this empty for a day on which offices work in spite of the rule.",
        }
        error_messages = {
            "on": {"unique": "This date is in the table already. Change that row instead."}
        }
