"""A case as its applicant finds it: a number of it or of the document, and a birth date (S7.1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q

from verification import case_number, immigration_documents
from verification.lifecycles.case import OPEN, CaseStatus
from verification.models import Case

SHOWN_AFTER_CLOSING = timedelta(days=60)
# A passport's number is not asked for here: several countries may give the same one.
DOCUMENT_NUMBERS = (
    "a_number",
    "i94_number",
    "sevis_id",
    "card_number",
    "naturalization_certificate",
    "citizenship_certificate",
)


def case_for_applicant(*, number: str, date_of_birth: date, at: datetime) -> Case | None:
    """The newest case that fits both, open or closed not long ago. One query, in any event.

    A wrong date, a number that nobody has and a case closed long ago are the same None, found by
    the same index lookups.
    """
    closed_since = Q(status=CaseStatus.CLOSED, closed_at__gte=at - SHOWN_AFTER_CLOSING)
    return (
        Case.objects.filter(_by_number(number), date_of_birth=date_of_birth)
        .filter(Q(status__in=OPEN) | closed_since)
        .select_related("agency")
        .order_by("-created_at", "-id")
        .first()
    )


def _by_number(raw: str) -> Q:
    """Every way to read what was typed; at least one, so that each look-up costs the same."""
    found = Q(number=case_number.canonical(raw)[:15])
    for name in DOCUMENT_NUMBERS:
        try:
            value = immigration_documents.normalize(name, raw)
        except ValueError:
            continue
        found |= Q(**{name: value}) & ~Q(**{name: ""})
    return found
