"""The status verifiers' pages: the queue, the workbench, the acts on both (S3.8–S3.10)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from save_portal.web.versions import version_of
from verification import case_number
from verification.enums import AdditionalReason, AnswerKind, Benefit, DocumentLanguage, Step
from verification.errors import CaseError, InvalidSubmission
from verification.forms.review import ReviewForm, as_query, form_with, initial_of, typed_of
from verification.g845_answers import COMMENTS, SEARCHING
from verification.immigration_documents import DOCUMENT_TYPES
from verification.models import Case, SecondReview, VerifierAnswer
from verification.rules.answer_words import AnswerWords, Typed, words
from verification.rules.review import readable_items
from verification.selectors.review_queue import STEPS, WHOSE, QueueFilters, review_queue
from verification.selectors.workbench import Workbench, answer_to_correct, second_look, workbench
from verification.services import review, second_review, side_by_side
from verification.views.refusals import attempt

VERIFIERS = (Permission.REVIEW_REQUESTS, Permission.MANAGE_QUEUE)
GIVEN = {
    AnswerKind.FINAL: "Given. The agency was told that there is an answer to read.",
    AnswerKind.INTERIM: "Given. The case stays with you, with a new date; the agency was told.",
    AnswerKind.RESUBMIT: "Asked for. The agency was told what exactly to send.",
    AnswerKind.G845_RECOMMENDED: "Recommended. The agency was told to send a Form G-845.",
    AnswerKind.CORRECTION: "Corrected. The agency was told to read the corrected answer.",
}


@require(*VERIFIERS)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, due first; what is mine; who has how much."""
    user: Any = request.user
    page = review_queue(
        user=user,
        at=timezone.now(),
        filters=QueueFilters.read(request.GET.dict()),
        cursor=request.GET.get("cursor"),
    )
    context = {
        "page": page,
        "whose": list(WHOSE.items()),
        "steps": STEPS,
        "benefits": Benefit.choices,
        "reasons": AdditionalReason.choices,
        "languages": DocumentLanguage.choices,
        "here": "mine" if page.filters.whose == "mine" else "queue",
    }
    return render(request, "verification/review_queue.html", context)


@require(*VERIFIERS)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """A case by its number, as read out by a caseworker or off a form's bar code."""
    number = case_number.canonical(request.GET.get("q", ""))
    if case_number.is_case_number(number) and Case.objects.filter(number=number).exists():
        return redirect("verification:workbench", number=number)
    messages.error(request, "There is no case with this number. Compare each character.")
    return redirect("verification:review-queue")


@require(Permission.REVIEW_REQUESTS)
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Takes what is due first of what the list is narrowed to."""
    user: Any = request.user
    filters = QueueFilters.read(request.POST.dict())
    case, refused = attempt(
        lambda: review.take_next(
            by=user,
            at=timezone.now(),
            step=filters.step,
            benefit=filters.benefit,
            reason=filters.reason,
            language=filters.language,
        )
    )
    if refused is not None:
        return _refused(request, refused, "verification:review-queue")
    if case is None:
        messages.info(request, "Nothing waits to be taken just now.")
        return redirect("verification:review-queue")
    return redirect("verification:workbench", number=case.number)


@require(Permission.REVIEW_REQUESTS)
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    user: Any = request.user
    _, refused = attempt(lambda: review.take(case_number=number, by=user, at=timezone.now()))
    if refused is not None:
        return _refused(request, refused, "verification:review-queue")
    return redirect("verification:workbench", number=number)


@require(*VERIFIERS)
@require_POST
def release(request: HttpRequest, number: str) -> HttpResponse:
    user: Any = request.user
    case, refused = attempt(
        lambda: review.release(
            case_number=number,
            version=version_of(request),
            by=user,
            at=timezone.now(),
        )
    )
    if refused is not None:
        return _refused(request, refused, "verification:workbench", number=number)
    messages.success(request, f"Case {case.number} is back in the queue, with its draft.")
    return redirect("verification:review-queue")


@require(*VERIFIERS)
@require_POST
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    user: Any = request.user
    chosen = request.POST.get("to", "")
    if not chosen.isdigit():
        messages.error(request, "Choose a colleague to hand the case to.")
        return redirect("verification:workbench", number=number)
    to = get_object_or_404(User.objects.filter(office_id=user.office_id), pk=int(chosen))
    _, refused = attempt(
        lambda: review.hand_over(
            case_number=number,
            version=version_of(request),
            to=to,
            by=user,
            at=timezone.now(),
        )
    )
    if refused is not None:
        return _refused(request, refused, "verification:workbench", number=number)
    messages.success(request, f"{to.full_name} has the case now, with your draft.")
    return redirect("verification:review-queue")


@require(Permission.REVIEW_REQUESTS)
@require_POST
def withdrawn_read(request: HttpRequest, draft_id: int) -> HttpResponse:
    user: Any = request.user
    review.forget_withdrawn(draft_id=draft_id, by=user, at=timezone.now())
    return redirect("verification:review-queue")


@sensitive_post_parameters()
@require(*VERIFIERS)
@require_http_methods(["GET", "HEAD", "POST"])
def bench(request: HttpRequest, number: str) -> HttpResponse:
    """Request, copies and records, and below them the answer."""
    page = _page(request, number)
    if request.method != "POST":
        return _render(request, page, form_with(page.draft.data if page.draft else {}))
    form = ReviewForm(request.POST)
    act = request.POST.get("act", "")
    if act == "draft":
        _, refused = _keep_draft(request, page)
        if refused is None:
            messages.success(request, "The draft is saved.")
            return redirect("verification:workbench", number=page.case.number)
    else:
        given, refused = _give(request, page, form, act)
        if refused is None:
            messages.success(request, GIVEN[AnswerKind(given.kind)])
            if given.kind == AnswerKind.INTERIM:
                return redirect("verification:workbench", number=page.case.number)
            return redirect("verification:review-queue")
    return _render(request, _page(request, number), form, refused=refused)


@sensitive_post_parameters()
@require(Permission.REVIEW_REQUESTS)
@require_POST
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """Keeps what is typed so far, and gives the preview anew."""
    page = _page(request, number)
    kept, refused = _keep_draft(request, page)
    context = {
        "preview": _preview(page, ReviewForm(request.POST)),
        "saved_at": kept.updated_at if kept else None,
        "refused": refused,
    }
    return render(
        request,
        "verification/parts/preview.html",
        context,
        status=refused.status_code if refused else 200,
    )


@sensitive_post_parameters()
@require(Permission.REVIEW_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, answer_id: int) -> HttpResponse:
    """A further answer that refers to the wrong one; the wrong one stays as it was."""
    user: Any = request.user
    wrong = answer_to_correct(user=user, answer_id=answer_id)
    if wrong is None:
        raise Http404
    page = _page(request, wrong.case.number)
    if request.method != "POST":
        return _render(request, page, form_with(initial_of(wrong)), wrong=wrong)
    form = ReviewForm(request.POST)
    _, refused = attempt(
        lambda: review.correct_answer(
            answer_id=answer_id, given=form.given(), by=user, at=timezone.now()
        )
    )
    if refused is None:
        messages.success(request, GIVEN[AnswerKind.CORRECTION])
        return redirect("verification:workbench", number=page.case.number)
    return _render(request, page, form, refused=refused, wrong=wrong)


@require(Permission.REVIEW_REQUESTS)
@require_POST
def still_holds(request: HttpRequest, answer_id: int) -> HttpResponse:
    """The answer was compared with the corrected record, and is right."""
    user: Any = request.user
    answer, refused = attempt(
        lambda: review.still_holds(answer_id=answer_id, by=user, at=timezone.now())
    )
    if refused is not None:
        return _refused(request, refused, "verification:review-queue")
    messages.success(request, "Kept: the answer still holds. The agency is not disturbed.")
    return redirect("verification:workbench", number=answer.case.number)


@require(Permission.REVIEW_REQUESTS)
@require_POST
def take_second_look(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    look = second_review.take_next(by=user, at=timezone.now())
    if look is None:
        messages.info(request, "No answer of a colleague waits for a second look.")
        return redirect("verification:review-queue")
    return redirect("verification:second-look", look_id=look.pk)


@sensitive_post_parameters()
@require(Permission.REVIEW_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, look_id: int) -> HttpResponse:
    """The same case again, without the answer that was given."""
    user: Any = request.user
    found = second_look(user=user, look_id=look_id, at=timezone.now())
    if found is None:
        raise Http404
    chosen, page = found
    if request.method != "POST":
        return _render(request, page, form_with({}), look=chosen)
    if request.POST.get("act") == "give_back":
        second_review.give_back(look_id=look_id, by=user, at=timezone.now())
        messages.success(request, "Given back. Somebody else looks instead.")
        return redirect("verification:review-queue")
    form = ReviewForm(request.POST)
    done, refused = attempt(
        lambda: second_review.conclude(
            look_id=look_id, given=form.given(), by=user, at=timezone.now()
        )
    )
    if refused is None:
        messages.success(
            request,
            "Kept. Your answer agrees with the one given."
            if done.agrees
            else "Kept. Your answer differs; the supervisor looks at both.",
        )
        return redirect("verification:review-queue")
    return _render(request, page, form, refused=refused, look=chosen)


def _page(request: HttpRequest, number: str) -> Workbench:
    user: Any = request.user
    page = workbench(user=user, number=number, at=timezone.now())
    if page is None:
        raise Http404
    return page


def _refused(request: HttpRequest, refused: CaseError, where: str, **at: Any) -> HttpResponse:
    if refused.status_code == 404:
        raise Http404
    messages.error(request, refused.message)
    return redirect(reverse(where, kwargs=at))


def _keep_draft(request: HttpRequest, page: Workbench) -> tuple[Any, CaseError | None]:
    user: Any = request.user
    return attempt(
        lambda: review.save_draft(
            case_number=page.case.number,
            data=typed_of(request.POST),
            by=user,
            at=timezone.now(),
        )
    )


def _give(
    request: HttpRequest, page: Workbench, form: ReviewForm, act: str
) -> tuple[Any, CaseError | None]:
    """Gives what was typed; a refusal keeps it as a draft, so that nothing typed is lost."""
    user: Any = request.user
    given = form.given()
    common: dict[str, Any] = {
        "case_number": page.case.number,
        "version": version_of(request),
        "given": given,
        "by": user,
        "at": timezone.now(),
    }
    service = {
        AnswerKind.FINAL: review.answer,
        AnswerKind.INTERIM: review.interim_answer,
        AnswerKind.RESUBMIT: review.ask_for_documents,
        AnswerKind.G845_RECOMMENDED: review.ask_for_documents,
    }[_kind(page.case, form, act)]
    kept, refused = attempt(lambda: service(**common))
    if refused is not None:
        _keep_draft(request, page)
    return kept, refused


def _kind(case: Case, form: ReviewForm, act: str) -> AnswerKind:
    """What giving it now would be: item 19 alone is interim, documents are asked for by name."""
    if act == "documents":
        at_form = case.step == Step.G845
        return AnswerKind.RESUBMIT if at_form else AnswerKind.G845_RECOMMENDED
    ticked = [str(value) for value in form["items"].value() or ()]
    return AnswerKind.INTERIM if ticked == [str(SEARCHING)] else AnswerKind.FINAL


def _preview(page: Workbench, form: ReviewForm, *, correcting: bool = False) -> AnswerWords | None:
    """What the agency would read of what is typed so far; None while nothing is."""
    typed = form if form.is_bound else ReviewForm(as_query(form.initial))
    given = typed.given()
    if not (given.items or given.comments or given.comment or given.send_again):
        return None
    kind = _kind(page.case, typed, "documents" if given.send_again else "")
    return words(
        Typed(
            kind=AnswerKind.CORRECTION if correcting else kind,
            step=page.case.step,
            items=readable_items(given, today=page.today),
            comments=given.comments,
            comment=" ".join(given.comment.split()),
            send_again=given.send_again,
            correction_note=" ".join(given.correction_note.split()),
        )
    )


def _render(
    request: HttpRequest,
    page: Workbench,
    form: ReviewForm,
    *,
    refused: CaseError | None = None,
    wrong: VerifierAnswer | None = None,
    look: SecondReview | None = None,
) -> HttpResponse:
    """The workbench to answer, to correct, to look a second time, or only to read."""
    user: Any = request.user
    if isinstance(refused, InvalidSubmission):
        form.add_field_errors(refused.field_errors)
        refused = None
    sees = page.may_see_records or wrong is not None or look is not None
    table = side_by_side.show(case=page.case, by=user, at=timezone.now()) if sees else None
    case = page.case
    context = {
        "page": page,
        "case": case,
        "document": DOCUMENT_TYPES[case.document_type],
        "form": form,
        "refused": refused,
        "table": table,
        "wrong": wrong,
        "look": look,
        "answering": page.may_answer or wrong is not None or look is not None,
        "preview": _preview(page, form, correcting=wrong is not None),
        "saved_at": page.draft.updated_at if page.draft and page.draft.data else None,
        "comments": list(COMMENTS.values()),
        "version": request.POST.get("version", case.version),
        "here": "mine" if page.may_answer else "queue",
    }
    bad = bool(form.is_bound and form.errors)
    status = 422 if bad else refused.status_code if refused else 200
    return render(request, "verification/workbench.html", context, status=status)
