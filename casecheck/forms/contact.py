"""Where a message may go: an e-mail address, or the number of a mobile telephone."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

from casecheck.languages import LANGUAGES
from casecheck.models import Way
from save_portal.web.forms import PortalForm

SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015]+")
NUMBER = re.compile(r"\+?[0-9]{10,15}")


def phone_of(raw: str) -> str:
    """The number as it is dialed from anywhere (+12025550123). Raises ValueError."""
    plain = SEPARATORS.sub("", raw)
    if not NUMBER.fullmatch(plain):
        raise ValueError(raw)
    if plain.startswith("+"):
        return plain
    if len(plain) == 10:
        return f"+1{plain}"
    if len(plain) == 11 and plain.startswith("1"):
        return f"+{plain}"
    raise ValueError(raw)


class NoticeForm(forms.Form):
    """The applicant wants to be told, by one of the two ways."""

    default_renderer = DjangoTemplates
    use_required_attribute = False

    address = forms.CharField(
        label=_("Your e-mail address, or the number of your mobile phone"),
        max_length=254,
        error_messages={
            "required": _("Write an e-mail address or a number."),
            "max_length": _("This is too long."),
        },
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        address = data.get("address", "")
        if "@" in address:
            try:
                data["address"] = forms.EmailField(max_length=254).clean(address)
            except ValidationError:
                raise ValidationError(
                    {"address": _("This is not an e-mail address. Look at it again.")}
                ) from None
            data["way"] = Way.EMAIL
        elif address:
            try:
                data["address"] = phone_of(address)
            except ValueError:
                raise ValidationError(
                    {"address": _("This is not a telephone number. Write it with the area code.")}
                ) from None
            data["way"] = Way.TEXT
            if not settings.SMS_URL:
                raise ValidationError(
                    {"address": _("Text messages are not sent here. Write an e-mail address.")}
                )
        return data


class ContactForm(PortalForm):
    """The caseworker records how the applicant is reached. In English, like all of the staff's."""

    email = forms.EmailField(
        label="E-mail address",
        required=False,
        help_text="As the applicant gives it to you in person.",
        error_messages={"invalid": "This is not an e-mail address. Look at it again."},
    )
    phone = forms.CharField(
        label="Mobile telephone",
        required=False,
        max_length=30,
        help_text="With the area code. Example: 202-555-0123",
    )
    language = forms.ChoiceField(
        label="Language of messages and papers",
        choices=[(language.code, language.name) for language in LANGUAGES],
    )

    def clean_phone(self) -> str:
        raw: str = self.cleaned_data["phone"]
        if not raw:
            return ""
        try:
            return phone_of(raw)
        except ValueError:
            raise ValidationError(
                "This is not a telephone number. Write it with the area code."
            ) from None
