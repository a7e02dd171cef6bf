"""The records of a case's person, as a status verifier sees them (S3.8, S8.3).

Found by the numbers that were typed and by those that lead on from them. Each look leaves a
disclosure event; only what is theirs counts as the person's.
"""

from __future__ import annotations

from dataclasses import dataclass

from verification.models import Case
from verification.records import search
from verification.records.chain import Joined
from verification.records.held import Held
from verification.records.question import Query, misread
from verification.records.reading import Records
from verification.services import federal_records

SECRET_COLUMNS = ("passport_number", "visa_number")


@dataclass(frozen=True, slots=True)
class PersonRecords:
    """`theirs`: records of the person asked about; `others`: found by a number, of another.

    `joins` say which of theirs hangs on which in the chain from petition to stay.
    """

    theirs: tuple[Held, ...]
    others: tuple[Held, ...]
    joins: frozenset[Joined] = frozenset()

    @property
    def person_ref(self) -> str:
        """One record that stands for the person in the log of disclosures; "" without any."""
        refs = sorted(record.ref for record in self.theirs)
        return next((ref for ref in refs if ref.startswith("CIS:")), refs[0] if refs else "")


def of_case(case: Case) -> PersonRecords:
    """The records that the case's numbers lead to. At most five queries; no disclosure yet."""
    query = query_of(case)
    return federal_records.ask(
        case.agency_id,
        lambda records: _around(query, records),
        today=case.last_action_at.date(),
    )


def _around(query: Query, records: Records) -> PersonRecords:
    found = records.find((*query.identifiers, *misread(query.identifiers)))
    if not found:
        return PersonRecords((), ())
    around = search.neighborhood(found, records)
    fitting = [record for record in around if search.judged(query, record, records.book).fits]
    if linked := search.along_the_chain(fitting, records):
        around = search.neighborhood([*around, *linked], records)
        fitting = [record for record in around if search.judged(query, record, records.book).fits]
    theirs = search.whole_person(fitting, around)[0] if fitting else []
    known = {record.pk for record in theirs}
    theirs += [record for record in linked if record.pk not in known]
    known = {record.pk for record in theirs}
    return PersonRecords(
        tuple(theirs),
        tuple(record for record in around if record.pk not in known),
        records.joins(theirs),
    )


def secret_numbers(case: Case, found: PersonRecords) -> frozenset[str]:
    """Passport and visa numbers around the case, which no answer may name (S8.2)."""
    on_record = {
        record.own.get(column, "")
        for record in (*found.theirs, *found.others)
        for column in SECRET_COLUMNS
    }
    return frozenset((on_record | {case.passport_number, case.visa_number}) - {""})


def query_of(case: Case) -> Query:
    """What the case asks, as the records are asked."""
    return Query(
        document_type=case.document_type,
        family_name=case.family_name,
        given_name=case.given_name,
        middle_name=case.middle_name,
        date_of_birth=case.date_of_birth,
        document_expires_on=case.document_expires_on,
        also_known_as=tuple(case.also_known_as),
        **case.enumerators(),
    )
