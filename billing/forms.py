"""What the administrator and the office write on an invoice."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from billing.enums import EXEMPTABLE, PRICED
from billing.models import InvoiceLine, Payment
from billing.selectors.prices import ListInForce
from save_portal.accounts.models import Agency
from save_portal.web.forms import MemorableDateField, PortalForm

LONG = forms.Textarea({"rows": 3})


def money(label: str, *, example: str = "1250.50", required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal", "class": "w-anum"}),
        help_text=f"Dollars and cents. Example: {example}",
        error_messages={
            "required": "Write an amount in dollars and cents.",
            "invalid": f"Write an amount in dollars and cents, such as {example}.",
            "max_decimal_places": "Write at most two digits after the point.",
        },
    )


class DisputeForm(PortalForm):
    line = forms.TypedChoiceField(
        label="Which line?",
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select({"class": "usa-select"}),
    )
    reason = forms.CharField(
        label="What is wrong with it?",
        max_length=1000,
        widget=LONG,
        error_messages={"required": "Say what is wrong."},
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


def form_for(
    act: str, data: Any = None, *, lines: Iterable[InvoiceLine] = (), initial: Any = None
) -> PortalForm:
    """The form of an act, bound when `data` is given; ids differ, for several on one page."""
    form = FORMS[act](data, auto_id=f"{act}_%s", initial=initial)
    if isinstance(form, DisputeForm):
        choices = [(line.position, f"Line {line.position}: {line}") for line in lines]
        line: Any = form.fields["line"]
        line.choices = [("", "The whole invoice"), *choices]
    return form


class SlipForm(PortalForm):
    code = forms.CharField(
        label="Code of the remittance slip",
        max_length=30,
        help_text="Scan the bars or type what stands under them. The number of an invoice will do.",
        widget=forms.TextInput({"class": "usa-input mono", "autofocus": True}),
        error_messages={"required": "Scan or type the code of the slip."},
    )


class LimitForm(PortalForm):
    amount = money("Warn me at, in a month", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = "Dollars and cents. Leave it empty for no limit."


class PriceListForm(PortalForm):
    """A whole price list; it begins with what holds now."""

    def __init__(self, data: Any = None, *, holds: ListInForce | None = None) -> None:
        initial: dict[str, Any] = {}
        if holds is not None:
            initial = {**holds.amounts, "exempt": sorted(holds.exempt)}
        super().__init__(data, initial=initial)
        for kind, label in PRICED:
            # An empty box is for the service to refuse: it knows the rule.
            field = money(label, example="0.50", required=False)
            field.widget.attrs["class"] = "usa-input w-short"
            self.fields[kind] = field
        self.fields["exempt"] = forms.MultipleChoiceField(
            label="Who pays nothing",
            required=False,
            choices=[(kind, Agency.Kind(kind).label) for kind in EXEMPTABLE],
            widget=forms.CheckboxSelectMultiple({"class": "usa-checkbox__input"}),
            help_text="A contractor counts as the agency that it acts for.",
        )
        self.fields["effective_from"] = MemorableDateField(
            label="Holds from", help_text="The first day of a month to come.", name="day"
        )
        self.fields["source"] = forms.CharField(
            label="Published in",
            max_length=200,
            help_text="The notice that agencies can read. Example: notice of June 12, 2027.",
            widget=forms.TextInput({"class": "usa-input"}),
            error_messages={"required": "Name the notice in which the prices were published."},
        )

    def amounts(self) -> dict[str, Decimal | None]:
        return {kind: self.cleaned_data[kind] for kind, _ in PRICED}


class RejectForm(PortalForm):
    reply = forms.CharField(
        label="Why not",
        max_length=500,
        widget=LONG,
        error_messages={"required": "Say why, so that your colleague understands."},
    )
