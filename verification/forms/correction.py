"""What a verifier asks of a record's owner, and what the owner replies."""

from typing import Any

from django import forms

from save_portal.web.forms import PortalForm
from verification.models import CorrectionRequest
from verification.rules.correction import closings

LONG = forms.Textarea({"rows": 3})


class SendForm(PortalForm):
    proposed_value = forms.CharField(
        label="What the record should say",
        max_length=400,
        help_text="As the system writes it: dates as YYYY-MM-DD, countries in three letters.",
        error_messages={"required": "Write the value that the record should have."},
    )
    reason = forms.CharField(
        label="How you know",
        max_length=1000,
        help_text="Which document shows it, and who looked at it.",
        widget=LONG,
        error_messages={"required": "Say in a sentence how you know: which document shows it."},
    )
    evidence = forms.CharField(
        label="Evidence",
        required=False,
        max_length=1000,
        help_text="Where the document is, or what the files below show.",
        widget=forms.Textarea({"rows": 2}),
    )


class DatumForm(PortalForm):
    record_ref = forms.CharField(
        label="Record",
        max_length=60,
        help_text="System, colon, its key, as the workbench shows it. Example: CIS:R00000123",
        error_messages={"required": "Write the record: system, colon, key."},
    )
    field = forms.CharField(
        label="Column",
        max_length=40,
        help_text="As the system names it. Example: date_of_birth",
        error_messages={"required": "Write the column that is wrong."},
    )


class EvidenceForm(PortalForm):
    evidence = forms.CharField(
        label="The evidence that was asked for",
        max_length=1000,
        widget=LONG,
        error_messages={"required": "Say which document shows it, or where it is."},
    )


class DecisionForm(PortalForm):
    decision = forms.ChoiceField(
        label="What does the owner say?",
        choices=[
            ("accept", "It corrects the record"),
            ("ask_for_evidence", "It needs more evidence"),
            ("reject", "It keeps the value"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the owner decided."},
    )
    reply = forms.CharField(
        label="Reply",
        required=False,
        max_length=1000,
        help_text="Needed unless the record is corrected: the person who asked has to go on.",
        widget=LONG,
    )


class CloseForm(PortalForm):
    closure = forms.ChoiceField(
        label="Why does it end?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it ends."},
    )

    def __init__(self, *args: Any, request: CorrectionRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["closure"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(c.value, c.label) for c in closings(request)]


FORMS: dict[str, type[PortalForm]] = {
    "find_datum": DatumForm,
    "send": SendForm,
    "give_evidence": EvidenceForm,
    "decide": DecisionForm,
    "close": CloseForm,
}


def form_for(act: str, request: CorrectionRequest, data: Any = None) -> PortalForm:
    """The form of an act, bound when `data` is given; ids differ, for several on one page."""
    extra: dict[str, Any] = {"request": request} if act == "close" else {}
    return FORMS[act](data, auto_id=f"{act}_%s", **extra)
