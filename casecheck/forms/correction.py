"""Which record is wrong, and what it should say (S7.2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

from casecheck.records import RECORDS, SUBJECTS
from verification.rules.correction import LONGEST_SAID


class CorrectionForm(forms.Form):
    default_renderer = DjangoTemplates
    use_required_attribute = False

    owner = forms.ChoiceField(
        label=_("Which record is it?"), error_messages={"required": _("Choose the record.")}
    )
    subject = forms.ChoiceField(
        label=_("What is wrong in it?"), error_messages={"required": _("Choose what is wrong.")}
    )
    said = forms.CharField(
        label=_("What should it say, and which document shows it?"),
        max_length=LONGEST_SAID,
        error_messages={
            "required": _("Write what the record should say."),
            "max_length": _("This is too long. Write at most 400 characters."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("owner", [(record.owner, record.what) for record in RECORDS]),
            ("subject", list(SUBJECTS)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
