"""What initial verification asks (S3.1): is there a record of this person, and what does it say?

By the identifiers of the document first; then name and date of birth must be that person's. There
is no search by name. At most three queries, each by index, whatever the number of people on record.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from verification.records.answer import Answer, Uploads, answer_from, referred
from verification.records.chain import PETITIONS
from verification.records.freshness import unavailable_systems
from verification.records.held import Held, Identifier
from verification.records.matching import (
    About,
    Grade,
    Judgment,
    Name,
    alias_name,
    judge,
    name_of,
)
from verification.records.models import Photo
from verification.records.namebook import PeoplesNames
from verification.records.reading import MOST_RECORDS, Records, from_one_index, namesakes


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


# Which systems can know an identifier; one of them must have been uploaded at all.
KNOWN_BY = {
    "a_number": ("CIS",),
    "i94": ("ADIS", "CIS"),
    "sevis": ("SEVIS",),
    "card": ("CIS", "CLAIMS3", "ISRS"),
    "naturalization": ("CIS", "CLAIMS4"),
    "citizenship": ("CIS", "CLAIMS4"),
    "passport": ("ADIS", "SEVIS", "CCD"),
    "visa": ("ADIS", "SEVIS", "CCD"),
}
# Numbers that one person alone holds. A passport number may have been given twice.
UNIQUE = frozenset({"a_number", "i94", "sevis", "card", "naturalization", "citizenship"})


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


def fetch_people(records: Records, queries: Sequence[Query]) -> None:
    """Read in two queries all that `initial_search` will want to know for each of the queries."""
    typed = {
        number for query in queries for number in (*query.identifiers, *misread(query.identifiers))
    }
    records.fetch(typed)
    found = [held for number in typed for held in records.find([number])]
    records.fetch({number for held in found for number in held.identifiers})


def initial_search(query: Query, *, today: date, records: Records | None = None) -> Answer:
    """Answer one initial verification, from one state of the index."""
    if records is None:
        return from_one_index(lambda held: initial_search(query, today=today, records=held))
    uploads = records.uploads

    def refer(code: int, *reasons: str, rule: str = "") -> Answer:
        return referred(code, *reasons, rule=rule, searched=uploads)

    typed = query.identifiers
    found = records.find((*typed, *misread(typed)))
    if not found:
        if unanswerable(typed, uploads, today=today):
            return refer(5, "source_unavailable", rule="system_not_loaded")
        return refer(37, "no_record", rule="identifier_not_on_record")
    if len(found) > MOST_RECORDS:
        return refer(5, "ambiguous", rule="too_many_records")

    book = records.book
    around = neighborhood(found, records)
    fitting = [record for record in around if judged(query, record, book).fits]
    if not fitting:
        return refer(37, *mismatches(query, found, book), rule="identifier_of_someone_else")

    person, stranger = whole_person(fitting, around)
    meant = as_meant(typed, person)
    held = {number for record in found for number in record.identifiers}
    unknown = {number for number in meant if number[0] in UNIQUE and number not in held}
    if unanswerable(unknown, uploads, today=today, stale_only=True):
        return refer(5, "source_unavailable", rule="system_not_loaded")
    if doubt := why_not(query, person, meant, found, stranger=stranger):
        code, reason, rule = doubt
        return refer(code, reason, rule=rule)

    return answer_from(
        person,
        today=today,
        shown=frozenset(meant),
        exactly=any(as_typed(query, record) for record in fitting),
        searched=uploads,
    )


def why_not(
    query: Query,
    person: Sequence[Held],
    meant: Sequence[Identifier],
    found: Sequence[Held],
    *,
    stranger: bool,
) -> tuple[int, str, str] | None:
    """Why the records that fit may still be somebody else's: statement, reason and rule."""
    if stranger:
        return 5, "ambiguous", "number_shared_with_another_person"
    if several_people(person):
        return 5, "ambiguous", "two_people_fit"
    if not all_theirs(meant, person, found):
        return 37, "document_mismatch", "identifiers_of_different_people"
    if is_rivaled(query, person):
        return 5, "ambiguous", "somebody_else_bears_the_name"
    return None


def unanswerable(
    numbers: Iterable[Identifier], uploads: Uploads, *, today: date, stale_only: bool = False
) -> bool:
    """Whether a number may be missing only because a system that knows it is too old or not there.

    One system that ever came is enough, but none that came may be too old.
    """
    numbers = tuple(numbers)
    if not numbers:
        return False
    stale = unavailable_systems(uploads, today=today)
    loaded = {system for system, _ in uploads}
    return any(
        not stale.isdisjoint(KNOWN_BY[kind])
        or (not stale_only and loaded.isdisjoint(KNOWN_BY[kind]))
        for kind, _ in numbers
    )


def as_typed(query: Query, record: Held) -> bool:
    """Whether the very same name and day of birth were typed, but for case, marks and spaces."""
    return record.date_of_birth == query.date_of_birth and not set(query.names).isdisjoint(
        record.names
    )


def judged(query: Query, record: Held, book: PeoplesNames) -> Judgment:
    """Whether name and birth on the record are those typed.

    A person has several records, mostly with the same name and birth: these are compared once.
    """
    return _judged(
        query.names, query.date_of_birth, record.names, record.date_of_birth, record.about, book
    )


@lru_cache(maxsize=64)
def _judged(
    typed: tuple[Name, ...],
    born: date,
    held: tuple[Name, ...],
    held_born: date | None,
    about: About,
    book: PeoplesNames,
) -> Judgment:
    return judge(typed, born, held, held_born, about, book)


def is_rivaled(query: Query, person: Sequence[Held]) -> bool:
    """Whether the name was not typed as on record, but just as somebody else bears it.

    Somebody with the same birthday who shares no number with this person: a twin, most likely.
    """
    if any(as_typed(query, record) for record in person):
        return False
    numbers = frozenset().union(*(record.identifiers for record in person))
    typed = query.names[0]
    written = {sign.join(typed.family or typed.given) for sign in (" ", "-", "")}
    return any(
        numbers.isdisjoint(other.identifiers) and typed in other.names
        for other in namesakes(query.date_of_birth, written)
    )


def same_person(left: Held, right: Held) -> bool:
    """Whether two records that share a number agree: a name changed at one system only, say."""
    if left.date_of_birth is None:
        return False
    return judge(left.names, left.date_of_birth, right.names, right.date_of_birth, right.about).fits


def mismatches(query: Query, found: Sequence[Held], book: PeoplesNames) -> tuple[str, ...]:
    """Which of the typed fields to look at again; never a value out of a record."""
    judgments = [judged(query, record, book) for record in found]
    if any(judgment.name is not Grade.NO for judgment in judgments):
        return ("date_of_birth_mismatch",)
    if any(judgment.date_of_birth for judgment in judgments):
        return ("name_mismatch",)
    return ("name_mismatch", "date_of_birth_mismatch")


def neighborhood(found: Sequence[Held], records: Records) -> list[Held]:
    """With the records found, all that share a number with them."""
    known = {number for record in found for number in record.identifiers}
    known = {(kind, value) for kind, value in known if kind != "petition"}  # of many people
    together = {record.pk: record for record in (*found, *records.find(known))}
    return sorted(together.values(), key=lambda record: record.pk)


def whole_person(fitting: Sequence[Held], around: Sequence[Held]) -> tuple[list[Held], bool]:
    """The records of the person: those that fit, and those that agree and share a number.

    Also tells whether a number that one person alone holds leads to somebody else as well.
    """
    person = list(fitting)
    known = frozenset().union(*(record.identifiers for record in fitting))
    stranger = False
    for record in around:
        if record in fitting:
            continue
        shared = {kind for kind, _ in record.identifiers & known}
        if shared and any(same_person(fit, record) for fit in fitting):
            person.append(record)
        elif shared & UNIQUE:
            stranger = True
    return sorted(person, key=lambda record: record.pk), stranger


def along_the_chain(person: Sequence[Held], records: Records) -> list[Held]:
    """The petitions and visas of a person that hang on a receipt number alone (S8.3).

    One petition may be for many people, so only what has this person's name and birth counts.
    """
    wanted = set()
    for record in person:
        wanted |= {("card", value) for kind, value in record.identifiers if kind == "petition"}
        if record.own.get("form", "").upper() in PETITIONS and "receipt_number" in record.own:
            wanted.add(("petition", record.own["receipt_number"]))
    known = {record.pk for record in person}
    return [
        record
        for record in records.find(wanted)
        if record.pk not in known and any(same_person(own, record) for own in person)
    ]


def several_people(person: Sequence[Held]) -> bool:
    """Whether the records are of two people alike in name and birth: two A-files, not joined."""
    numbers = {record.a_number for record in person if record.a_number}
    for record in person:
        if moved := record.own.get("consolidated_to"):
            numbers.discard(record.a_number)
            numbers.add(moved)
    return len(numbers) > 1


def all_theirs(typed: Sequence[Identifier], person: Sequence[Held], found: Sequence[Held]) -> bool:
    """Whether every number on the document is this person's.

    A passport or visa number that no record has says nothing; one that the person's records
    contradict, or that leads to somebody else alone, does.
    """
    theirs = frozenset().union(*(record.identifiers for record in person))
    for kind, value in typed:
        if (kind, value) in theirs:
            continue
        if kind in UNIQUE:
            return False
        if any((kind, value) in record.identifiers for record in found):
            return False
    return True


def photo(photo_id: int) -> tuple[bytes, str]:
    """The image and its content type."""
    found = Photo.objects.get(pk=photo_id)
    return bytes(found.content), found.content_type
