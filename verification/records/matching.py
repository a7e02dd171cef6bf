"""Is this record this person's? Pure functions; the record was found by an identifier before.

A name is a list of parts. Every part that the caseworker typed looks for its counterpart on the
record, the best kind of likeness first: the same letters, the same once joined (DELACRUZ), another
spelling in a naming system of the person's country, a customary short form, an initial, a name cut
off where a field ended, and at most one slip of the hand. What is left over on one side is a name
that somebody left out; what is left over on both sides is a name in place of another one, and then
the record is somebody else's: brothers, twins and impostors differ in just that (S1.4, S3.7).

A slip counts only when what was typed is no name itself (MARIO is no slip for MARIA). The date of
birth must be the same day; day and month in the other order pass only with the whole name. When in
doubt the answer is no.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import Protocol

from verification.records import names, naming
from verification.records.names import Parts
from verification.records.naming import known


class Grade(IntEnum):
    """How well a name fits; the smaller, the better."""

    SAME = 0  # the same letters
    SPELLED = 1  # the same name, spelled, joined or ordered in another way
    PART = 2  # something left out, an initial, a short form, a field that was too small
    SLIP = 3  # one slip of the hand
    NO = 9


class Book(Protocol):
    """What is known of words: whether they are names, and whose."""

    def is_given_name(self, name: str) -> bool: ...

    def is_family_name(self, name: str) -> bool: ...

    def of_the_other_sex(self, name: str, sex: str) -> bool:
        """Whether hardly anybody of `sex` (M, F) bears this given name, and many others do."""
        ...

    def is_only_listed(self, name: str, beside: str) -> bool:
        """Whether nobody on record bears this given name, but enough people the one beside it."""
        ...

    def share(self, given: Iterable[str], family: Iterable[str]) -> float:
        """Which share of all people bears the rarest of these given and of these family names."""
        ...


class ListedNames:
    """The book that is there without any population: the public lists."""

    def is_given_name(self, name: str) -> bool:
        return known.is_listed(name)

    def is_family_name(self, name: str) -> bool:
        return known.is_listed(name)

    def of_the_other_sex(self, name: str, sex: str) -> bool:
        return False

    def is_only_listed(self, name: str, beside: str) -> bool:
        return False

    def share(self, given: Iterable[str], family: Iterable[str]) -> float:
        return 0.0


LISTED = ListedNames()


@dataclass(frozen=True, slots=True)
class Name:
    """A name as parts: `family` and `given`, the middle name within the given ones."""

    family: Parts
    given: Parts

    @property
    def all(self) -> Parts:
        return (*self.family, *self.given)


@dataclass(frozen=True, slots=True)
class About:
    """What the record says of its person beside the name, for choosing the rules of names."""

    countries: frozenset[str] = frozenset()
    sex: str = ""


NOBODY_IN_PARTICULAR = About()


@dataclass(frozen=True, slots=True)
class Judgment:
    """Whether name and date of birth are the person's."""

    name: Grade
    date_of_birth: bool
    exact: bool = False

    @property
    def fits(self) -> bool:
        return self.name is not Grade.NO and self.date_of_birth


@lru_cache(maxsize=4096)
def name_of(family: str, given: str, middle: str = "") -> Name:
    """A name in its parts. The records of one person mostly have the same one."""
    return Name(names.tokens(family), names.tokens(f"{given} {middle}"))


def alias_name(text: str) -> Name:
    """Read `FAMILY, Given`; without a comma the last part is the family name."""
    if "," in text:
        family, given = text.split(",", 1)
        return name_of(family, given)
    parts = names.tokens(text)
    return Name(parts[-1:], parts[:-1])


class Side:
    """One of the two names while it is compared: its parts, and which have found theirs."""

    def __init__(self, name: Name, *, particles: bool) -> None:
        self.parts = name.all
        self.families = len(name.family)
        self.free = list(range(len(self.parts)))
        self.family_at = tuple(place < self.families for place in self.free)
        self.optional: set[int] = set()
        if particles and not names.PARTICLES.isdisjoint(self.parts):
            self.optional = {
                place
                for place, part in enumerate(self.parts)
                if part in names.PARTICLES
                and any(other not in names.PARTICLES for other in self.field_of(place))
            }
        self.left_over = [place for place in self.free if place not in self.optional]
        self._neighbors: list[tuple[int, ...]] | None = None

    def is_family(self, place: int) -> bool:
        return self.family_at[place]

    def field_of(self, place: int) -> Parts:
        return self.parts[: self.families] if place < self.families else self.parts[self.families :]

    def ends_field(self, place: int) -> bool:
        return place in (self.families - 1, len(self.parts) - 1)

    def take(self, places: Iterable[int]) -> None:
        taken = set(places)
        self.free = [place for place in self.free if place not in taken]
        self.left_over = [place for place in self.free if place not in self.optional]

    @property
    def neighbors(self) -> list[tuple[int, ...]]:
        """Neighbors within one field, two or more, the longest first."""
        if self._neighbors is None:
            self._neighbors = [
                tuple(range(start, start + length))
                for length in range(min(5, len(self.parts)), 1, -1)
                for start in range(len(self.parts) - length + 1)
                if self.family_at[start] is self.family_at[start + length - 1]
            ]
        return self._neighbors

    def runs(self) -> Iterator[tuple[int, ...]]:
        """Neighbors that are all free or optional."""
        for places in self.neighbors:
            if all(place in self.free for place in places):
                yield places

    def text(self, places: Iterable[int]) -> str:
        return names.squashed(tuple(self.parts[place] for place in places))

    def first_family(self) -> int | None:
        """The place of the first family name that is no particle."""
        return next((p for p in range(self.families) if p not in self.optional), None)

    def found(self) -> tuple[list[str], list[str]]:
        """The given and the family names that have found theirs."""
        places = [p for p in range(len(self.parts)) if p not in self.free]
        given = [self.parts[place] for place in places if not self.is_family(place)]
        return given, [self.parts[place] for place in places if self.is_family(place)]

    def first_given(self) -> int | None:
        """The place of the first given name that is no particle."""
        return next(
            (p for p in range(self.families, len(self.parts)) if p not in self.optional), None
        )

    def anchored(self) -> bool:
        """Whether the first given name and a family name have found theirs.

        Who is asked for as ANA is not MARIA ANA. A person with one name has found all of it.
        """
        given = self.first_given()
        family = [p for p in range(self.families) if p not in self.optional]
        if given is None or not family:
            return not self.left_over
        return given not in self.free and any(place not in self.free for place in family)


class Comparison:
    """One typed name against one name on record; `grade` is the outcome."""

    def __init__(self, typed: Name, held: Name, about: About, book: Book) -> None:
        particles = not about.countries & naming.NO_PARTICLES
        self.typed, self.held = (Side(name, particles=particles) for name in (typed, held))
        self.about, self.book = about, book
        self.systems = naming.systems_of(about.countries)
        # One letter is an initial, but where it may be a whole syllable.
        self.shortest = 1 if about.countries & naming.SYLLABIC.keys() else 2
        self.worst = Grade.SAME if typed.family == held.family else Grade.SPELLED
        self.whole = 0  # parts that have found theirs by all their letters
        self.pairs: list[tuple[int, int]] = []  # parts in the given names that have found theirs
        self.families: list[tuple[int, int]] = []  # and in the family names
        self.grade = self._grade()

    def _grade(self) -> Grade:
        if not set(self.typed.parts).isdisjoint(self.held.parts):
            self._pair(Grade.SAME, self._same)
        for step in (
            lambda: self._join(self._same_text),
            lambda: self._pair(Grade.SPELLED, self._spelled),
            lambda: self._join(self._spelled_text),
            lambda: self._pair(Grade.PART, self._short_form),
            self._initials,
            lambda: self._pair(Grade.PART, self._cut_off),
            self._one_slip,
        ):
            if not (self.typed.left_over and self.held.left_over):
                break
            step()
        else:
            if self.typed.left_over and self.held.left_over:
                return Grade.NO
        if not (self.typed.anchored() and self.held.anchored()):
            return Grade.NO
        if self._in_another_order():
            return Grade.NO
        if self.typed.left_over or self.held.left_over:
            if self._may_be_anothers():
                return Grade.NO
            self.worst = max(self.worst, Grade.PART)
        return self.worst

    def _in_another_order(self) -> bool:
        """Whether given names changed places where the order makes the person."""
        if not self.about.countries & naming.ORDERED:
            return False
        places = [held for _, held in sorted(self.pairs)]
        if len({self.typed.parts[typed] for typed, _ in self.pairs}) == 1:
            return False  # the same name twice has no order
        return places != sorted(places)

    def _may_be_anothers(self) -> bool:
        """Whether with what is left over it is as well the whole name of somebody else.

        Half of a given name of two syllables, or of MARIE-ROSE, is no name left out, nor is
        BAPTISTE for JEAN-BAPTISTE. Nobody puts a surname before the first one on record. And
        MARIA HERNANDEZ is so many people that it names none of them.
        """
        left = [(side, place) for side in (self.typed, self.held) for place in side.left_over]
        if any(self._is_half_a_name(side, place) for side, place in left):
            return True
        if self._families_in_another_order():
            return True
        loose = any(self.held.is_family(place) for place in self.held.free)  # DEAA CRUZ, DELA CRUZ
        if self.typed.first_family() in self.typed.left_over and not loose:
            return True
        fields = {side.is_family(place) for side, place in left}
        most = COMMON if len(fields) == 1 else COMMON_WHEN_TWICE_LEFT_OUT
        return self.book.share(*self.held.found()) > most

    def _families_in_another_order(self) -> bool:
        """Whether two surnames changed places: LOPEZ MENDEZ is a cousin of MENDEZ LOPEZ."""
        places = [held for _, held in sorted(self.families)]
        return places != sorted(places)

    def _is_half_a_name(self, side: Side, place: int) -> bool:
        """Whether the part belongs to its neighbor: a syllable, or what follows MARIE in a name."""
        part = side.parts[place]
        if self.about.countries & naming.COMPOUND:
            before = side.parts[place - 1] if place not in (0, side.families) else ""
            if side.is_family(place):
                return not naming.FIRST_HALVES.isdisjoint((part, before))
            return before in naming.FIRST_HALVES and place - 1 not in side.free
        return not side.is_family(place) and naming.is_word(part, self.about.countries)

    def _pair(self, grade: Grade, alike: Callable[[int, int], bool]) -> None:
        """Give each typed part the first part on record that is alike, the same field first."""
        families, held_families = self.typed.family_at, self.held.family_at
        for crosswise in (False, True):
            for typed in self.typed.left_over:
                # An initial may be that of a particle: MARIA D for MARIA DEL CARMEN.
                initial = len(self.typed.parts[typed]) == 1
                wanted = families[typed] is not crosswise  # the field to look in
                for held in self.held.free if initial else self.held.left_over:
                    if held_families[held] is wanted and alike(typed, held):
                        self._found((typed,), (held,), grade)
                        break

    def _join(self, alike: Callable[[str, str], bool]) -> None:
        """The same for neighbors that are one word on the other side: GUO HAI and KUOHAI."""
        for side, other in ((self.typed, self.held), (self.held, self.typed)):
            for run in side.runs():
                joined = side.text(run)
                for place in other.free:
                    word = other.parts[place]
                    if abs(len(word) - len(joined)) <= 4 and alike(joined, word):
                        typed, held = (run, (place,)) if side is self.typed else ((place,), run)
                        self._found(typed, held, Grade.SPELLED)
                        break

    def _found(self, typed: tuple[int, ...], held: tuple[int, ...], grade: Grade) -> None:
        self.typed.take(typed)
        self.held.take(held)
        self.worst = max(self.worst, grade)
        if grade <= Grade.SPELLED:
            self.whole += 1
        of_families = self.typed.is_family(typed[0]), self.held.is_family(held[0])
        if not any(of_families):
            self.pairs.append((typed[0], held[0]))
        elif all(of_families):
            self.families.append((typed[0], held[0]))

    def _same(self, typed: int, held: int) -> bool:
        return self.typed.parts[typed] == self.held.parts[held]

    def _same_text(self, typed: str, held: str) -> bool:
        return typed == held

    def _spelled(self, typed: int, held: int) -> bool:
        a, b = self.typed.parts[typed], self.held.parts[held]
        if not self._spelled_text(a, b):
            return False
        # AMAKA and EMEKA have the consonants of each other; one is a woman, the other a man.
        # Behind the first given name stands the father's.
        if (typed, held) != (self.typed.first_given(), self.held.first_given()):
            return True
        syllables = self.about.countries & naming.SYLLABIC.keys()  # which both sexes bear
        return bool(syllables) or not self.book.of_the_other_sex(a, self.about.sex)

    def _spelled_text(self, typed: str, held: str) -> bool:
        if len(typed) < self.shortest or len(held) < self.shortest:
            return False
        typed, held = names.spelled_out(typed), names.spelled_out(held)
        return typed == held or naming.same(typed, held, self.systems)

    def _short_form(self, typed: int, held: int) -> bool:
        if self.typed.is_family(typed) and self.held.is_family(held):
            return False
        a, b = self.typed.parts[typed], self.held.parts[held]
        return known.short_for(a, b) and not self.book.of_the_other_sex(a, self.about.sex)

    def _initials(self) -> None:
        if self.whole >= 2:
            self._pair(Grade.PART, self._initial)

    def _initial(self, typed: int, held: int) -> bool:
        a, b = self.typed.parts[typed], self.held.parts[held]
        return min(len(a), len(b)) == 1 and a[0] == b[0]

    def _cut_off(self, typed: int, held: int) -> bool:
        """Whether one begins the other, at the end of a field that may have been full."""
        for side, place, other, there in (
            (self.typed, typed, self.held, held),
            (self.held, held, self.typed, typed),
        ):
            part, whole = side.parts[place], other.parts[there]
            # Asked first, because it is what most pairs of names fail by.
            if not whole.startswith(part):
                continue
            full = len(" ".join(side.field_of(place))) >= SHORTEST_FIELD
            if full and side.ends_field(place):
                alone = len(side.field_of(place)) == 1
                if alone and not side.is_family(place):
                    return not self.book.is_given_name(part)
                # Where a field ended nothing before its end is missing: DE LA TORRE is not
                # GUZMAN TORRES.
                return not any(
                    other.is_family(before) is other.is_family(there)
                    for before in other.left_over
                    if before < there
                )
        return False

    def _one_slip(self) -> None:
        for crosswise in (False, True):
            for typed in self.typed.left_over:
                for held in self.held.left_over:
                    across = self.typed.family_at[typed] is not self.held.family_at[held]
                    if across is crosswise and self._slipped(typed, held):
                        self._found((typed,), (held,), Grade.SLIP)
                        return

    def _slipped(self, typed: int, held: int) -> bool:
        """Whether a slip of the hand explains the difference, and no other name does."""
        a, b = self.typed.parts[typed], self.held.parts[held]
        if abs(len(a) - len(b)) > 1 or (min(len(a), len(b)) < 3 and max(len(a), len(b)) < 4):
            return False
        slip = names.slip_between(a, b)
        if slip is None:
            return False
        if self.held.is_family(held):
            return not self.book.is_family_name(a)
        kind, at = slip
        # Sisters are called MEENA and REENA, SNEHA and NEHA: no hand strikes such a letter.
        if kind is names.Slip.BESIDES or (kind is names.Slip.WRONG and at in (0, len(b) - 1)):
            return False
        if naming.is_word(a, self.about.countries):
            return False
        # MARAI is a name somewhere in the world; who struck it meant MARIA.
        plain = kind in (names.Slip.SWAPPED, names.Slip.NEAR) and at not in (0, len(b) - 1)
        return not self.book.is_given_name(a) or (plain and self.book.is_only_listed(a, b))


SHORTEST_FIELD = 9  # letters and spaces; no form is known to hold fewer
# The share of all people that may bear what was found, where a part of the name is left over in
# one field, or in both.
COMMON, COMMON_WHEN_TWICE_LEFT_OUT = 1 / 400, 1 / 5_000


def compare(
    typed: Name, held: Name, about: About = NOBODY_IN_PARTICULAR, book: Book = LISTED
) -> Grade:
    """Grade a whole name."""
    if not typed.all or not held.all:
        return Grade.NO
    if typed == held:
        return Grade.SAME
    if squashed(typed) == squashed(held):
        return Grade.SAME
    if sorted(typed.all) == sorted(held.all) and not about.countries & naming.ORDERED:
        return Grade.SPELLED
    return Comparison(one_name(typed), one_name(held), about, book).grade


def squashed(name: Name) -> tuple[str, str]:
    return names.squashed(name.family), names.squashed(name.given)


def one_name(name: Name) -> Name:
    """A person with one name only, who has it in both fields to fill the form."""
    return Name(name.family, ()) if name.family == name.given else name


def same_day(typed: date, held: date | None, grade: Grade) -> bool:
    """The same day of birth; day and month swapped only with the whole name."""
    if held is None:
        return False
    if typed == held:
        return True
    return grade <= Grade.SPELLED and (typed.year, typed.month, typed.day) == (
        held.year,
        held.day,
        held.month,
    )


def judge(
    typed: Iterable[Name],
    born: date,
    held: Iterable[Name],
    held_born: date | None,
    about: About = NOBODY_IN_PARTICULAR,
    book: Book = LISTED,
) -> Judgment:
    """Compare all names of the applicant with all names on the record, and the days of birth."""
    held = tuple(held)
    grade = Grade.NO
    for name in typed:
        for other in held:
            grade = min(grade, compare(name, other, about, book))
            if grade is Grade.SAME:
                break
    day = same_day(born, held_born, grade)
    return Judgment(grade, day, exact=grade is Grade.SAME and born == held_born)
