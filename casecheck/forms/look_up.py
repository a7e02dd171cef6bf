"""Two questions: a number, and the date of birth. Nothing else is asked of an applicant."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

LONGEST = 40
LONG_NAME = 60


class Alike(dict[str, forms.Field]):
    """Fields that no form changes, and that all forms of a class therefore share.

    Django copies them for each form, which took longer than to read what was typed.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Alike:
        return self


class LookUpForm(forms.Form):
    """`number` as typed; `date_of_birth` from three fields, in the order of no country."""

    default_renderer = DjangoTemplates
    use_required_attribute = False

    number = forms.CharField(
        label=_("Case number, or a number from your document"),
        max_length=LONGEST,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Write the number."),
            "max_length": _("This is too long for a number."),
        },
    )
    month = forms.TypedChoiceField(
        label=_("Month"),
        coerce=int,
        choices=[("", "-"), *MONTHS.items()],
        error_messages={"required": _("Choose the month.")},
    )
    day = forms.IntegerField(
        label=_("Day"),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "size": 2}),
        error_messages={
            "required": _("Write the day."),
            "invalid": _("Write the day in digits."),
        },
    )
    year = forms.IntegerField(
        label=_("Year"),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "size": 4}),
        error_messages={
            "required": _("Write the year."),
            "invalid": _("Write the year in four digits."),
        },
    )

    def clean(self) -> dict[str, Any]:
        """Put the date together; what is no date is said so, whatever the number."""
        data = super().clean() or {}
        if not {"year", "month", "day"} <= data.keys():
            return data
        try:
            born = dt.date(data["year"], data["month"], data["day"])
        except (ValueError, OverflowError):
            raise ValidationError(
                {"day": _("There is no such day. Look at the date again.")}
            ) from None
        if not 1850 <= born.year <= dt.datetime.now(tz=dt.UTC).year:
            raise ValidationError({"year": _("This cannot be the year. Write all four digits.")})
        data["date_of_birth"] = born
        return data


LookUpForm.base_fields = Alike(LookUpForm.base_fields)
