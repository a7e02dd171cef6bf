"""Is this record this person's? Pure functions; the record was found by an identifier before.

A record is the applicant's when its name and its date of birth are theirs. Each name gets a
grade, and the grades together decide:

- SAME: the same letters, whatever the case, marks, hyphens, spaces and particles;
- PART: one side leaves out a middle name, or one of two surnames, or writes an initial;
- HEARD: another romanization of the same name;
- SLIP: one slip of the hand.

A slip is let pass in one name only, and only when the other has none; hardly any passes in a
given name, where one letter tells brother from sister (MARIO, MARIA). The date of birth must be
the same day; day and month in the other order pass only with the very same name. When in doubt
the answer is no (S1.4, S3.7).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from verification.records import names
from verification.records.names import Parts


class Grade(IntEnum):
    """How well a name fits; the smaller, the better."""

    SAME = 0
    PART = 1
    HEARD = 2
    SLIP = 3
    NO = 9


@dataclass(frozen=True, slots=True)
class Name:
    """A name as parts: `family` and `given`, the middle name within the given ones."""

    family: Parts
    given: Parts

    @property
    def all(self) -> Parts:
        return (*self.family, *self.given)


@dataclass(frozen=True, slots=True)
class Judgment:
    """Whether name and date of birth are the person's."""

    name: Grade
    date_of_birth: bool

    @property
    def fits(self) -> bool:
        return self.name is not Grade.NO and self.date_of_birth


def name_of(family: str, given: str, middle: str = "") -> Name:
    return Name(names.tokens(family), names.tokens(f"{given} {middle}"))


def alias_name(text: str) -> Name:
    """Read `FAMILY, Given`; without a comma the last part is the family name."""
    if "," in text:
        family, given = text.split(",", 1)
        return name_of(family, given)
    parts = names.tokens(text)
    return Name(parts[-1:], parts[:-1])


def family_grade(left: Parts, right: Parts) -> Grade:
    """Compare surnames; one of two surnames is enough."""
    if not left or not right:
        return Grade.NO
    if names.squashed(left) == names.squashed(right):
        return Grade.SAME
    left_core, right_core = names.core(left), names.core(right)
    if names.squashed(left_core) == names.squashed(right_core):
        return Grade.SAME
    if one_within_the_other(set(left_core), set(right_core)):
        return Grade.PART
    short, long = sorted((names.squashed(left), names.squashed(right)), key=len)
    if len(short) >= 9 and long.startswith(short):
        return Grade.PART  # cut off where a form had no more room
    if heard(left, right) or heard(left_core, right_core):
        return Grade.HEARD
    if one_within_the_other(set(map(names.sound, left_core)), set(map(names.sound, right_core))):
        return Grade.HEARD
    return Grade.SLIP if family_slipped(left_core, right_core) else Grade.NO


def one_within_the_other(left: set[str], right: set[str]) -> bool:
    return left <= right or right <= left


def given_grade(left: Parts, right: Parts) -> Grade:
    """Compare given names in their order; a middle name may be missing or only an initial."""
    if not left or not right:
        return Grade.NO
    left = tuple(names.spelled_out(part) for part in left)
    right = tuple(names.spelled_out(part) for part in right)
    if names.squashed(left) == names.squashed(right):
        return Grade.SAME
    if in_order(left, right, lambda a, b: a == b):
        return Grade.PART
    if heard(left, right) or in_order(left, right, lambda a, b: names.sound(a) == names.sound(b)):
        return Grade.HEARD
    if in_order(left, right, lambda a, b: a == b or names.short_for(a, b)):
        return Grade.HEARD
    return Grade.SLIP if given_slipped(left, right) else Grade.NO


def in_order(left: Parts, right: Parts, same: Callable[[str, str], bool]) -> bool:
    """Whether the shorter is the longer with parts left out, cut off, or as initials.

    The first part is never left out: who is asked for as ANA is not MARIA ANA.
    """
    shorter, longer = sorted((left, right), key=len)
    initial_before_a_name = (
        1 in (len(shorter[0]), len(longer[0]))
        and cut(shorter[0], longer[0])
        and any(len(part) > 2 for part in shorter[1:])
    )
    if not (same(shorter[0], longer[0]) or initial_before_a_name):
        return False
    place = 1
    for part in shorter[1:]:
        while place < len(longer) and not (same(part, longer[place]) or cut(part, longer[place])):
            place += 1
        if place == len(longer):
            return False
        place += 1
    return True


def cut(left: str, right: str) -> bool:
    """Whether one part is the beginning of the other: an initial, or a field without room."""
    return left.startswith(right) or right.startswith(left)


def heard(left: Parts, right: Parts) -> bool:
    """Whether both are romanizations of one name. Short ones are too alike to tell."""
    a, b = names.sound(names.squashed(left)), names.sound(names.squashed(right))
    return a == b and len(a) >= 3


def family_slipped(left: Parts, right: Parts) -> bool:
    """Whether one slip of the hand in one part of a surname is all the difference."""
    if len(left) != len(right):
        if min(len(left), len(right)) != 1:
            return False
        left, right = left[:1], right[:1]
    different = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    if len(different) != 1:
        return False
    a, b = different[0]
    return min(len(a), len(b)) >= 3 and max(len(a), len(b)) >= 4 and names.one_slip(a, b)


def given_slipped(left: Parts, right: Parts) -> bool:
    """The same for given names, where one letter often makes another real name.

    Twins are called NADA and NADIA, RAMESH and RAKESH. So only neighboring letters in the wrong
    order pass, or one wrong letter within a long name.
    """
    different = [(a, b) for a, b in zip(left, right, strict=False) if a != b]
    if len(different) != 1:
        return False
    a, b = different[0]
    if min(len(a), len(b)) >= 5 and names.neighbors_swapped(a, b):
        return True
    return min(len(a), len(b)) >= 8 and a[0] == b[0] and a[-1] == b[-1] and names.one_slip(a, b)


def compare(typed: Name, held: Name) -> Grade:
    """Grade a whole name: straight, with family and given name in the other's place, or shifted."""
    if not typed.all or not held.all:
        return Grade.NO
    if sorted(typed.all) == sorted(held.all):
        return Grade.SAME
    if not (typed.family and typed.given and held.family and held.given):
        return Grade.SAME if set(typed.all) == set(held.all) else Grade.NO
    straight = together(
        family_grade(typed.family, held.family), given_grade(typed.given, held.given)
    )
    return min(straight, crosswise(typed, held), crosswise(held, typed))


def crosswise(turned: Name, right: Name) -> Grade:
    """Family and given name in each other's place: then one of them must be the very same."""
    family = family_grade(turned.given, right.family)
    given = given_grade(turned.family, right.given)
    return together(family, given) if Grade.SAME in (family, given) else Grade.NO


def together(family: Grade, given: Grade) -> Grade:
    """The grade of a name from its two halves: a slip only beside a half without any doubt."""
    worst = max(family, given)
    if worst is Grade.SLIP and min(family, given) > Grade.PART:
        return Grade.NO
    return worst


def same_day(typed: date, held: date | None, grade: Grade) -> bool:
    """The same day of birth; day and month swapped only with the very same name."""
    if held is None:
        return False
    if typed == held:
        return True
    return grade is Grade.SAME and (typed.year, typed.month, typed.day) == (
        held.year,
        held.day,
        held.month,
    )


def judge(
    typed: Iterable[Name], born: date, held: Iterable[Name], held_born: date | None
) -> Judgment:
    """Compare all names of the applicant with all names on the record, and the days of birth."""
    held = tuple(held)
    grade = min((compare(a, b) for a in typed for b in held), default=Grade.NO)
    return Judgment(grade, same_day(born, held_born, grade))
