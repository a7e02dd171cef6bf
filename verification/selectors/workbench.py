"""What the agency asked and what was said so far: the case as a status verifier sees it (S3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from save_portal.accounts.models import User
from verification import deadlines, policies
from verification.lifecycles.case import IN_QUEUE, IN_REVIEW
from verification.models import (
    AdditionalRequest,
    Case,
    CaseDocument,
    InitialAnswer,
    ReviewDraft,
    SecondReview,
    VerifierAnswer,
)
from verification.selectors.case_page import typed_rows
from verification.selectors.review_queue import Load, office_date, workload
from verification.selectors.verifier_answers import CORRECTABLE, Given, given_answers


@dataclass(frozen=True, slots=True)
class Workbench:
    """The page of one case. `may_answer` only for who has it; `may_see_records` also for the
    supervisor and for who corrects an answer."""

    case: Case
    today: date
    days_left: int | None
    requests: list[AdditionalRequest]
    initial: InitialAnswer | None
    given: list[Given]
    documents: list[CaseDocument]
    draft: ReviewDraft | None
    typed: list[tuple[str, str, str]]
    colleagues: list[Load]
    may_answer: bool
    may_take: bool
    may_move: bool
    may_see_records: bool

    @property
    def request(self) -> AdditionalRequest | None:
        return self.requests[-1] if self.requests else None

    @property
    def pages(self) -> int:
        return sum(document.file.pages for document in self.documents)


def workbench(*, user: User, number: str, at: datetime) -> Workbench | None:
    """The page's data by nine queries, or None if there is no such case."""
    case = (
        Case.objects.visible_to(user)
        .select_related("agency", "reviewer", "handled_by")
        .filter(number=number)
        .first()
    )
    if case is None:
        return None
    return _page(case, user=user, at=at)


def second_look(*, user: User, look_id: int, at: datetime) -> tuple[SecondReview, Workbench] | None:
    """A second look with its case. While it lasts the looker's pages show no answer given."""
    look = (
        SecondReview.objects.select_related(
            "answer__case__agency", "answer__case__reviewer", "answer__case__handled_by"
        )
        .filter(pk=look_id, by=user, done_at=None)
        .first()
    )
    if look is None:
        return None
    return look, _page(look.answer.case, user=user, at=at)


def answer_to_correct(*, user: User, answer_id: int) -> VerifierAnswer | None:
    """The answer, if this person may correct it and nobody has."""
    answer = (
        VerifierAnswer.objects.select_related("case")
        .filter(pk=answer_id, corrected_by=None, kind__in=CORRECTABLE)
        .first()
    )
    if answer is None or not policies.can_correct(by=user, answer=answer):
        return None
    return answer


def _page(case: Case, *, user: User, at: datetime) -> Workbench:
    looks = SecondReview.objects.filter(answer__case=case, by=user, done_at=None)
    holds = case.reviewer_id == user.pk
    today = office_date(at)
    move = case.status in IN_REVIEW and policies.can_move_review(by=user, case=case)
    return Workbench(
        case=case,
        today=today,
        days_left=deadlines.working_days_left(today, case.due_on) if case.due_on else None,
        requests=list(case.additional_requests.select_related("by")),
        initial=case.initial_answers.last(),
        given=[] if looks.exists() else given_answers(case, user=user),
        documents=list(CaseDocument.objects.sent().filter(case=case).select_related("file")),
        draft=ReviewDraft.objects.filter(case=case).first() if holds else None,
        typed=typed_rows(case),
        colleagues=[load for load in workload(user) if load.user.pk != case.reviewer_id]
        if move
        else [],
        may_answer=holds and case.status in IN_REVIEW,
        may_take=case.status in IN_QUEUE and Case.objects.in_queue().filter(pk=case.pk).exists(),
        may_move=move,
        may_see_records=holds or move,
    )
