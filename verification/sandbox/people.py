"""All published people of the sandbox, and who somebody is by the numbers typed."""

from __future__ import annotations

import re

from verification.sandbox.confirmed import REASONS, STATEMENTS
from verification.sandbox.person import NUMBERS, Group, PublishedPerson
from verification.sandbox.reviewed import ANSWERS, DELAYS, ERRORS, HAPPENINGS

PEOPLE: tuple[PublishedPerson, ...] = (
    *STATEMENTS,
    *REASONS,
    *ANSWERS,
    *DELAYS,
    *HAPPENINGS,
    *ERRORS,
)
BY_KEY = {person.key: person for person in PEOPLE}
_BY_NUMBER = {person.number: person for person in PEOPLE}


def by_group() -> dict[Group, list[PublishedPerson]]:
    """Everybody by what they show, in the order of the groups."""
    return {group: [one for one in PEOPLE if one.group == group] for group in Group}


def who(asked: object) -> PublishedPerson | None:
    """The published person of a submission or a case, by the numbers on it; else None."""
    for name in NUMBERS:
        number = re.sub(r"[^0-9A-Z]", "", str(getattr(asked, name, "") or "").upper())
        if name == "a_number":
            number = number.removeprefix("A")
        if found := _BY_NUMBER.get(number):
            return found
    return None
