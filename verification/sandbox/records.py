"""The records of the sandbox's people, in the place of the federal systems: no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from verification.records.answer import Uploads
from verification.records.chain import Joined, joins_of
from verification.records.held import Held, Identifier
from verification.records.namebook import Bearers, PeoplesNames
from verification.records.population.portraits import portrait
from verification.records.reading import Namesakes, Records
from verification.records.systems import SYSTEMS
from verification.sandbox.people import PEOPLE
from verification.sandbox.person import PublishedPerson, Record

AS_OF = date(2026, 1, 5)  # the day that every record speaks of
# It has sent nothing that counts, so that a certificate that is on no record may be in it.
UNAVAILABLE = "CLAIMS4"
SHARED = ("system", "record_id", "a_number", "family_name", "given_name", "date_of_birth")


class NoNames(PeoplesNames):
    """Nobody bears any name here, but for the public lists."""

    def fetch(self, names: Iterable[str]) -> None:
        """Nothing to read."""

    def bearers(self, name: str) -> Bearers:
        return NOBODY


NOBODY = Bearers()
BOOK = NoNames()


class SandboxRecords(Records):
    """What is on record of the published people, on a day of the sandbox's clock."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today

    @property
    def book(self) -> PeoplesNames:
        return BOOK

    @property
    def uploads(self) -> Uploads:
        """Each system with today's upload, but for the one that is unavailable."""
        return tuple(
            sorted(
                (name, "" if name == UNAVAILABLE else self._today.isoformat()) for name in SYSTEMS
            )
        )

    def fetch(self, identifiers: Iterable[Identifier]) -> None:
        index = _index()
        for number in identifiers:
            self._by_identifier[number] = list(index.get(number, ()))

    def fetch_joined(self, records: Iterable[Held]) -> None:
        everybody, joins = _joins()
        self._by_pk |= everybody
        for held in records:
            self._joined[held.pk] = {each for each in joins if held.pk in (each[1], each[2])}

    def fetch_namesakes(self, wanted: Iterable[Namesakes]) -> None:
        """Nobody here is mistaken for somebody else."""
        self._namesakes |= {one: [] for one in wanted}


@cache
def _joins() -> tuple[Mapping[int, Held], frozenset[Joined]]:
    everybody = {held.pk: held for records in _index().values() for held in records}
    return everybody, joins_of(everybody.values())


@cache
def _index() -> Mapping[Identifier, tuple[Held, ...]]:
    found: dict[Identifier, list[Held]] = defaultdict(list)
    rows = [(person, row) for person in PEOPLE for row in person.records]
    for place, (person, row) in enumerate(rows, start=1):
        held = _held(place, person, row)
        for number in held.identifiers:
            found[number].append(held)
    return {number: tuple(records) for number, records in found.items()}


def _held(place: int, person: PublishedPerson, row: Record) -> Held:
    born = row.get("date_of_birth")
    return Held(
        pk=-place,
        system=row["system"],
        record_id=row["record_id"],
        updated_on=AS_OF,
        family_name=row.get("family_name", person.family_name).upper(),
        given_name=row.get("given_name", person.given_name).upper(),
        date_of_birth=date.fromisoformat(born) if born else person.date_of_birth,
        a_number=row.get("a_number", ""),
        country_of_birth="CAN",
        country_of_citizenship="CAN",
        own={name: value for name, value in row.items() if name not in (*SHARED, "photo_id")},
        photo_id=int(row["photo_id"]) if "photo_id" in row else None,
    )


def photo(photo_id: int) -> tuple[bytes, str]:
    """The photo of a published person and its media type: a drawing."""
    return portrait(-photo_id, woman=True).encode(), "image/svg+xml"
