"""The queue of the status verifiers: what waits, who has what, and how old it is (S3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Min, OuterRef, QuerySet, Subquery

from save_portal.accounts.models import User
from save_portal.accounts.roles import ROLE_PERMISSIONS, Permission, Role
from save_portal.calendar.local import local_date
from save_portal.web.keyset import Page, paginate
from verification import deadlines
from verification.enums import AdditionalReason, Benefit, DocumentLanguage, Step, WaitsFor
from verification.models import (
    AdditionalRequest,
    AnswerCheck,
    Case,
    ReviewDraft,
    SecondReview,
)

SIZE = 50
COUNTED = 1000
WHOSE = {"unassigned": "Nobody yet", "mine": "Me", "all": "Everybody"}
STEPS = ((Step.ADDITIONAL.value, "Additional verification"), (Step.G845.value, "Form G-845"))
VERIFIERS = [role for role in Role if Permission.REVIEW_REQUESTS in ROLE_PERMISSIONS[role]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilters:
    """What the queue is narrowed to; the empty string means all."""

    whose: str = "unassigned"
    step: str = ""
    benefit: str = ""
    reason: str = ""
    language: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> QueueFilters:
        """From the parameters of an address; unknown values count as not given."""

        def one_of(name: str, known: list[str], standard: str = "") -> str:
            value = query.get(name, "")
            return value if value in known else standard

        return cls(
            whose=one_of("whose", list(WHOSE), "unassigned"),
            step=one_of("step", [code for code, _ in STEPS]),
            benefit=one_of("benefit", list(Benefit.values)),
            reason=one_of("reason", list(AdditionalReason.values)),
            language=one_of("language", list(DocumentLanguage.values)),
        )

    def apply(self, cases: QuerySet[Case], *, user: User) -> QuerySet[Case]:
        if self.whose == "mine":
            cases = cases.with_reviewer(user)  # type: ignore[attr-defined]
        elif self.whose == "unassigned":
            cases = cases.in_queue()  # type: ignore[attr-defined]
        else:
            # Both conditions of the index `case_waits_for_verifier`.
            cases = cases.waiting_for(WaitsFor.VERIFIER).filter(due_on__isnull=False)  # type: ignore[attr-defined]
        if self.step:
            cases = cases.at_step(self.step)  # type: ignore[attr-defined]
        if self.benefit:
            cases = cases.filter(benefits__contains=[self.benefit])
        if self.reason:
            cases = cases.asked_because(self.reason)  # type: ignore[attr-defined]
        if self.language:
            cases = cases.with_copies_in(self.language)  # type: ignore[attr-defined]
        return cases


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of the queue; `waiting_days` in federal working days."""

    case: Case
    reason: str
    waiting_since: datetime
    waiting_days: int
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Load:
    """A colleague with how many cases are with them, and the first of their dates."""

    user: User
    count: int
    first_due_on: date | None


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """The page. Counts stop at 1,000."""

    rows: list[QueueRow]
    next: str | None
    previous: str | None
    filters: QueueFilters
    waiting: int
    overdue: int
    oldest: QueueRow | None
    mine: int
    loads: list[Load]
    withdrawn: list[ReviewDraft]
    second_looks: int
    my_second_look: int | None
    to_check: list[AnswerCheck]
    today: date

    @property
    def waiting_shown(self) -> str:
        return capped(self.waiting)

    @property
    def overdue_shown(self) -> str:
        return capped(self.overdue)


def capped(count: int) -> str:
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


def review_queue(
    *, user: User, at: datetime, filters: QueueFilters, cursor: str | None
) -> ReviewQueue:
    """The page's data by eleven queries, whatever the number of waiting cases."""
    today = office_date(at)
    cases = Case.objects.visible_to(user)
    page: Page[Case] = paginate(
        as_rows(filters.apply(cases, user=user)),
        order=("due_on", "id"),
        cursor=cursor,
        size=SIZE,
    )
    queue = cases.in_queue()
    oldest = as_rows(queue).order_by("due_on", "id").first()
    looks = SecondReview.objects.filter(done_at=None)
    return ReviewQueue(
        rows=[row_of(case, today) for case in page.rows],
        next=page.next,
        previous=page.previous,
        filters=filters,
        waiting=queue.order_by()[: COUNTED + 1].count(),
        overdue=queue.filter(due_on__lt=today).order_by()[: COUNTED + 1].count(),
        oldest=row_of(oldest, today) if oldest else None,
        mine=cases.with_reviewer(user).order_by()[: COUNTED + 1].count(),
        loads=workload(user),
        withdrawn=list(
            ReviewDraft.objects.filter(by=user, case__closed_at__isnull=False)
            .select_related("case")
            .order_by("-case__closed_at")[:10]
        ),
        second_looks=looks.filter(by=None)
        .exclude(answer__by=user)
        .order_by()[: COUNTED + 1]
        .count(),
        to_check=answers_to_check(user),
        my_second_look=looks.filter(by=user).values_list("pk", flat=True).first(),
        today=today,
    )


def answers_to_check(user: User) -> list[AnswerCheck]:
    """Answers whose record was corrected since: one's own, for the supervisor everybody's."""
    checks = AnswerCheck.objects.filter(done_at=None).select_related("answer__case", "answer__by")
    if not user.can(Permission.MANAGE_QUEUE):
        checks = checks.filter(answer__by=user)
    return list(checks.order_by("at", "id")[:20])


def workload(user: User) -> list[Load]:
    """The verifiers of the office with what is with them, by name. Two queries."""
    held: dict[int, tuple[int, date | None]] = {
        row["reviewer"]: (row["count"], row["first_due_on"])
        for row in Case.objects.filter(reviewer__isnull=False)
        .values("reviewer")
        .annotate(count=Count("id"), first_due_on=Min("due_on"))
        .order_by()
    }
    colleagues = (
        User.objects.active().filter(office_id=user.office_id, role__in=VERIFIERS)
    ).order_by("full_name")
    return [Load(colleague, *held.get(colleague.pk, (0, None))) for colleague in colleagues]


def as_rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases with what a line of the queue shows, in the same query."""
    last = AdditionalRequest.objects.filter(case=OuterRef("pk")).order_by("-at", "-id")
    return cases.select_related("agency", "reviewer").annotate(
        asked_reason=Subquery(last.values("reason")[:1]),
        asked_at=Subquery(last.values("at")[:1]),
    )


def row_of(case: Case, today: date) -> QueueRow:
    """The line of a case that was read by `as_rows`."""
    reason = case.asked_reason  # type: ignore[attr-defined]
    since = case.papers_arrived_at or case.asked_at or case.last_action_at  # type: ignore[attr-defined]
    return QueueRow(
        case=case,
        reason=AdditionalReason(reason).label if reason else "",
        waiting_since=since,
        waiting_days=max(0, deadlines.working_days_left(office_date(since), today)),
        days_left=deadlines.working_days_left(today, case.due_on) if case.due_on else None,
    )


def office_date(at: datetime) -> date:
    """The day of the instant in the program's own zone."""
    return local_date(at, settings.TIME_ZONE)
