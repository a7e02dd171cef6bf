"""The person-centric query of a status verifier (S3.8): who may ask, and what it leaves behind.

`run` checks the person and the question, asks all systems read-only, and writes one event for the
question and one disclosure for each person shown. Its result is that of `records.pcqs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from verification import immigration_documents, policies
from verification.errors import InvalidSubmission
from verification.models import Case
from verification.records import pcqs
from verification.records.pcqs import PersonQuery, PersonQueryResult
from verification.records.systems import SYSTEMS, Viewer
from verification.rules.submission import clean_name

NUMBERS = (*pcqs.KINDS, "passport_number", "passport_country")


def question(
    *,
    family_name: str = "",
    given_name: str = "",
    date_of_birth: date | None = None,
    systems: frozenset[str] = frozenset(),
    **numbers: str,
) -> PersonQuery:
    """The question in canonical form, or `InvalidSubmission` with a sentence a field.

    `numbers` are the fields of `NUMBERS`, as typed.
    """
    errors: dict[str, str] = {}
    typed = {"family_name": family_name, "given_name": given_name}
    names = _canonical(typed, lambda _, raw: clean_name(raw), errors)
    numbers = {name: numbers.get(name, "") for name in NUMBERS}
    canonical = _canonical(numbers, immigration_documents.normalize, errors)
    if unknown := systems - SYSTEMS.keys():
        errors["systems"] = f"There is no record system {', '.join(sorted(unknown))}."
    for field, sentence in _missing(names, canonical, date_of_birth):
        errors.setdefault(field, sentence)
    if errors:
        raise InvalidSubmission(errors)
    return PersonQuery(date_of_birth=date_of_birth, systems=systems, **names, **canonical)


def _canonical(
    typed: dict[str, str], normalize: Callable[[str, str], str], errors: dict[str, str]
) -> dict[str, str]:
    """What was typed in canonical form; what cannot be goes into `errors`."""
    found = {}
    for name, raw in typed.items():
        if raw.strip():
            try:
                found[name] = normalize(name, raw)
            except ValueError as error:
                errors[name] = str(error)
    return found


def _missing(
    names: dict[str, str], numbers: dict[str, str], born: date | None
) -> Iterator[tuple[str, str]]:
    """What has to be added before the question is one about a person."""
    if ("passport_number" in numbers) != ("passport_country" in numbers):
        field = "passport_country" if "passport_number" in numbers else "passport_number"
        yield field, "A passport number counts together with its country: give both."
    if names and born is None:
        yield "date_of_birth", "Add the date of birth: a name alone leads to too many people."
    elif not numbers and "family_name" not in names:
        if born or names:
            yield "family_name", "Add the family name: the rest alone leads to too many people."
        else:
            yield "a_number", "Type a number, or a name with its date of birth."


@transaction.atomic
def run(
    *, by: User, at: datetime, query: PersonQuery, purpose: str, case: Case | None = None
) -> PersonQueryResult:
    """Ask all systems about one person.

    Raises `NotPermitted` for who is no verifier, and `InvalidSubmission` without a purpose.
    Protected records (8 CFR 208.6, 8 U.S.C. 1367) take part only for who is cleared for them.
    """
    policies.check_reviews(by=by)
    purpose = " ".join(purpose.split())
    if not purpose:
        raise InvalidSubmission({"purpose": "Say what the query is for: every query is kept."})
    cleared = by.can(Permission.VIEW_PROTECTED_RECORDS)
    result = pcqs.ask(query, viewer=Viewer.CLEARED if cleared else Viewer.VERIFIER)
    number = case.number if case is not None else ""
    audit.record(
        "person_query.asked",
        by=by,
        at=at,
        subject_type="case" if case is not None else "person_query",
        subject_id=number or by.pk,
        data={"by": sorted(query.keys), "people": len(result.people), "purpose": purpose[:80]},
    )
    for person_ref, fields in _shown(result) or [("", [])]:
        audit.disclose(
            by=by,
            at=at,
            agency_id=None,
            person_ref=person_ref,
            fields=fields,
            purpose=f"person query: {purpose}"[:80],
            case_number=number,
        )
    return result


def _shown(result: PersonQueryResult) -> list[tuple[str, list[str]]]:
    """Each person shown, with the names of the fields."""
    return [
        (
            person.ref,
            sorted({f"{entry.system}.{name}" for entry in person.entries for name in entry.values}),
        )
        for person in result.people
    ]
