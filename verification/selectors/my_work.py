"""My work: what waits for this person, each case once, at its most urgent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet

from save_portal.accounts.models import User
from save_portal.calendar.federal import federal_calendar
from verification import deadlines
from verification.lifecycles.case import (
    WAITS_FOR_CASEWORKER,
    WAITS_FOR_VERIFIER,
    CaseStatus,
)
from verification.models import Case, CaseDraft
from verification.selectors.filters import CaseFilters
from verification.selectors.rows import CaseRow, row_of, with_last_answer

SHOWN = 25
COUNTED = 1000
SOON = 3
AGES = (("0-2", 0, 2), ("3-5", 3, 5), ("6-10", 6, 10), ("11-20", 11, 20), ("over 20", 21, 9999))


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the page. `count` stops at 1,000; `more` says that not all rows are shown."""

    key: str
    title: str
    label: str
    rows: list[CaseRow]
    count: int

    @property
    def more(self) -> bool:
        return self.count > len(self.rows)

    @property
    def count_shown(self) -> str:
        return f"{COUNTED:,}+" if self.count > COUNTED else f"{self.count:,}"


@dataclass(frozen=True, slots=True)
class MyWork:
    """The page: sections in order of urgency, ages for the chart, drafts, what closes unused.

    `ages` holds (label, waits for me, waits for SAVE) a bar, in federal working days.
    """

    sections: list[Section]
    ages: list[tuple[str, int, int]]
    drafts: list[CaseDraft]
    closing_count: int
    closing_first: date | None
    filters: CaseFilters
    waiting_for_me: int = 0
    waiting_for_save: int = 0
    today: date = field(default_factory=date.today)


def my_work(*, user: User, at: datetime, filters: CaseFilters) -> MyWork:
    """The page's data by a fixed number of queries, whatever the number of cases."""
    zone = user.agency.time_zone if user.agency else "America/New_York"
    today = deadlines.local_date(at, zone)
    soon = federal_calendar().add_working_days(today, SOON)
    cases = filters.apply(_cases_of(user, filters), user=user)
    mine = Q(status__in=WAITS_FOR_CASEWORKER)
    answered = Q(
        status__in=[
            CaseStatus.INITIAL_CONFIRMED,
            CaseStatus.ADDITIONAL_ANSWERED,
            CaseStatus.G845_ANSWERED,
        ]
    )
    sections = [
        _section("over", "Overdue", "overdue", cases.filter(mine, due_on__lt=today), today),
        _section(
            "soon",
            f"Due within {SOON} working days",
            f"due within {SOON} working days",
            cases.filter(mine, due_on__gte=today, due_on__lte=soon),
            today,
        ),
        _section(
            "read",
            "Answers to read",
            "answers to read",
            cases.filter(answered, due_on__gt=soon),
            today,
        ),
        _section(
            "next",
            "Prompts not yet followed",
            "prompts not yet followed",
            cases.filter(mine, due_on__gt=soon).exclude(answered),
            today,
        ),
        _section(
            "save",
            "Waiting for SAVE",
            "waiting for SAVE",
            cases.filter(status__in=WAITS_FOR_VERIFIER),
            today,
        ),
    ]
    closing = [
        deadlines.expires_on(last_action_at=instant, time_zone=zone)
        for instant in cases.filter(mine)
        .order_by("last_action_at")
        .values_list("last_action_at", flat=True)[:SHOWN]
    ]
    closing = [day for day in closing if (day - today).days <= max(deadlines.WARNINGS)]
    return MyWork(
        sections=sections,
        ages=_ages(cases, today),
        drafts=list(
            CaseDraft.objects.filter(user=user, case=None)
            .exclude(data={})
            .order_by("-updated_at")[:5]
        ),
        closing_count=len(closing),
        closing_first=closing[0] if closing else None,
        filters=filters,
        waiting_for_me=sum(section.count for section in sections[:-1]),
        waiting_for_save=sections[-1].count,
        today=today,
    )


def _cases_of(user: User, filters: CaseFilters) -> QuerySet[Case]:
    cases = Case.objects.visible_to(user).open()
    return cases if filters.by in ("group", "all") else cases.filter(handled_by_id=user.pk)


def _section(key: str, title: str, label: str, cases: QuerySet[Case], today: date) -> Section:
    found = list(with_last_answer(cases.order_by("due_on", "id"))[: SHOWN + 1])
    count = len(found)
    if count > SHOWN:
        count = cases.order_by()[: COUNTED + 1].count()
    rows = [row_of(case, today) for case in found[:SHOWN]]
    return Section(key, title, label, rows, count)


def _ages(cases: QuerySet[Case], today: date) -> list[tuple[str, int, int]]:
    """How many open cases are how old, at most the 1,000 oldest."""
    found = cases.order_by("due_on", "id").values_list("created_at", "status")[:COUNTED]
    calendar = federal_calendar()
    worked: dict[date, int] = {}
    bars = {label: [0, 0] for label, _, _ in AGES}
    for created_at, status in found:
        day = created_at.date()
        if day not in worked:
            worked[day] = calendar.working_days_between(day, today)
        label = next((name for name, low, high in AGES if low <= worked[day] <= high), AGES[0][0])
        bars[label][status in WAITS_FOR_VERIFIER] += 1
    return [(label, mine, save) for label, (mine, save) in bars.items()]
