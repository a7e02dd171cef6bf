"""What is typed for a Form G-845: why it is sent, when it was mailed, and the paper form alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from save_portal.web.forms import MemorableDateField, PortalForm
from verification.enums import AdditionalReason, Benefit, SupplementQuestion
from verification.forms.initiate import DetailsForm
from verification.immigration_documents import DocumentType
from verification.services.g845 import COMMENT_LENGTH


class ReasonFields(PortalForm):
    """Item 19 of the form, and the questions of its Supplement."""

    reason = forms.ChoiceField(
        label="Why are the documents sent? (item 19)",
        choices=[
            (reason.value, reason.label)
            for reason in AdditionalReason
            if reason != AdditionalReason.PROMPTED
        ]
        + [(AdditionalReason.PROMPTED.value, "SAVE could not confirm")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why the documents are sent (item 19)."},
    )
    comment = forms.CharField(
        label="In a sentence",
        required=False,
        help_text="The status you expected, the date you need, or what to look at. "
        "No passport numbers.",
        widget=forms.Textarea({"rows": 3, "maxlength": COMMENT_LENGTH}),
    )
    supplement = forms.MultipleChoiceField(
        label="What else should USCIS answer?",
        required=False,
        choices=SupplementQuestion.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Each question that you tick adds the Supplement to the form.",
    )


class MailedForm(PortalForm):
    """The day on which the printed form went into the mail."""

    mailed_on = MemorableDateField(
        label="When was it mailed?",
        name="day of mailing",
        not_after_today=True,
        help_text="Month, day, year. The 20 federal working days count from it.",
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mailed_on"]
        field.today = field.initial = today


class ArrivalForm(PortalForm):
    """What the scanner types, or a person reads off the form."""

    number = forms.CharField(
        label="Case verification number",
        max_length=40,
        help_text="Scan the bar code at the top right of the form, or type the 15 signs below it.",
        error_messages={"required": "Scan the bar code, or type the number below it."},
        widget=forms.TextInput({"class": "w-ref mono", "autofocus": True, "spellcheck": "false"}),
    )


class PaperForm(DetailsForm):
    """A mailed paper form, item by item: its document, its person, its agency's official."""

    def __init__(self, data: Any = None, *, document: DocumentType, today: dt.date) -> None:
        super().__init__(data, document=document, benefits=Benefit.values, today=today)
        del self.fields["original"], self.fields["document_doubt"]
        self.fields["benefits"].help_text = "Item 12: all that are ticked."
        self.fields["agency_reference"].label = "Agency case number"
        self.fields["agency_reference"].help_text = "Item 13."
        self.fields["official_email"] = forms.EmailField(
            label="E-mail address of the agency official",
            help_text="The official of item 14. The case goes to this account's agency.",
            error_messages={
                "required": "Type the official's address. The agency's directory has it.",
                "invalid": "This is no e-mail address. Example: dana@county.example",
            },
        )
        self.fields["mailed_on"] = MemorableDateField(
            label="Day of the postmark",
            name="day of the postmark",
            not_after_today=True,
            today=today,
            help_text="The 20 federal working days count from it.",
        )
        self.fields.update(ReasonFields().fields)
        self._draw()

    def clean(self) -> dict[str, Any]:
        # Nobody at the office has seen the original; the copies are looked at in review.
        self.cleaned_data["original"] = "genuine"
        cleaned = super().clean()
        cleaned.pop("original")
        return cleaned

    @property
    def official(self) -> list[forms.BoundField]:
        return [self["official_email"], self["mailed_on"]]

    @property
    def why(self) -> list[forms.BoundField]:
        return [self["reason"], self["comment"], self["supplement"]]
