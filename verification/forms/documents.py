"""Choosing copies of documents to upload, within a form that asks for more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from save_portal.web.forms import PortalForm
from verification.enums import DocumentKind, DocumentLanguage


class FilesInput(forms.ClearableFileInput):
    """Several files at once; a browser never shows again what was chosen."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class FilesField(forms.FileField):
    """The view takes the files as they come; here is only room for what is wrong with them."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> None:
        return None


class CopiesForm(PortalForm):
    """What the pages show, and the files. `wrong` are the sentences about files refused."""

    kind = forms.ChoiceField(
        label="What the pages show",
        choices=DocumentKind.choices,
        initial=DocumentKind.BOTH_SIDES,
        widget=forms.Select,
    )
    language = forms.ChoiceField(
        label="Language of the pages",
        choices=DocumentLanguage.choices,
        initial=DocumentLanguage.ENGLISH,
        widget=forms.Select,
    )
    files = FilesField(  # type: ignore[assignment]  # the field, not what a form was given
        label="Files",
        help_text="PDF, JPEG, PNG or HEIC, up to 20 MB each and 20 pages. Several at once.",
        widget=FilesInput(
            {
                "class": "usa-input file",
                "accept": ".pdf,.jpg,.jpeg,.png,.heic,.heif",
                "multiple": True,
            }
        ),
    )

    def __init__(self, *, kind: str = "", language: str = "", wrong: Iterable[str] = ()) -> None:
        chosen = kind if kind in DocumentKind.values else DocumentKind.BOTH_SIDES
        written = language if language in DocumentLanguage.values else DocumentLanguage.ENGLISH
        super().__init__({"kind": chosen, "language": written})
        self.full_clean()
        for sentence in wrong:
            self.add_error("files", sentence)

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data["kind"])

    @property
    def written(self) -> str:
        return str(self.cleaned_data["language"])
