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


DOCUMENTS = (
    Document("i551", _("Green card (I-551)"), (_("A-number"), _("Card number, on the back"))),
    Document("i766", _("Work card (I-766)"), (_("A-number"), _("Card number"))),
    Document("i94", _("Arrival record (I-94)"), (_("I-94 number"),)),
    Document("i20", _("Student form (I-20)"), (_("SEVIS ID"),)),
    Document("i797", _("Notice of action (I-797)"), (_("Receipt number"),)),
    Document(
        "naturalization_certificate", _("Certificate of naturalization"), (_("Certificate number"),)
    ),
)
