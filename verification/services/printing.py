"""Showing a person's data, on screen and on paper: each time a disclosure event is left (S8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from verification.models import Case
from verification.selectors.case_page import photo_of
from verification.services import federal_records

if TYPE_CHECKING:
    from verification.selectors.case_page import CasePage


@transaction.atomic
def disclose_page(*, page: CasePage, by: User, at: datetime) -> None:
    """Record that the page showed what a record returned or a verifier said; else nothing."""
    fields = list(page.answer.returned or ()) if page.answer else []
    fields += [f"verifier_answer.{given.answer.pk}" for given in page.given]
    if not fields:
        return
    refs = [page.answer.person_ref] if page.answer else []
    refs += [given.answer.person_ref for given in page.given]
    _disclose(page.case, next(filter(None, refs), ""), fields, by=by, at=at)


@transaction.atomic
def photo(*, number: str, by: User, at: datetime) -> tuple[bytes, str] | None:
    """The photo that came back with the last answer and its media type, if this person may."""
    found = photo_of(user=by, number=number)
    if found is None:
        return None
    case, photo_id = found
    answer = case.initial_answers.last()
    assert answer is not None
    _disclose(case, answer.person_ref, ["photo"], by=by, at=at)
    return federal_records.photo(photo_id)


def _disclose(case: Case, person_ref: str, fields: list[str], *, by: User, at: datetime) -> None:
    audit.disclose(
        by=by,
        at=at,
        agency_id=case.agency_id,
        person_ref=person_ref or f"case:{case.number}",
        fields=fields,
        purpose=",".join(case.benefits),
        case_number=case.number,
    )
