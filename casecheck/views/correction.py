"""A record seems wrong: asking for its correction, and the paper to take along (S7.2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from casecheck import lookup, papers
from casecheck.forms.correction import CorrectionForm
from casecheck.records import followed, records_for
from casecheck.views.page import applicants, look_up_again, show
from save_portal.accounts.tenancy import system_scope
from verification.errors import WrongStatus
from verification.services import correction


@applicants("POST")
def begin(request: HttpRequest, language: str) -> HttpResponse:
    """The form; sent, the request and what becomes of it."""
    proof, sent = request.POST.get("proof", ""), "said" in request.POST
    form = CorrectionForm(request.POST if sent else None)
    context: dict[str, Any] = {"form": form, "proof": proof}
    status = 200
    with system_scope():
        case = lookup.case_of(proof)
        if case is None:
            return look_up_again(request, language)
        if sent and form.is_valid():
            try:
                correction.begin_for_applicant(
                    case_number=case.number, at=timezone.now(), **form.cleaned_data
                )
            except WrongStatus:
                context["too_many"], status = True, 409
            else:
                context |= {"recorded": True, "form": CorrectionForm()}
        elif sent:
            status = 422
        context["corrections"] = followed(case.pk)
    context |= {"case": case, "records": records_for(case.document_type)}
    return show(request, "correction", language, context, status)


@applicants("POST")
def sheet(request: HttpRequest, language: str) -> HttpResponse:
    """The paper with the case number: which record, whose it is, what to bring, where."""
    with system_scope():
        case = lookup.case_of(request.POST.get("proof", ""))
    if case is None:
        return look_up_again(request, language)
    return papers.answer(papers.sheet(case, language, at=timezone.now()), name="casecheck")
