"""What a caseworker typed, as the records are asked for it: names, numbers and their readings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from verification.records.held import Held, Identifier
from verification.records.matching import Name, alias_name, name_of


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a caseworker typed, in canonical form."""

    document_type: str
    family_name: str
    given_name: str
    middle_name: str = ""
    date_of_birth: date
    a_number: str = ""
    i94_number: str = ""
    sevis_id: str = ""
    card_number: str = ""
    naturalization_certificate: str = ""
    citizenship_certificate: str = ""
    passport_number: str = ""
    passport_country: str = ""
    visa_number: str = ""
    document_expires_on: date | None = None
    also_known_as: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[Name, ...]:
        own = name_of(self.family_name, self.given_name, self.middle_name)
        return (own, *(alias_name(text) for text in self.also_known_as if text.strip()))

    @cached_property
    def identifiers(self) -> tuple[Identifier, ...]:
        typed = (
            ("a_number", self.a_number.zfill(9) if self.a_number else ""),
            ("i94", self.i94_number),
            ("sevis", self.sevis_id),
            ("card", self.card_number),
            ("naturalization", self.naturalization_certificate),
            ("citizenship", self.citizenship_certificate),
            (
                "passport",
                self.passport_number and f"{self.passport_country}:{self.passport_number}",
            ),
            ("visa", self.visa_number),
        )
        return tuple((kind, re.sub(r"[\s-]", "", text).upper()) for kind, text in typed if text)


# What is read in place of a digit, in numbers whose format does not say where letters stand.
DIGITS = str.maketrans("OQILZSB", "0011258")
LETTERS_ANYWHERE = frozenset({"passport", "visa", "naturalization", "citizenship"})


def misread(typed: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Other readings of numbers that may begin with letters: O, I, Z, S or B for a digit."""
    found = set()
    for kind, value in typed:
        if kind in LETTERS_ANYWHERE:
            country, colon, number = value.rpartition(":")
            for kept in range(4):
                other = number[:kept] + number[kept:].translate(DIGITS)
                found.add((kind, f"{country}{colon}{other}"))
    return tuple(sorted(found - set(typed)))


def as_meant(typed: Iterable[Identifier], person: Sequence[Held]) -> tuple[Identifier, ...]:
    """The typed numbers, a misread one as it is on the person's own record."""
    theirs = frozenset().union(*(record.identifiers for record in person))
    return tuple(
        next((other for other in misread((number,)) if other in theirs), number)
        if number not in theirs
        else number
        for number in typed
    )
