"""Initiate case: document → its fields → check → submit (S3.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from agreements.articles import Article
from agreements.enums import AccessMode
from agreements.selectors.binding import permitted, why_nothing_may_be_asked
from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification import deadlines, policies
from verification.errors import CaseError, InvalidSubmission, NotTrained
from verification.forms.initiate import DetailsForm, DocumentForm
from verification.immigration_documents import DOCUMENT_TYPES, DocumentType
from verification.models import CaseDraft
from verification.rules.submission import NO_QUERY_RULES
from verification.services import drafts, superseding
from verification.views.refusals import attempt

NOT_TYPED = {"csrfmiddlewaretoken", "save"}
LONGEST = 500


def trained(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Leads whoever has not taken the tutorial there, before anything is typed (S5.1)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user: Any = request.user
        try:
            policies.check_trained(
                by=user, on=deadlines.local_date(timezone.now(), user.agency.time_zone)
            )
        except NotTrained as refused:
            context = {"refused": refused, "here": "initiate"}
            return render(
                request,
                "verification/initiate_untrained.html",
                context,
                status=refused.status_code,
            )
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True)
class DocumentGroup:
    title: str
    documents: list[DocumentType]


@require(Permission.INITIATE_CASE)
@trained
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Step 1. A draft begins here, so that nothing typed after it can be lost."""
    user: Any = request.user
    if sentence := _why_not(user):
        return render(
            request,
            "verification/initiate_not_permitted.html",
            {"sentence": sentence, "here": "initiate"},
            status=403,
        )
    draft = _draft(request, request.GET["draft"]) if request.GET.get("draft") else None
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["document"]
        now = timezone.now()
        if draft is None:
            draft = drafts.begin(by=user, at=now, document_type=chosen)
        else:
            drafts.keep(
                draft_id=draft.pk, by=user, at=now, data={**draft.data, "document_type": chosen}
            )
        return redirect("verification:details", draft=draft.pk)
    chosen = draft.data.get("document_type") if draft else next(iter(DOCUMENT_TYPES))
    context = {
        "form": form,
        "groups": [
            DocumentGroup(title, list(documents))
            for title, documents in groupby(DOCUMENT_TYPES.values(), lambda kind: kind.group)
        ],
        "chosen": None if form.errors else chosen,
        "draft": draft,
        "unfinished": None if draft else _unfinished(user),
        "here": "initiate",
    }
    return render(request, "verification/initiate_document.html", context, status=_status(form))


@require(Permission.INITIATE_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def no_query(request: HttpRequest, reason: str) -> HttpResponse:
    """The rule that forbids a query here; recorded when the caseworker says so (S10.1)."""
    user: Any = request.user
    if reason not in NO_QUERY_RULES:
        raise Http404
    if request.method == "POST":
        _, refused = attempt(
            lambda: drafts.record_no_query(
                by=user,
                at=timezone.now(),
                reason=reason,
                agency_reference=request.POST.get("agency_reference", ""),
            )
        )
        if refused is None:
            messages.success(request, "Recorded: no query was needed, and none was made.")
            return redirect("verification:my-work")
        messages.error(request, refused.message)
    context = {"reason": reason, "rule": NO_QUERY_RULES[reason], "here": "initiate"}
    return render(request, "verification/initiate_no_query.html", context)


@sensitive_post_parameters()
@require(Permission.INITIATE_CASE)
@trained
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Step 2. What was typed is kept before it is judged."""
    user: Any = request.user
    kept = _draft(request, str(draft))
    if kept.case is not None:
        return _already_sent(request, kept)
    document = _document(kept)
    if request.method == "POST":
        typed = typed_in(request)
        drafts.keep(
            draft_id=kept.pk,
            by=user,
            at=timezone.now(),
            data={"document_type": document.code, "typed": typed},
        )
        if "save" in request.POST:
            messages.success(request, "Saved. You find it under “Initiate case” when you return.")
            return redirect("verification:my-work")
        form = _form(user, document, data=typed)
        if form.is_valid():
            return redirect("verification:check", draft=kept.pk)
    else:
        form = _form(user, document, typed=kept.data.get("typed", {}))
    return render(
        request,
        "verification/initiate_details.html",
        {"form": form, "document": document, "draft": kept, "here": "initiate"},
        status=_status(form),
    )


@require(Permission.INITIATE_CASE)
@trained
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Step 3. Submitting twice, from two tabs or after going back gives the same case."""
    user: Any = request.user
    kept = _draft(request, str(draft))
    if kept.case is not None:
        return _already_sent(request, kept)
    document = _document(kept)
    form = _form(user, document, data=kept.data.get("typed", {}))
    if not form.is_valid():
        messages.warning(request, "Something is still missing. Nothing was sent or charged.")
        return redirect("verification:details", draft=kept.pk)
    refused: CaseError | None = None
    if request.method == "POST":
        case, refused = attempt(
            lambda: superseding.submit(
                by=user, at=timezone.now(), submission=form.submission, draft_id=kept.pk
            )
        )
        if refused is None:
            return redirect("verification:case", number=case.number)
        if isinstance(refused, InvalidSubmission):
            return redirect("verification:details", draft=kept.pk)
    return render(
        request,
        "verification/initiate_check.html",
        {
            "form": form,
            "document": document,
            "draft": kept,
            "refused": refused,
            "duplicate": getattr(refused, "number", None),
            "here": "initiate",
        },
        status=refused.status_code if refused else 200,
    )


@require(Permission.INITIATE_CASE)
@require_POST
def discard(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Throws a draft away."""
    user: Any = request.user
    drafts.discard(draft_id=draft, by=user, at=timezone.now())
    messages.success(request, "The draft is gone. Nothing was sent or charged.")
    return redirect("verification:initiate")


def permitted_benefits(user: Any) -> tuple[str, ...]:
    """What the agency's agreement lets this person ask about today (S5.1)."""
    today = deadlines.local_date(timezone.now(), user.agency.time_zone)
    found = permitted(agency=user.agency, on=today)
    return found.benefits if found else ()


def _why_not(user: Any) -> str:
    """Why this person can begin no case in the browser today; empty where one can (S5.1)."""
    today = deadlines.local_date(timezone.now(), user.agency.time_zone)
    found = permitted(agency=user.agency, on=today)
    if found is None or not found.benefits or not user.agency.is_active:
        return why_nothing_may_be_asked(agency=user.agency, on=today)
    if not found.allows(AccessMode.BROWSER):
        return (
            f"{Article.SCOPE} of your agreement with SAVE does not permit beginning cases in the "
            f"browser. It permits: {found.modes_in_words}."
        )
    return ""


def _form(user: Any, document: DocumentType, *, data: Any = None, typed: Any = None) -> DetailsForm:
    return DetailsForm(
        as_query(data) if data is not None else None,
        document=document,
        benefits=permitted_benefits(user),
        typed=as_query(typed) if typed is not None else None,
        today=deadlines.local_date(timezone.now(), user.agency.time_zone),
    )


def as_query(typed: dict[str, list[str]]) -> Any:
    query = QueryDict(mutable=True)
    for name, values in typed.items():
        query.setlist(name, values)
    return query


def typed_in(request: HttpRequest) -> dict[str, list[str]]:
    return {
        name: [value[:LONGEST] for value in values]
        for name, values in request.POST.lists()
        if name not in NOT_TYPED
    }


def _draft(request: HttpRequest, draft: str) -> CaseDraft:
    user: Any = request.user
    try:
        key = UUID(draft)
    except ValueError:
        raise Http404 from None
    found = CaseDraft.objects.select_related("case", "supersedes").filter(pk=key, user=user).first()
    if found is None:
        raise Http404
    return found


def _unfinished(user: Any) -> CaseDraft | None:
    return (
        CaseDraft.objects.filter(user=user, case=None, data__has_key="typed")
        .order_by("-updated_at")
        .first()
    )


def _document(draft: CaseDraft) -> DocumentType:
    document = DOCUMENT_TYPES.get(draft.data.get("document_type", ""))
    if document is None:
        raise Http404
    return document


def _already_sent(request: HttpRequest, draft: CaseDraft) -> HttpResponse:
    assert draft.case is not None
    messages.info(request, "This was sent already. Here is its case; nothing was charged again.")
    return redirect("verification:case", number=draft.case.number)


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200
