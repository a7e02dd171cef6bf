"""What initial verification asks (S3.1): is there a record of this person, and what does it say?

By the identifiers of the document first; then name and date of birth must be that person's. There
is no search by name. At most five queries for one question or a batch of them, each by index,
whatever the number of people on record; three for a name that is typed as it is on record.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property, lru_cache

from verification.records.answer import Answer, Uploads, answer_from, referred
from verification.records.freshness import unavailable_systems
from verification.records.held import Held, Identifier
from verification.records.matching import About, Grade, Judgment, Name, judge
from verification.records.models import Photo
from verification.records.namebook import EVERYBODY, PeoplesNames
from verification.records.question import Query, as_meant, misread
from verification.records.reading import MOST_RECORDS, Namesakes, Records, from_one_index

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
# Doubts about whose a number is; a second number that is the person's alone removes them.
SETTLED_BY_NUMBERS = frozenset({"number_shared_with_another_person", "two_people_fit"})


class Search:
    """One question on its way to its answer: the records found, and those of whom the name fits."""

    def __init__(self, query: Query, records: Records) -> None:
        self.query, self.records = query, records
        numbers = (*query.identifiers, *misread(query.identifiers))
        self.found = records.find(numbers)
        if len(self.found) > MOST_RECORDS:
            # A number that leads to more than belong to any one person says nothing beside one
            # that leads to somebody.
            few = [number for number in numbers if len(records.find([number])) <= MOST_RECORDS]
            self.found = records.find(few) or self.found
        # More than belong to any one person are not looked at.
        together = self.found if len(self.found) <= MOST_RECORDS else []
        self.around = neighborhood(together, records)

    def is_exact(self) -> bool:
        return any(as_typed(self.query, record) for record in self.around)

    def names(self) -> set[str]:
        """The parts of names that the comparison may have to know about; none when it is exact."""
        if not self.found or self.is_exact():
            return set()
        compared = [*self.query.names, *(name for held in self.around for name in held.names)]
        return {EVERYBODY, *(part for name in compared for part in name.all)}

    @cached_property
    def fitting(self) -> list[Held]:
        book = self.records.book
        return [record for record in self.around if judged(self.query, record, book).fits]

    def rivals(self) -> set[Namesakes]:
        """Under which names somebody else may have been born that day; none when it is exact."""
        if not self.found or not self.fitting or self.is_exact():
            return set()
        return namesakes_of(self.query)

    def answer(self, today: date) -> Answer:
        query, found, uploads = self.query, self.found, self.records.uploads

        def refer(code: int, *reasons: str, rule: str = "") -> Answer:
            return referred(code, *reasons, rule=rule, searched=uploads)

        typed = query.identifiers
        if not found:
            if unanswerable(typed, uploads, today=today):
                return refer(5, "source_unavailable", rule="system_not_loaded")
            return refer(37, "no_record", rule="identifier_not_on_record")
        if len(found) > MOST_RECORDS:
            return refer(5, "ambiguous", rule="too_many_records")
        if not self.fitting:
            reasons = mismatches(query, found, self.records.book)
            return refer(37, *reasons, rule="identifier_of_someone_else")

        person, stranger = whole_person(self.fitting, self.around)
        meant = as_meant(typed, person)
        held = {number for record in found for number in record.identifiers}
        unknown = {number for number in meant if number[0] in UNIQUE and number not in held}
        if unanswerable(unknown, uploads, today=today, stale_only=True):
            return refer(5, "source_unavailable", rule="system_not_loaded")

        if doubt := self.why_not(person, meant, stranger=stranger):
            code, reason, rule = doubt
            settled = rule in SETTLED_BY_NUMBERS and self.by_own_file(person, meant, today)
            return settled or refer(code, reason, rule=rule)
        return self.drawn_from(person, meant, today)

    def drawn_from(
        self, person: Sequence[Held], meant: Sequence[Identifier], today: date
    ) -> Answer:
        return answer_from(
            person,
            today=today,
            shown=frozenset(meant),
            exactly=any(as_typed(self.query, record) for record in self.fitting),
            searched=self.records.uploads,
        )

    def by_own_file(
        self, person: Sequence[Held], meant: Sequence[Identifier], today: date
    ) -> Answer | None:
        """The answer where the numbers say which records are theirs, in spite of those beside.

        Whoever's those are, they must not change what is said: an order of removal, say. Nor may
        one of them bear the name just as it was typed, and this file not.
        """
        own = own_file(meant, person, self.around)
        if not own or (self.is_exact() and not any(as_typed(self.query, each) for each in own)):
            return None
        if self.why_not(own, meant, stranger=False):
            return None
        alone, among = (self.drawn_from(each, meant, today) for each in (own, self.around))
        same = alone.statement_code == among.statement_code
        return alone if same and alone.outcome == among.outcome == "confirmed" else None

    def why_not(
        self, person: Sequence[Held], meant: Sequence[Identifier], *, stranger: bool
    ) -> tuple[int, str, str] | None:
        """Why the records that fit may be somebody else's: statement, reason and rule."""
        if stranger:
            return 5, "ambiguous", "number_shared_with_another_person"
        if several_people(person):
            return 5, "ambiguous", "two_people_fit"
        if not all_theirs(meant, person, self.found):
            return 37, "document_mismatch", "identifiers_of_different_people"
        if is_rivaled(self.query, person, self.records):
            return 5, "ambiguous", "somebody_else_bears_the_name"
        return None


def search_all(queries: Sequence[Query], *, today: date, records: Records) -> list[Answer]:
    """Answer the questions, in their order: at most five queries, however many there are.

    Two for the records, one for the uploads that the index has taken in, one for what is known of
    the names that are not typed as they are on record, and one for those people's namesakes.
    """
    typed = {
        number for query in queries for number in (*query.identifiers, *misread(query.identifiers))
    }
    records.fetch(typed)
    records.fetch(shared_numbers(records.find(typed)))
    searches = [Search(query, records) for query in queries]
    records.book.fetch({name for search in searches for name in search.names()})
    records.fetch_namesakes({rival for search in searches for rival in search.rivals()})
    return [search.answer(today) for search in searches]


def initial_search(query: Query, *, today: date) -> Answer:
    """Answer one initial verification, from one state of the index."""
    [answer] = from_one_index(lambda records: search_all([query], today=today, records=records))
    return answer


def unanswerable(
    numbers: Iterable[Identifier], uploads: Uploads, *, today: date, stale_only: bool = False
) -> bool:
    """Whether a number may be missing only because a system that knows it is too old or not there.

    Where no uploads are expected, one system that ever came is enough.
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


@lru_cache(maxsize=1024)
def _judged(
    typed: tuple[Name, ...],
    born: date,
    held: tuple[Name, ...],
    held_born: date | None,
    about: About,
    book: PeoplesNames,
) -> Judgment:
    return judge(typed, born, held, held_born, about, book)


def is_rivaled(query: Query, person: Sequence[Held], records: Records) -> bool:
    """Whether the name was not typed as on record, but just as somebody else bears it.

    Somebody with the same birthday who shares no number with this person: a twin, most likely.
    """
    if any(as_typed(query, record) for record in person):
        return False
    numbers = frozenset().union(*(record.identifiers for record in person))
    return any(
        numbers.isdisjoint(other.identifiers) and query.names[0] in other.names
        for other in records.namesakes(namesakes_of(query))
    )


def namesakes_of(query: Query) -> set[Namesakes]:
    """Where people are to be looked for who are called and were born as was typed."""
    typed = query.names[0]
    parts = typed.family or typed.given
    return {(query.date_of_birth, sign.join(parts)) for sign in (" ", "-", "")}


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
    together = {record.pk: record for record in (*found, *records.find(shared_numbers(found)))}
    return sorted(together.values(), key=lambda record: record.pk)


def shared_numbers(found: Iterable[Held]) -> set[Identifier]:
    """All numbers of the records, but those of petitions, which are for many people."""
    numbers = frozenset().union(*(record.identifiers for record in found))
    return {(kind, value) for kind, value in numbers if kind != "petition"}


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
    """The petitions, visas, admissions and extensions that hang on a person's records (S8.3).

    One petition may be for many people, so only what has this person's name and birth counts.
    """
    known = {record.pk for record in person}
    return [
        record
        for record in records.along(person)
        if record.pk not in known and any(same_person(own, record) for own in person)
    ]


def several_people(person: Sequence[Held]) -> bool:
    """Whether the records are of two people alike in name and birth: two A-files, not joined."""
    return len(file_numbers(person)) > 1


def file_numbers(person: Sequence[Held]) -> set[str]:
    """The A-numbers of the person's files, without those that were joined to another."""
    numbers = {record.a_number for record in person if record.a_number}
    for record in person:
        if moved := record.own.get("consolidated_to"):
            numbers.discard(record.a_number)
            numbers.add(moved)
    return numbers


def own_file(
    typed: Sequence[Identifier], person: Sequence[Held], around: Sequence[Held]
) -> list[Held]:
    """The records of the one file that two typed numbers lead to together, one of them to no other.

    Only numbers that one person alone should hold count. None where they do not say which file.
    """
    numbers = {number for number in typed if number[0] in UNIQUE}
    if len(numbers) < 2:
        return []
    files = [of_file(number, person) for number in sorted(file_numbers(person))] or [list(person)]
    found = []
    for file in files:
        theirs = frozenset().union(*(record.identifiers for record in file))
        others = [record for record in around if record not in file]
        elsewhere = frozenset().union(*(record.identifiers for record in others))
        if numbers <= theirs and not numbers <= elsewhere:
            found.append(file)
    return found[0] if len(found) == 1 else []


def of_file(a_number: str, person: Sequence[Held]) -> list[Held]:
    """The records of one A-file, and those without one that share numbers with no other."""

    def is_of(record: Held) -> bool:
        return a_number in (record.a_number, record.own.get("consolidated_to", ""))

    def unique(records: Iterable[Held]) -> set[Identifier]:
        return {each for record in records for each in record.identifiers if each[0] in UNIQUE}

    own = [record for record in person if is_of(record)]
    mine, others = unique(own), unique(r for r in person if r.a_number and not is_of(r))
    return [
        record
        for record in person
        if record in own
        or (not record.a_number and unique([record]) & mine and not unique([record]) & others)
    ]


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
