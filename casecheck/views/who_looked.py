"""Who looked at my record: a code to the contact on file, then the list."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from casecheck import lookup, messages, who_looked
from casecheck.views.page import applicants, look_up_again, show
from save_portal import audit
from save_portal.accounts.tenancy import system_scope
from verification.models import Case


@applicants("POST")
def who(request: HttpRequest, language: str) -> HttpResponse:
    """Asks for a code, takes it, and shows who saw data of this person."""
    proof, at = request.POST.get("proof", ""), timezone.now()
    context: dict[str, Any] = {"proof": proof}
    status = 200
    with system_scope():
        case = lookup.case_of(proof)
        if case is None:
            return look_up_again(request, language)
        ways = who_looked.ways_for(case)
        if (way := request.POST.get("way", "")) in ways:
            try:
                messages.send_code(case=case, way=way, at=at)
                context["code_sent"] = True
            except who_looked.TooManyCodes:
                context["too_many"], status = True, 429
        context["ways"] = ways
    if "code" in request.POST:
        if who_looked.accept(case=case, typed=request.POST["code"][:40], at=at):
            return _list(request, language, case)
        context["wrong"], status = True, 422
    return show(request, "who_looked_code", language, context, status)


def _list(request: HttpRequest, language: str, case: Case) -> HttpResponse:
    at = timezone.now()
    with system_scope():
        page = who_looked.looks_at(case=case, at=at)
        audit.record(
            "casecheck.accounting_shown",
            by=None,
            at=at,
            subject_type="case",
            subject_id=case.number,
            agency_id=case.agency_id,
        )
    context = {"page": page, "case": case, "proof": lookup.proof_of(case)}
    return show(request, "who_looked", language, context)
