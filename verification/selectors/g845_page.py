"""What the page of a case's Form G-845 and its papers show, by a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from save_portal.accounts.models import User
from verification import deadlines, policies
from verification import g845_form as items
from verification.enums import AnswerKind, ChargeKind, FormWay, SupplementQuestion
from verification.errors import CaseError
from verification.g845_answers import COMMENTS, ITEMS, SEND_AGAIN
from verification.g845_form import FilledForm, filled_form
from verification.lifecycles.case import CaseStatus
from verification.models import (
    AdditionalRequest,
    Case,
    CaseDocument,
    G845Form,
    G845Mailing,
    VerifierAnswer,
)
from verification.rules import g845 as rules

AT_THE_FORM = (
    CaseStatus.G845_RECOMMENDED,
    CaseStatus.G845_MAILED,
    CaseStatus.G845_IN_REVIEW,
    CaseStatus.G845_ANSWERED,
)


@dataclass(frozen=True, slots=True)
class G845Page:
    """The form of a case: what it says, what to send with it, and how far it is.

    `asked` is the verifier's answer that sent the case here, if one did; `refusal` says why the
    agency may not ask for a form itself, `charge` what asking would cost.
    """

    case: Case
    form: G845Form | None
    request: AdditionalRequest | None
    filled: FilledForm
    asked: VerifierAnswer | None
    send_again: list[tuple[str, str]]
    mailings: list[G845Mailing]
    copies: list[CaseDocument]
    sent: list[CaseDocument]
    enclose: list[str]
    mail_to: list[str]
    today: date
    days_left: int | None
    why_due: str
    may_act: bool
    refusal: CaseError | None
    charge: ChargeKind | None

    @property
    def last(self) -> G845Mailing | None:
        return self.mailings[-1] if self.mailings else None

    @property
    def may_print(self) -> bool:
        """Whether there is a form to print: now, or one that is on its way."""
        return self.case.status in AT_THE_FORM

    @property
    def waits_for_mailing(self) -> bool:
        return bool(self.case.status == CaseStatus.G845_RECOMMENDED)

    @property
    def is_under_way(self) -> bool:
        return self.case.status in (CaseStatus.G845_MAILED, CaseStatus.G845_IN_REVIEW)

    @property
    def not_arrived(self) -> bool:
        under_way = self.case.status == CaseStatus.G845_MAILED
        return bool(under_way and self.case.papers_arrived_at is None)

    @property
    def is_overdue(self) -> bool:
        """Whether the 20 days are over, so that the toll-free number helps (S3.10)."""
        due = self.case.due_on
        return bool(self.is_under_way and due is not None and due < self.today)

    @property
    def needs_paper(self) -> bool:
        """Whether only paper will do: the original of a signed consent."""
        return self.asked is not None and "consent_needed" in self.asked.send_again

    @property
    def by_post(self) -> bool:
        return self.last is not None and self.last.way != FormWay.COPIES


def g845_page(*, user: User, number: str, at: datetime) -> G845Page | None:
    """The form's page if this person may see the case, else None.

    Eight queries: the case with its people and form, its last request, its last initial answer,
    its last answer by a verifier, its mailings, copies and charges, and the calendar's closures
    if they are not at hand.
    """
    case = (
        Case.objects.visible_to(user)
        .select_related("agency", "agency__acts_for", "handled_by", "g845_form")
        .filter(number=number)
        .first()
    )
    if case is None:
        return None
    request = case.additional_requests.last()
    form: G845Form | None = getattr(case, "g845_form", None)
    initial = case.initial_answers.last()
    answer = case.verifier_answers.exclude(kind=AnswerKind.CORRECTION).last()
    asks = answer is not None and answer.kind in (
        AnswerKind.RESUBMIT,
        AnswerKind.G845_RECOMMENDED,
    )
    asked = answer if asks and case.status == CaseStatus.G845_RECOMMENDED else None
    documents = list(_documents(case))
    charged = [event.kind for event in case.charges.all()]
    today = deadlines.local_date(at, case.agency.time_zone)
    due = deadlines.promised(case)
    again = asked.send_again if asked else []
    return G845Page(
        case=case,
        form=form,
        request=request,
        filled=filled_form(case, form or request, completed_on=today),
        asked=asked,
        send_again=[SEND_AGAIN[code] for code in SEND_AGAIN if code in again],
        mailings=list(case.g845_mailings.select_related("by")),
        copies=[document for document in documents if document.sent_at is None],
        sent=[document for document in documents if document.sent_at is not None],
        enclose=rules.copies_to_enclose(
            case.document_type, send_again=again, supplement=form.supplement if form else ()
        ),
        mail_to=list(settings.G845_MAIL_TO),
        today=today,
        days_left=deadlines.working_days_left(today, due.on) if due else None,
        why_due=due.in_words() if due else "",
        may_act=case.is_open and policies.can_make("mail_g845", by=user, case=case),
        refusal=rules.refusal_to_ask(case, reasons=initial.reasons if initial else ()),
        charge=rules.charge_for_asking(charged),
    )


def form_context(page: G845Page) -> dict[str, Any]:
    """What the form's PDF is drawn from."""
    asked = {question for question in page.form.supplement} if page.form else set()
    return {
        "page": page,
        "case": page.case,
        "filled": page.filled,
        "edition": items.EDITION,
        "answers": ITEMS.values(),
        "comments": COMMENTS.values(),
        "supplement_answers": items.SUPPLEMENT_ANSWERS,
        "entrant_answers": items.ENTRANT_ANSWERS,
        "entrant": bool(asked & {SupplementQuestion.CUBAN_HAITIAN, SupplementQuestion.STATUS_1996}),
    }


def recent_arrivals(*, user: User, limit: int = 20) -> list[G845Mailing]:
    """The forms that this person took in last, newest first. One query."""
    return list(
        G845Mailing.objects.filter(arrived_by=user)
        .select_related("case", "case__agency")
        .order_by("-arrived_at", "-id")[:limit]
    )


def _documents(case: Case) -> QuerySet[CaseDocument]:
    return case.documents.select_related("file", "by")
