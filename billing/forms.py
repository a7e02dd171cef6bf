"""What the administrator and the office write on an invoice."""

from typing import Any

from django import forms

from billing.models import Payment
from save_portal.web.forms import MemorableDateField, PortalForm

LONG = forms.Textarea({"rows": 3})


def money(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal", "class": "w-anum"}),
        help_text="Dollars and cents. Example: 1250.50",
        error_messages={
            "required": "Write an amount in dollars and cents.",
            "invalid": "Write an amount in dollars and cents, such as 1250.50.",
            "max_decimal_places": "Write at most two digits after the point.",
        },
    )


class DisputeForm(PortalForm):
    reason = forms.CharField(
        label="Which line is wrong, and why?",
        max_length=1000,
        widget=LONG,
        error_messages={"required": "Say which line is wrong, and why."},
    )


class ReplyForm(PortalForm):
    reply = forms.CharField(
        label="Reply to the agency",
        max_length=1000,
        widget=LONG,
        error_messages={"required": "Say why, so that the agency understands."},
    )


class AdjustForm(ReplyForm):
    amount = money("Credit")
    field_order = ("amount", "reply")


class PaymentForm(PortalForm):
    method = forms.ChoiceField(
        label="Paid by",
        choices=Payment.Method.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it was paid."},
    )
    reference = forms.CharField(
        label="Number of the check or of the card payment",
        max_length=60,
        error_messages={"required": "Write the number of the check."},
    )
    amount = money("Amount")
    received_on = MemorableDateField(
        label="Received on", not_after_today=True, name="day of receipt"
    )


FORMS: dict[str, type[PortalForm]] = {
    "dispute": DisputeForm,
    "uphold": ReplyForm,
    "adjust": AdjustForm,
    "write-off": ReplyForm,
    "pay": PaymentForm,
}


def form_for(act: str, data: Any = None) -> PortalForm:
    """The form of an act, bound when `data` is given; ids differ, for several on one page."""
    return FORMS[act](data, auto_id=f"{act}_%s")
