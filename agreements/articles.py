"""The articles of every agreement, by name; refusals name the one that they rest on (S5)."""

from __future__ import annotations

from enum import IntEnum


class Article(IntEnum):
    """The number under which an article stands in every agreement."""

    PARTIES = 1
    AUTHORITY = 2
    PURPOSE = 3
    SCOPE = 4
    DUTIES_OF_USCIS = 5
    DOCUMENTS_AND_STEPS = 6
    NOTICE_AND_CORRECTION = 7
    PARTICULAR_PROGRAMS = 8
    PEOPLE_AND_TRAINING = 9
    MONITORING = 10
    SECURITY = 11
    CHARGES = 12
    CONTACTS = 13
    LIABILITY = 14
    TERM = 15
    CHANGES = 16
    SUSPENSION_AND_END = 17
    SIGNATURES = 18

    def __str__(self) -> str:
        return f"Article {self.value}"
