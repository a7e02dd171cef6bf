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
    Language("zh-hans", "简体中文"),
    Language("vi", "Tiếng Việt"),
    Language("tl", "Tagalog"),
    Language("ru", "Русский"),
    Language("uk", "Українська"),
    Language("ar", "العربية", right_to_left=True),
    Language("ht", "Kreyòl ayisyen"),
    Language("ko", "한국어"),
)
# Django knows no dates of these: their months are in our catalogs, their order in `formats`.
WITHOUT_DATES = frozenset({"tl", "ht"})
BY_CODE = {language.code: language for language in LANGUAGES}
