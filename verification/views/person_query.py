"""The person-centric query of the verifiers (S3.8). What is asked is never part of an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification import case_number
from verification.errors import CaseError, InvalidSubmission
from verification.forms.person_query import PersonQueryForm, typed_of_case
from verification.models import Case
from verification.services import person_query
from verification.services.person_found import as_found, system_choices
from verification.views.refusals import attempt


@sensitive_post_parameters()
@require(Permission.REVIEW_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """One question to all record systems; a case names itself by its number."""
    user: Any = request.user
    now = timezone.now()
    case = _case(request)
    systems = system_choices()
    found, refused = None, None
    if request.method == "POST":
        form = PersonQueryForm(request.POST, systems=systems)
        if form.is_valid():
            result, refused = attempt(
                lambda: person_query.run(
                    by=user,
                    at=now,
                    query=person_query.question(**form.question()),
                    purpose=form.cleaned_data["purpose"],
                    case=case,
                )
            )
            if isinstance(refused, InvalidSubmission):
                form.add_field_errors(refused.field_errors)
                refused = None
            elif refused is None:
                found = as_found(result, today=now.date())
    else:
        initial = typed_of_case(case) | {"purpose": f"Case {case.number}"} if case else None
        form = PersonQueryForm(initial=initial, systems=systems)
    context = {
        "form": form,
        "case": case,
        "found": found,
        "refused": refused,
        "here": "person-query",
    }
    status = _status(form, refused)
    return render(request, "verification/person_query.html", context, status=status)


def _status(form: PersonQueryForm, refused: CaseError | None) -> int:
    if form.is_bound and form.errors:
        return 422
    return refused.status_code if refused else 200


def _case(request: HttpRequest) -> Case | None:
    """The case that the query is for, if its number is given and it exists."""
    number = case_number.canonical(request.POST.get("case") or request.GET.get("case") or "")
    if not case_number.is_case_number(number):
        return None
    return Case.objects.filter(number=number).first()
