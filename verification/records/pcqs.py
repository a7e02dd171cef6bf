"""The person-centric query (S3.8): one question to every record system, read-only.

By name with date of birth, A-number, SEVIS ID, certificate, visa control number, passport, I-94,
card or receipt. The answer stands twice: system by system, and person by person with what ties
the records together, what contradicts, and the chain from petition to stay (S8.3).

Read-only by construction: everything runs in a savepoint that PostgreSQL itself holds read-only.
Each system is asked by itself, so that one that fails says so and the rest answers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import DatabaseError, connection, transaction

from verification.records.chain import Chain, Joined, chain
from verification.records.disclosure import may_see, shown
from verification.records.held import Held, Identifier
from verification.records.joining import SYSTEMS as CHAINED
from verification.records.matching import alias_name, judge, name_of
from verification.records.reading import held_of
from verification.records.search import same_person
from verification.records.systems import SYSTEMS, Viewer

logger = logging.getLogger(__name__)
MOST = 60  # records of one system for one question; more is no question about one person
MOST_ALONG = 20 * MOST  # rows of the chain around what was found
SECONDS = 5  # for one system

# Column of the question -> kind of identifier in the index.
KINDS: dict[str, str] = {
    "a_number": "a_number",
    "i94_number": "i94",
    "sevis_id": "sevis",
    "card_number": "card",
    "naturalization_certificate": "naturalization",
    "citizenship_certificate": "citizenship",
    "visa_number": "visa",
}
# A passport or visa may be borrowed or given anew, a petition is for many people: alone they tie no
# two records to one person.
WEAK = frozenset({"passport", "visa", "petition"})


class State(StrEnum):
    """What came of asking one system."""

    FOUND = "found"
    NOTHING = "nothing"
    NOT_ASKED = "not_asked"
    NOT_LOADED = "not_loaded"
    NOT_PERMITTED = "not_permitted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonQuery:
    """What a verifier asks. A name needs its date of birth; numbers are in canonical form.

    `systems` are the boxes ticked; none means all.
    """

    family_name: str = ""
    given_name: str = ""
    date_of_birth: date | None = None
    a_number: str = ""
    i94_number: str = ""
    sevis_id: str = ""
    card_number: str = ""
    naturalization_certificate: str = ""
    citizenship_certificate: str = ""
    passport_number: str = ""
    passport_country: str = ""
    visa_number: str = ""
    systems: frozenset[str] = frozenset()

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The numbers in the shape of the index."""
        found = [
            (kind, re.sub(r"[\s-]", "", value).upper())
            for column, kind in KINDS.items()
            if (value := getattr(self, column))
        ]
        found = [(k, v.zfill(9) if k == "a_number" else v) for k, v in found]
        if self.passport_number and self.passport_country:
            found.append(("passport", f"{self.passport_country}:{self.passport_number}".upper()))
        return tuple(found)

    @property
    def by_name(self) -> bool:
        return bool(self.family_name and self.date_of_birth)

    @property
    def keys(self) -> tuple[str, ...]:
        """By what was asked, for the log: never the values."""
        name = ("name_and_date_of_birth",) if self.by_name else ()
        return (*(kind for kind, _ in self.identifiers), *name)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as this viewer may see it: values by column, dates as text."""

    ref: str
    system: str
    owner: str
    as_of: date
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One box of the page. `as_of` is the day that the newest upload speaks of."""

    system: str
    full_name: str
    owner: str
    state: State
    as_of: date | None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """A number that stands on several records of one person."""

    kind: str
    value: str
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Records that belong together. `hidden` counts those kept for cleared verifiers.

    `chain` has the way from petition to stay, and the contradictions between owners.
    """

    entries: tuple[Entry, ...]
    ties: tuple[Tie, ...]
    chain: Chain
    hidden: int

    @property
    def ref(self) -> str:
        """The record that stands for the person in logs: the Central Index's, else the first."""
        refs = sorted(entry.ref for entry in self.entries)
        return next((ref for ref in refs if ref.startswith("CIS:")), refs[0])


@dataclass(frozen=True, slots=True)
class Shared:
    """A number on the records of two people who do not agree in name and birth."""

    kind: str
    value: str
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonQueryResult:
    """The answer, system by system in their fixed order, and person by person.

    `restricted`: somebody was found whom only a cleared verifier may see. `cut_off`: a system had
    more than it may give for one question.
    """

    systems: tuple[SystemResult, ...]
    people: tuple[FoundPerson, ...]
    shared: tuple[Shared, ...]
    restricted: bool
    cut_off: bool


# In the order of `held_of`.
COLUMNS = """record.id, record.system, record.record_id,
    (record.updated_at AT TIME ZONE 'UTC')::date AS updated_on,
    record.family_name, record.given_name, record.middle_name, record.date_of_birth,
    record.a_number, record.country_of_birth, record.country_of_citizenship, upload.columns,
    record.own_values, record.photo_id, record.sex"""
BY_NUMBER = f"""
SELECT DISTINCT ON (record.id) {COLUMNS}
FROM unnest(%s::text[], %s::text[]) AS wanted(kind, value)
JOIN records_indexentry entry ON entry.value = wanted.value AND entry.kind = wanted.kind
JOIN records_sourcerecord record ON record.id = entry.record_pk
JOIN records_sourceupload upload ON upload.id = record.upload_id
WHERE record.system = %s
LIMIT %s
"""  # noqa: S608 (our own columns)
BY_ROW = f"""
SELECT {COLUMNS}
FROM records_sourcerecord record
JOIN records_sourceupload upload ON upload.id = record.upload_id
WHERE record.id = ANY(%s::bigint[]) AND record.system = %s
ORDER BY record.id
LIMIT %s
"""  # noqa: S608 (our own columns)
# Up the chain to what the records rest on, and down it to what rests on them.
ALONG = """
WITH RECURSIVE up(pk) AS (
    SELECT unnest(%(found)s::bigint[])
    UNION SELECT joined.earlier_pk FROM up JOIN records_chainjoin joined ON joined.later_pk = up.pk
), down(pk) AS (
    SELECT unnest(%(found)s::bigint[])
    UNION SELECT joined.later_pk
    FROM down JOIN records_chainjoin joined ON joined.earlier_pk = down.pk
)
SELECT pk FROM (SELECT pk FROM up UNION SELECT pk FROM down) along
WHERE pk <> ALL(%(found)s::bigint[]) ORDER BY pk LIMIT %(most)s
"""
AMONG = """
SELECT kind, later_pk, earlier_pk FROM records_chainjoin
WHERE later_pk = ANY(%(rows)s::bigint[]) AND earlier_pk = ANY(%(rows)s::bigint[])
"""
# By the newest version that the index has taken in; the names are compared here, not there.
BY_BIRTH = f"""
SELECT {COLUMNS}
FROM records_sourcerecord record
JOIN records_sourceupload upload ON upload.id = record.upload_id
WHERE record.date_of_birth = ANY(%s::date[]) AND record.replaced_in IS NULL
    AND record.closed_at IS NULL AND record.system = %s
    AND record.upload_id <= (SELECT coalesce(max(upload_id), 0) FROM records_indexbuild)
"""  # noqa: S608 (our own columns)
UPLOADS = """
SELECT system, max(as_of)::date FROM records_sourceupload
WHERE id <= (SELECT coalesce(max(upload_id), 0) FROM records_indexbuild) GROUP BY system
"""


@contextmanager
def read_only() -> Iterator[None]:
    """A savepoint in which PostgreSQL refuses every write, and no statement takes long.

    Read-only ends with the savepoint by itself, the limit of time is put back.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])


def ask(query: PersonQuery, *, viewer: Viewer) -> PersonQueryResult:
    """Ask every system that is ticked, then those again for what the first answers lead to."""
    with read_only():
        asked = _Systems(query.systems or frozenset(SYSTEMS), viewer)
        found = asked.by_numbers(query.identifiers) if query.identifiers else []
        if query.by_name:
            found += asked.by_name(query)
        along = asked.along_the_chain(found)
        reached = [*found, *along]
        around = asked.by_numbers({number for record in reached for number in record.identifiers})
        together = {record.pk: record for record in (*reached, *around)}
        records = sorted(together.values(), key=lambda record: record.pk)
        return asked.result(records, seeds={record.pk for record in found})


class _Systems:
    """The systems being asked, what became of each, and who is looking."""

    def __init__(self, names: frozenset[str], viewer: Viewer) -> None:
        self.viewer = viewer
        self.cut_off = False
        with connection.cursor() as cursor:
            cursor.execute(UPLOADS)
            self.as_of: dict[str, date] = dict(cursor.fetchall())
        self.states: dict[str, State] = {}
        for name, system in SYSTEMS.items():
            if viewer not in system.seen_by:
                self.states[name] = State.NOT_PERMITTED
            elif name not in names:
                self.states[name] = State.NOT_ASKED
            else:
                self.states[name] = State.NOTHING if name in self.as_of else State.NOT_LOADED

    def by_numbers(self, numbers: Iterable[Identifier]) -> list[Held]:
        wanted = sorted(set(numbers))
        kinds, values = [kind for kind, _ in wanted], [value for _, value in wanted]
        return self._each(
            lambda system: self._few(_rows(BY_NUMBER, [kinds, values, system, MOST + 1]))
        )

    def by_name(self, query: PersonQuery) -> list[Held]:
        """Everybody born that day (or with day and month swapped) whose name fits."""
        born = query.date_of_birth
        assert born is not None
        days = [born, *([born.replace(day=born.month, month=born.day)] if born.day < 13 else [])]
        typed = (
            name_of(query.family_name, query.given_name)
            if query.given_name
            else alias_name(query.family_name),
        )

        def fitting(system: str) -> list[Held]:
            return self._few(
                [
                    record
                    for record in _rows(BY_BIRTH, [days, system])
                    if judge(typed, born, record.names, record.date_of_birth, record.about).fits
                ]
            )

        return self._each(fitting)

    def along_the_chain(self, found: Sequence[Held]) -> list[Held]:
        """What the records rest on, and what rests on them, of the same people (S8.3).

        One petition may be for many people; theirs are not asked about.
        """
        rows = _read(ALONG, {"found": [record.pk for record in found], "most": MOST_ALONG})
        wanted = [pk for (pk,) in rows]
        if not wanted:
            return []
        records = self._each(
            lambda system: self._few(_rows(BY_ROW, [wanted, system, MOST + 1])), among=CHAINED
        )
        return [
            record
            for record in records
            if any(same_person(own, record) or same_person(record, own) for own in found)
        ]

    def _few(self, records: list[Held]) -> list[Held]:
        self.cut_off = self.cut_off or len(records) > MOST
        return records[:MOST]

    def _each(
        self, one: Callable[[str], list[Held]], among: Collection[str] = frozenset(SYSTEMS)
    ) -> list[Held]:
        """Ask each system by itself. One that fails is noted, and asked no more."""
        found: list[Held] = []
        for name, state in self.states.items():
            if state not in (State.NOTHING, State.FOUND) or name not in among:
                continue
            try:
                with transaction.atomic():
                    records = one(name)
            except (DatabaseError, ValueError) as error:
                # The kind of fault alone: a message could quote what was asked.
                logger.error("person query: %s failed: %s", name, type(error).__name__)
                self.states[name] = State.FAILED
                continue
            if records:
                self.states[name] = State.FOUND
            found += records
        return found

    def result(self, records: Sequence[Held], *, seeds: set[int]) -> PersonQueryResult:
        """The two views of the same records, each as far as this viewer may see them."""
        joined: list[Joined] = _read(AMONG, {"rows": [record.pk for record in records]})
        groups = [
            group for group in people(records, joined) if seeds & {record.pk for record in group}
        ]
        seen = [record for group in groups for record in group if may_see(record, self.viewer)]
        shown_to = [
            person for group in groups if (person := self._person(group, joined)) is not None
        ]
        return PersonQueryResult(
            systems=tuple(self._box(name, seen) for name in SYSTEMS),
            people=tuple(sorted(shown_to, key=lambda person: person.ref)),
            shared=tuple(shared_numbers(groups, self.viewer)),
            restricted=len(shown_to) < len(groups),
            cut_off=self.cut_off,
        )

    def _person(self, group: Sequence[Held], joined: Sequence[Joined]) -> FoundPerson | None:
        seen = [record for record in group if may_see(record, self.viewer)]
        if not seen:
            return None
        return FoundPerson(
            entries=tuple(entry(record, self.viewer) for record in seen),
            ties=tuple(ties(seen, self.viewer)),
            chain=chain(seen, joined, self.viewer),
            hidden=len(group) - len(seen),
        )

    def _box(self, name: str, seen: Sequence[Held]) -> SystemResult:
        entries = tuple(entry(record, self.viewer) for record in seen if record.system == name)
        state = self.states[name]
        if state in (State.FOUND, State.NOTHING):
            state = State.FOUND if entries else State.NOTHING
        system = SYSTEMS[name]
        return SystemResult(
            name, system.full_name, system.owner, state, self.as_of.get(name), entries
        )


def _rows(sql: str, values: list[Any]) -> list[Held]:
    return [held_of(list(row)) for row in _read(sql, values)]


def _read(sql: str, values: list[Any] | dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def entry(record: Held, viewer: Viewer) -> Entry:
    return Entry(
        record.ref,
        record.system,
        SYSTEMS[record.system].owner,
        record.updated_on,
        shown(record, viewer),
    )


# -- who belongs together: pure ---------------------------------------------------------------


def people(records: Sequence[Held], joined: Iterable[Joined] = ()) -> list[list[Held]]:
    """Records that share a number or hang on each other, and agree in name and birth: one person.

    Agreement passes on: two records that agree with a third are one person's. A record without
    a date of birth goes with whom its strong numbers name.
    """
    kinds = {frozenset(pair): kind for kind, *pair in joined}
    groups: list[list[Held]] = []
    for record in sorted(records, key=lambda r: (r.date_of_birth is None, r.ref)):
        mine = [
            group
            for group in groups
            if any(together(record, other, kinds.get(frozenset((record.pk, other.pk)), ""))
                   for other in group)
        ]  # fmt: skip
        merged = [record, *(other for group in mine for other in group)]
        groups = [group for group in groups if not any(group is one for one in mine)]
        groups.append(sorted(merged, key=lambda r: r.ref))
    return sorted(groups, key=lambda group: group[0].ref)


def together(left: Held, right: Held, joined: str = "") -> bool:
    """Whether two records are of one person: a number in common, and no other name or birth.

    `joined` is the kind of number by which one hangs on the other in the chain.
    """
    kinds = {kind for kind, _ in left.identifiers & right.identifiers} | ({joined} - {""})
    if not kinds:
        return False
    if left.date_of_birth is None or right.date_of_birth is None:
        return bool(kinds - WEAK)
    return same_person(left, right) or same_person(right, left)


def ties(group: Sequence[Held], viewer: Viewer) -> Iterator[Tie]:
    """Each number that stands on several of a person's records, where the viewer may see it."""
    for (kind, value), refs in _holders(group, viewer).items():
        if len(refs) > 1:
            yield Tie(kind, value, tuple(sorted(refs)))


def shared_numbers(groups: Sequence[Sequence[Held]], viewer: Viewer) -> Iterator[Shared]:
    """Each number that stands on the records of more than one person."""
    everybody = [_holders(group, viewer) for group in groups]
    for number in sorted({number for holders in everybody for number in holders}):
        having = [holders[number] for holders in everybody if number in holders]
        if len(having) > 1:
            yield Shared(*number, tuple(sorted(ref for refs in having for ref in refs)))


def _holders(group: Sequence[Held], viewer: Viewer) -> dict[Identifier, set[str]]:
    """Each number with the records that show it to the viewer."""
    found: dict[Identifier, set[str]] = {}
    for record in group:
        values = set(shown(record, viewer).values())
        for kind, value in sorted(record.identifiers):
            if value.partition(":")[2] in values or value in values:
                found.setdefault((kind, value), set()).add(record.ref)
    return found
