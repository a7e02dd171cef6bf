"""Uploading a batch, and starting it."""

from __future__ import annotations

from django import forms

from save_portal.web.forms import PortalForm
from verification.forms.documents import FilesField, FilesInput


class OneFile(FilesInput):
    allow_multiple_selected = False


class BatchFileForm(PortalForm):
    """The view takes the file as it comes; here is room for what is wrong with it."""

    file = FilesField(
        label="CSV file",
        help_text="Up to 1,000,000 rows and 400 MB, in UTF-8. The first line names the columns.",
        widget=OneFile({"class": "usa-input file", "accept": ".csv,text/csv"}),
    )

    def __init__(self, *, wrong: str = "") -> None:
        super().__init__({} if wrong else None)
        if wrong:
            self.full_clean()
            self.add_error("file", wrong)


class StartForm(PortalForm):
    """What the person says who starts a batch (S1.4, S2.1)."""

    originals_examined = forms.BooleanField(
        label="The applicants handed in these documents, and the originals were examined.",
        error_messages={"required": "Tick this once it is so. SAVE checks data, not paper."},
    )
    no_finding = forms.BooleanField(
        label="A row that is not confirmed is no finding. Each is followed as a case of its own.",
        error_messages={"required": "Tick this: nothing may be concluded from a missing match."},
    )
