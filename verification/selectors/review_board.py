"""The verifiers' supervisor: how old the queue is, what is done a day, how well looks agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from save_portal.accounts.models import User
from save_portal.calendar.federal import federal_calendar
from verification import deadlines
from verification.enums import AnswerKind
from verification.lifecycles.case import STEP_OF
from verification.models import Case, SecondReview, SecondReviewShare, VerifierAnswer
from verification.rules.answer_words import AnswerWords, Typed, words
from verification.selectors.review_queue import COUNTED, Load, capped, office_date, workload

STANDARD_PERCENT = 5
DAYS = 10
# Federal working days to the promised day: label, from, to (both included).
AGES = (
    ("over 5 over", None, -6),
    ("1-5 over", -5, -1),
    ("today", 0, 0),
    ("1-2 left", 1, 2),
    ("3-5 left", 3, 5),
    ("more", 6, None),
)
SAMPLED = 20


@dataclass(frozen=True, slots=True)
class AgeBar:
    """One bar: how many wait at each step, at most 1,000 of both together."""

    label: str
    additional: int
    g845: int
    over: bool

    @property
    def total(self) -> int:
        return self.additional + self.g845


@dataclass(frozen=True, slots=True)
class DayDone:
    day: date
    final: int
    documents: int
    interim: int
    corrections: int

    @property
    def total(self) -> int:
        return self.final + self.documents + self.interim + self.corrections


@dataclass(frozen=True, slots=True)
class Sample:
    """A second look that is done: both answers in the agency's words."""

    look: SecondReview
    first: AnswerWords
    second: AnswerWords


@dataclass(frozen=True, slots=True)
class ReviewBoard:
    """The page. Ages are those of the 1,000 requests that are due first."""

    today: date
    ages: list[AgeBar]
    counted_all: bool
    days: list[DayDone]
    loads: list[Load]
    samples: list[Sample]
    looked: int
    agreed: int
    waiting_looks: int
    share: int
    shares: list[SecondReviewShare]

    @property
    def agreement(self) -> int | None:
        """Per cent of the last 90 days' second looks, or None without any."""
        return round(100 * self.agreed / self.looked) if self.looked else None

    @property
    def waiting_looks_shown(self) -> str:
        return capped(self.waiting_looks)


def review_board(*, user: User, at: datetime) -> ReviewBoard:
    """The page's data by nine queries, whatever the length of the queue."""
    today = office_date(at)
    due = list(
        Case.objects.visible_to(user)
        .in_queue()
        .order_by("due_on", "id")
        .values_list("due_on", "status")[: COUNTED + 1]
    )
    looks = SecondReview.objects.filter(done_at__gte=at - timedelta(days=90)).aggregate(
        looked=Count("id"), agreed=Count("id", filter=Q(agrees=True))
    )
    done = (
        SecondReview.objects.filter(done_at__isnull=False)
        .select_related("answer__case", "answer__by", "by")
        .order_by("agrees", "-done_at")[:SAMPLED]
    )
    shares = list(SecondReviewShare.objects.select_related("by").order_by("-at", "-id")[:5])
    return ReviewBoard(
        today=today,
        ages=_ages(due[:COUNTED], today),
        counted_all=len(due) <= COUNTED,
        days=_days(today),
        loads=workload(user),
        samples=[_sample(look) for look in done],
        looked=looks["looked"],
        agreed=looks["agreed"],
        waiting_looks=SecondReview.objects.filter(done_at=None).order_by()[: COUNTED + 1].count(),
        share=shares[0].percent if shares else STANDARD_PERCENT,
        shares=shares,
    )


def _ages(due: list[tuple[date | None, str]], today: date) -> list[AgeBar]:
    left: dict[date, int] = {}
    counts = {label: [0, 0] for label, _, _ in AGES}
    for day, status in due:
        if day is None:
            continue
        if day not in left:
            left[day] = deadlines.working_days_left(today, day)
        label = next(
            name
            for name, low, high in AGES
            if (low is None or left[day] >= low) and (high is None or left[day] <= high)
        )
        counts[label][STEP_OF[status] == "g845"] += 1
    return [
        AgeBar(label, counts[label][0], counts[label][1], over=high is not None and high < 0)
        for label, _, high in AGES
    ]


def _days(today: date) -> list[DayDone]:
    """The last ten federal working days, the newest last. One query over an index by time."""
    calendar = federal_calendar()
    days: list[date] = []
    day = today
    while len(days) < DAYS:
        if calendar.is_working_day(day):
            days.append(day)
        day -= timedelta(days=1)
    zone = ZoneInfo(settings.TIME_ZONE)
    since = datetime.combine(days[-1], datetime.min.time(), tzinfo=zone)
    found = {
        (row["day"], row["kind"]): row["count"]
        for row in VerifierAnswer.objects.filter(at__gte=since)
        .annotate(day=TruncDate("at", tzinfo=zone))
        .values("day", "kind")
        .annotate(count=Count("id"))
        .order_by()
    }
    asked = (AnswerKind.RESUBMIT, AnswerKind.G845_RECOMMENDED)
    return [
        DayDone(
            day,
            found.get((day, AnswerKind.FINAL), 0),
            sum(found.get((day, kind), 0) for kind in asked),
            found.get((day, AnswerKind.INTERIM), 0),
            found.get((day, AnswerKind.CORRECTION), 0),
        )
        for day in reversed(days)
    ]


def _sample(look: SecondReview) -> Sample:
    return Sample(
        look,
        words(look.answer),
        words(
            Typed(
                kind=AnswerKind.FINAL,
                step=look.answer.step,
                items=tuple(look.items),
                comments=tuple(look.comments),
            )
        ),
    )
