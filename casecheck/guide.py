"""The documents that people show most, and which numbers stand on each, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Document:
    """`marks` are the numbers 1, 2 … of the drawing of that code."""

    code: str
    name: Any
    marks: tuple[Any, ...]

    @property
    def drawing(self) -> str:
        return f"verification/documents/{self.code}.svg"


DOCUMENT_NAMES = {
    "i551": _("Green card (I-551)"),
    "i766": _("Work card (I-766)"),
    "i94": _("Arrival record (I-94)"),
    "i94_in_passport": _("Arrival record in a passport (I-94)"),
    "foreign_passport": _("Passport of another country"),
    "temporary_i551": _("Green card stamp (I-551) in a passport"),
    "mriv": _("Immigrant visa"),
    "i327": _("Reentry permit (I-327)"),
    "i571": _("Refugee travel document (I-571)"),
    "naturalization_certificate": _("Certificate of naturalization"),
    "certificate_of_citizenship": _("Certificate of citizenship"),
    "i20": _("Student form (I-20)"),
    "ds2019": _("Exchange visitor form (DS-2019)"),
    "i797": _("Notice of action (I-797)"),
    "other_a_number": _("Other document with an A-number"),
    "other_i94": _("Other document with an I-94 number"),
}
MARKS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("i551", (_("A-number"), _("Card number, on the back"))),
    ("i766", (_("A-number"), _("Card number"))),
    ("i94", (_("I-94 number"),)),
    ("i20", (_("SEVIS ID"),)),
    ("i797", (_("Receipt number"),)),
    ("naturalization_certificate", (_("Certificate number"),)),
)
DOCUMENTS = tuple(Document(code, DOCUMENT_NAMES[code], marks) for code, marks in MARKS)
