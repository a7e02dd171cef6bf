"""The languages of CaseCheck: all of its pages, or none of them, are in a language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """`code` is Django's and the address's, `name` is how its readers call it."""

    code: str
    name: str
    right_to_left: bool = False

    @property
    def direction(self) -> str:
        return "rtl" if self.right_to_left else "ltr"


LANGUAGES = (
    Language("en", "English"),
    Language("es", "Español"),
)
BY_CODE = {language.code: language for language in LANGUAGES}
