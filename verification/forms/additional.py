"""Why a status verifier should look."""

from django import forms

from save_portal.web.forms import PortalForm
from verification.enums import AdditionalReason


class AdditionalForm(PortalForm):
    reason = forms.ChoiceField(
        label="Why should a status verifier look?",
        choices=AdditionalReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why a status verifier should look."},
    )
    comment = forms.CharField(
        label="Comment for the verifier",
        required=False,
        max_length=500,
        help_text="What you expected, or which date you need. No passport numbers.",
        widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": "500 characters are the most that can be sent."},
    )
