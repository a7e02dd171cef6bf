"""Papers for the applicant in the applicant's language: sheet, letter, letter with a code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation

from casecheck.languages import BY_CODE
from casecheck.models import OneTimeCode
from casecheck.records import records_for
from casecheck.states import dates_of, has_asked, words_of
from casecheck.who_looked import FAULTS, digits_of, purpose_in_words
from casecheck.wrongful import Entry
from save_portal.documents import render_pdf
from verification import deadlines
from verification.models import Case


def sheet(case: Case, language: str, *, at: datetime) -> bytes:
    """If a record is wrong: which office corrects it, and what to bring there (S7.2)."""
    return _drawn("sheet", case, language, at, {"records": records_for(case.document_type)})


def letter(case: Case, language: str, *, at: datetime, code: OneTimeCode | None = None) -> bytes:
    """Where the case is, for who has neither e-mail nor telephone; with a code if given."""
    today = deadlines.local_date(at, case.agency.time_zone)
    with translation.override(language):
        words = words_of(case.status, agency=case.agency.name, asked=has_asked(case))
        more: dict[str, Any] = {"words": words, "dates": dates_of(case, today=today)}
    if code is not None:
        until = deadlines.local_date(code.expires_at, case.agency.time_zone)
        more |= {"code": digits_of(code), "code_until": until}
    return _drawn("letter", case, language, at, more)


def wrongful_letter(case: Case, language: str, *, at: datetime, entry: Entry) -> bytes:
    """A look that should not have been, as CaseCheck tells it to the person (S10.3)."""
    assert entry.found is not None
    with translation.override(language):
        more = {
            "reason": FAULTS[entry.found.fault],
            "who": entry.agency,
            "on": deadlines.local_date(entry.event.at, case.agency.time_zone),
            "purpose": purpose_in_words(entry.event.purpose),
            "fields": entry.fields,
        }
    return _drawn("wrongful", case, language, at, more)


def answer(content: bytes, *, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _drawn(name: str, case: Case, language: str, at: datetime, more: dict[str, Any]) -> bytes:
    context = {
        "case": case,
        "language": BY_CODE[language],
        "today": deadlines.local_date(at, case.agency.time_zone),
        "page": settings.BASE_URL + reverse("casecheck:look-up", args=[language]),
        "demo": settings.DEMO,
    }
    with translation.override(language):
        return render_pdf(f"casecheck/papers/{name}.html", context | more)
