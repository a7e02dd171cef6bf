"""Whether a case was begun under a computer matching agreement, and when its time began (S5)."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef

from agreements.enums import Kind
from agreements.models import Agreement
from agreements.selectors.binding import party_scope
from verification import deadlines
from verification.models import Case

# Asked behind every case that is not confirmed, therefore in plain SQL.
_FOUND = """
    SELECT 1 FROM agreements_agreement WHERE agency_id = %s AND kind = %s AND term @> %s LIMIT 1
"""


def begun_under_matching() -> Exists:
    """For the query of a case, as `is_matching`: without a query of its own."""
    return Exists(
        Agreement.objects.filter(
            agency_id=OuterRef("agency_id"),
            kind=Kind.CMA,
            term__contains=OuterRef("created_at__date"),
        )
    )


def is_matching(case: Case) -> bool:
    """Of a case that was read with `begun_under_matching`.

    No query; for a contractor's case those of `found_matching`.
    """
    if case.agency.acts_for_id is not None:
        return found_matching(case)
    return bool(case.is_matching)  # type: ignore[attr-defined]


def found_matching(case: Case) -> bool:
    """The same by a query; for a contractor of the agreement it works under (S1.2)."""
    day = deadlines.local_date(case.created_at, case.agency.time_zone)
    with party_scope(case.agency), connection.cursor() as cursor:
        cursor.execute(_FOUND, [case.agency.acts_for_id or case.agency_id, str(Kind.CMA), day])
        return cursor.fetchone() is not None


def told_on(case: Case) -> date | None:
    """The day on which the applicant was told that SAVE did not confirm, where it is recorded."""
    if case.told_applicant_at is None:
        return None
    return deadlines.local_date(case.told_applicant_at, case.agency.time_zone)
