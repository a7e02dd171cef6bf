"""A dated row of the table of programs."""

from __future__ import annotations

from django import forms

from agreements.programs.models import Topic
from save_portal.web.forms import MemorableDateField, PortalForm


class ProgramRowForm(PortalForm):
    topic = forms.ChoiceField(
        label="About",
        choices=[("", "Choose"), *Topic.choices],
        error_messages={"required": "Choose what the row is about."},
    )
    from_on = MemorableDateField(label="Holds from", name="day", help_text="Today or later.")
    text = forms.CharField(
        label="What holds",
        max_length=500,
        widget=forms.Textarea({"rows": 4}),
        help_text="Caseworkers read it beside an answer, as information.",
        error_messages={"required": "Say what holds."},
    )
    law = forms.CharField(label="Law", max_length=200, required=False)
    source = forms.CharField(
        label="Source",
        max_length=200,
        error_messages={"required": "Name the source, so that others can read it."},
    )
