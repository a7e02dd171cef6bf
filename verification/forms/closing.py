"""Why a case ends."""

from django import forms

from save_portal.web.forms import PortalForm
from verification.enums import ClosureReason

# A case expires by itself, and is superseded by beginning the case for the newer document.
BY_ITSELF = (ClosureReason.EXPIRED, ClosureReason.SUPERSEDED)
BY_A_PERSON = [(reason.value, reason.label) for reason in ClosureReason if reason not in BY_ITSELF]


class CloseForm(PortalForm):
    reason = forms.ChoiceField(
        label="Why do you close the case?",
        choices=BY_A_PERSON,
        widget=forms.RadioSelect,
        help_text="A closed case can be read and printed, but not opened again.",
        error_messages={"required": "Choose the reason for closing."},
    )
