"""One case: its page, its papers, and the acts of this moment."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from save_portal.web.versions import version_of
from verification import deadlines
from verification.correction_offices import offices_for
from verification.enums import ClosureReason, PhotoAnswer, WaitsFor, Wish
from verification.errors import CaseError, InvalidSubmission
from verification.forms.closing import CloseForm
from verification.forms.initiate import DetailsForm, typed_of
from verification.immigration_documents import DOCUMENT_TYPES
from verification.lifecycles.case import CaseStatus
from verification.models import Case
from verification.rules.submission import Submission
from verification.rules.unconfirmed import offered
from verification.selectors.answer_in_words import in_words
from verification.selectors.case_page import CasePage, case_page
from verification.selectors.programs import beside_answer
from verification.services import closing, initial, printing, reading
from verification.services import duties as duty_service
from verification.views.initiate import as_query, permitted_benefits, typed_in
from verification.views.lists import around
from verification.views.papers import paper
from verification.views.refusals import attempt, refused_to_case

READERS = (Permission.VIEW_OWN_CASES, Permission.VIEW_AGENCY_CASES)


@require(*READERS)
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The answer first, then what to do with it."""
    user: Any = request.user
    now = timezone.now()
    page = page_of(request, number)
    if page.answer is not None:
        printing.disclose_page(page=page, by=user, at=now)
    reading.mark_read(case=page.case, by=user, at=now)
    context = context_of(page) | around(request, page.case)
    return render(request, "verification/case.html", context)


@require(*READERS)
@require_safe
def print_page(request: HttpRequest, number: str) -> HttpResponse:
    """The case details on paper, by the browser."""
    user: Any = request.user
    page = page_of(request, number)
    if page.answer is not None:
        printing.disclose_page(page=page, by=user, at=timezone.now())
    context = context_of(page) | {"printed_at": timezone.now(), "printed_by": user}
    if page.answer is not None and page.answer.photo_id is not None:
        context["photo"] = reverse("verification:photo", args=[page.case.number])
    return render(request, "verification/case_print.html", context)


@require(*READERS)
@require_safe
def details_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The case details as a tagged PDF, with the photo where one came back."""
    user: Any = request.user
    page = page_of(request, number)
    now = timezone.now()
    printing.disclose_page(page=page, by=user, at=now)
    context = context_of(page)
    if found := printing.photo(number=page.case.number, by=user, at=now):
        content, content_type = found
        context["photo"] = f"data:{content_type};base64,{b64encode(content).decode()}"
    return paper(request, page.case, "pdf/case_details.html", context, name="case")


@require(*READERS)
@require_safe
def photo(request: HttpRequest, number: str) -> HttpResponse:
    """The photo that came back with the last answer."""
    user: Any = request.user
    found = printing.photo(number=number, by=user, at=timezone.now())
    if found is None:
        raise Http404
    content, content_type = found
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require(*READERS)
@require_safe
def correction_sheet(request: HttpRequest, number: str) -> HttpResponse:
    """What the applicant takes home: which office corrects which record (S7.2)."""
    page = page_of(request, number)
    context = context_of(page) | {"offices": offices_for(page.case.document_type)}
    return render(request, "verification/correction_sheet.html", context)


@require(*READERS)
@require_safe
def correction_sheet_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The same as a tagged PDF, in English and in Spanish."""
    page = page_of(request, number)
    context = context_of(page) | {"offices": offices_for(page.case.document_type)}
    return paper(request, page.case, "pdf/correction_sheet.html", context, name="corrections")


@require(Permission.ACT_ON_CASE)
@require_POST
@refused_to_case
def photo_match(request: HttpRequest, number: str) -> HttpResponse:
    """Answers "Is this the person?"."""
    user: Any = request.user
    answer = request.POST.get("answer", "")
    duty_service.answer_photo(
        case_number=number,
        version=version_of(request),
        answer=answer,
        by=user,
        at=timezone.now(),
    )
    messages.success(
        request,
        {
            "yes": "Recorded: the photo shows the applicant.",
            "no": "Recorded: the photo shows another person. A status verifier must settle it.",
            "cannot_tell": "Recorded: you cannot tell. You may answer again later.",
        }[answer],
    )
    if answer == PhotoAnswer.NO:
        return redirect("verification:additional", number=number)
    return redirect("verification:case", number=number)


@require(Permission.ACT_ON_CASE)
@require_POST
@refused_to_case
def duties(request: HttpRequest, number: str) -> HttpResponse:
    """Ticks a duty toward the applicant, or takes the tick back."""
    user: Any = request.user
    value = request.POST.get("value", "")
    duty = request.POST.get("duty", "")
    if not value and "undo" not in request.POST:
        page_of(request, number)
        raise CaseError("Choose what the applicant said. Nothing was recorded.")
    duty_service.record(
        case_number=number,
        version=version_of(request),
        duty=duty,
        value=value,
        by=user,
        at=timezone.now(),
    )
    messages.success(request, "Recorded." if value else "Taken back; the duty is open again.")
    return redirect("verification:case", number=number)


@sensitive_post_parameters()
@require(Permission.ACT_ON_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def retry(request: HttpRequest, number: str) -> HttpResponse:
    """Correct what was typed and ask again; the form comes filled in (S3.1)."""
    user: Any = request.user
    page = page_of(request, number)
    case = page.case
    if case.status != CaseStatus.INITIAL_UNCONFIRMED:
        messages.error(request, "Only a case that was not confirmed can be corrected and retried.")
        return redirect("verification:case", number=case.number)
    if not page.may_act:
        raise PermissionDenied("Only the caseworkers of the case's agency can do this.")
    document = DOCUMENT_TYPES[case.document_type]
    common: dict[str, Any] = {
        "document": document,
        "benefits": permitted_benefits(user),
        "today": deadlines.local_date(timezone.now(), case.agency.time_zone),
        "further": offered(
            case.document_type, case.enumerators(), page.answer.reasons if page.answer else ()
        ),
    }
    refused: CaseError | None = None
    if request.method == "POST":
        form = DetailsForm(as_query(typed_in(request)), **common)
        if form.is_valid():
            done, refused = attempt(
                lambda: initial.retry(
                    case_number=case.number,
                    version=version_of(request),
                    by=user,
                    at=timezone.now(),
                    submission=form.submission,
                )
            )
            if refused is None:
                if done.status == CaseStatus.INITIAL_CONFIRMED:
                    messages.success(request, "SAVE confirmed it this time.")
                else:
                    messages.warning(request, "SAVE could not confirm it this time either.")
                return redirect("verification:case", number=case.number)
            if isinstance(refused, InvalidSubmission):
                form.add_field_errors(refused.field_errors)
                refused = None
    else:
        form = DetailsForm(typed=as_query(typed_of(_submission(case))), **common)
    context = context_of(page) | {
        "form": form,
        "document": document,
        "refused": refused,
        "duplicate": getattr(refused, "number", None),
        "version": request.POST.get("version", case.version),
    }
    status = 422 if form.errors else refused.status_code if refused else 200
    return render(request, "verification/case_retry.html", context, status=status)


@require(Permission.CLOSE_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Ends the case with a reason; a duty that is open is named and nothing is closed."""
    user: Any = request.user
    page = page_of(request, number)
    if not page.case.is_open:
        messages.info(request, "The case is closed already.")
        return redirect("verification:case", number=page.case.number)
    form = CloseForm(request.POST or None)
    if request.method == "GET":
        form = CloseForm(initial={"reason": _likely(page.case)})
    refused: CaseError | None = None
    if request.method == "POST" and form.is_valid():
        _, refused = attempt(
            lambda: closing.close(
                case_number=page.case.number,
                version=version_of(request),
                reason=form.cleaned_data["reason"],
                by=user,
                at=timezone.now(),
            )
        )
        if refused is None:
            messages.success(request, "The case is closed. It can still be read and printed.")
            return redirect("verification:case", number=page.case.number)
    context = context_of(page) | {
        "form": form,
        "refused": refused,
        "version": request.POST.get("version", page.case.version),
    }
    status = 422 if form.errors else refused.status_code if refused else 200
    return render(request, "verification/case_close.html", context, status=status)


def page_of(request: HttpRequest, number: str) -> CasePage:
    user: Any = request.user
    found = case_page(user=user, number=number, at=timezone.now())
    if found is None:
        raise Http404
    return found


def _likely(case: Case) -> str:
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        return str(ClosureReason.APPLICANT_DECLINED if case.wish == Wish.DECLINES else "")
    if case.waits_for == WaitsFor.VERIFIER:
        return str(ClosureReason.WITHDRAWN)
    return str(ClosureReason.COMPLETED)


def _submission(case: Case) -> Submission:
    """What the case asks, to be corrected. The original was examined when it was begun."""
    return Submission(
        document_type=case.document_type,
        family_name=case.family_name,
        given_name=case.given_name,
        middle_name=case.middle_name,
        date_of_birth=case.date_of_birth,
        also_known_as=tuple(case.also_known_as),
        document_description=case.document_description,
        document_expires_on=case.document_expires_on,
        benefits=tuple(case.benefits),
        agency_reference=case.agency_reference,
        original_examined=True,
        document_doubt=case.document_doubt,
        **case.enumerators(),
    )


def context_of(page: CasePage) -> dict[str, Any]:
    case = page.case
    flagged = {look.name for look in page.look_at if look.name}
    tally = {name: 0 for name in ("same", "near", "differs")}
    for row in page.compared:
        if row.result in tally:
            tally[row.result] += 1
    facts = (page.answer.returned or {}) if page.answer else {}
    return {
        "page": page,
        "case": case,
        "answer": page.answer,
        "words": in_words(case, page.answer),
        "program_facts": beside_answer(case, page.answer),
        "document": DOCUMENT_TYPES[case.document_type],
        "flagged": flagged,
        "tally": tally,
        "granted_on": _day(facts.get("grant_date")),
        "naturalized_on": _day(facts.get("naturalization_date")),
        "conditions_until": _day(facts.get("conditions_until")),
        "admitted_until": _day(facts.get("admitted_until")),
        "ead_end": _day(facts.get("ead_end")),
        "photo_answers": PhotoAnswer.choices,
        "wishes": Wish.choices,
        "waits_for_me": page.may_act and case.waits_for == "caseworker",
        "here": "cases",
    }


def _day(datum: dict[str, Any] | None) -> Any:
    """A returned date as a date, or its own words (such as D/S)."""
    value = (datum or {}).get("value", "")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return value
