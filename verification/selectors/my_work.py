"""My work: what waits for this person, each case once, at its most urgent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from save_portal.accounts.models import User
from verification import deadlines
from verification.enums import Need, Pile
from verification.lifecycles.case import WAITS_FOR_CASEWORKER
from verification.models import Case, CaseDraft
from verification.querysets import NEVER_EXPIRES, SOON, CaseQuerySet, soon_from
from verification.selectors.filters import CaseFilters
from verification.selectors.rows import CaseRow, row_of, with_last_answer

SHOWN = 10  # rows of a section; the rest is behind a link
CLOSING = 25  # of the cases that close unused
COUNTED = 1000
AGES = (("0-2", 0, 2), ("3-5", 3, 5), ("6-10", 6, 10), ("11-20", 11, 20), ("over 20", 21, 9999))
TITLES: dict[Need, str] = {
    Need.PROMPT: "Prompted, nobody has acted",
    Need.OVER: "Overdue",
    Need.SOON: f"Due within {SOON} working days",
    Need.READ: "Answers to read",
    Need.LATER: "Due later",
    Need.SAVE: "Waiting for SAVE",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the page. `count` stops at 1,000; `more` says that not all rows are shown."""

    key: str
    title: str
    rows: list[CaseRow]
    count: int

    @property
    def label(self) -> str:
        return self.title[0].lower() + self.title[1:]

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
    """The page's data by five queries, whatever the number of cases."""
    zone = user.agency.time_zone if user.agency else settings.TIME_ZONE
    today = deadlines.local_date(at, zone)
    cases = filters.apply(_cases_of(user, filters), user=user, today=today, own_work=True)
    sections = _sections(cases, today)
    oldest = cases.open().order_by("last_action_at")
    closing = [
        deadlines.expires_on(last_action_at=instant, time_zone=zone)
        for instant in oldest.filter(status__in=WAITS_FOR_CASEWORKER)
        .exclude(NEVER_EXPIRES)
        .values_list("last_action_at", flat=True)[:CLOSING]
    ]
    closing = [day for day in closing if (day - today).days <= max(deadlines.WARNINGS)]
    return MyWork(
        sections=sections,
        ages=_ages(oldest, today),
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


def _cases_of(user: User, filters: CaseFilters) -> CaseQuerySet:
    cases = Case.objects.visible_to(user)
    return cases if filters.by else cases.filter(handled_by_id=user.pk)


def _sections(cases: CaseQuerySet, today: date) -> list[Section]:
    """All sections by two queries: the first rows of each, and how many there are."""
    soon = soon_from(today)
    found = {need: cases.needing(need, today=today).order_by("due_on", "id") for need in Need}
    first, *others = (section.values("pk")[:SHOWN] for section in found.values())
    rows: dict[Need, list[CaseRow]] = {need: [] for need in Need}
    for case in with_last_answer(Case.objects.filter(pk__in=first.union(*others, all=True))):
        rows[_need_of(case, today, soon)].append(row_of(case, today))
    return [
        Section(
            need.value,
            TITLES[need],
            sorted(rows[need], key=lambda row: (row.case.due_on or date.max, row.case.pk)),
            count,
        )
        for need, count in zip(Need, _counts(list(found.values())), strict=True)
    ]


def _need_of(case: Case, today: date, soon: date) -> Need:
    """The section of a case that `needing` has found."""
    if case.pile != Pile.ACT:
        return {Pile.PROMPT: Need.PROMPT, Pile.UNREAD: Need.READ, Pile.SAVE: Need.SAVE}[case.pile]
    due = case.due_on or date.max
    if due < today:
        return Need.OVER
    return Need.SOON if due <= soon else Need.LATER


def _counts(sections: list[QuerySet[Case]]) -> list[int]:
    """How many cases each has, counted no further than one beyond `COUNTED`. One query.

    Counted in the order of the index, which alone keeps PostgreSQL from reading the whole table.
    """
    counts: list[str] = []
    values: list[Any] = []
    for section in sections:
        limited, parameters = section.values("pk")[: COUNTED + 1].query.sql_with_params()
        counts.append(f"(SELECT count(*) FROM ({limited}) AS limited)")  # noqa: S608 (Django's own)
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", values)
        return list(cursor.fetchone())


def _ages(oldest: CaseQuerySet, today: date) -> list[tuple[str, int, int]]:
    """How many open cases are how old: of the 1,000 that nobody touched for longest. One query.

    PostgreSQL counts them by day; there are far fewer days than cases.
    """
    limited, parameters = oldest.values("created_at", "pile")[:COUNTED].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (created_at AT TIME ZONE 'UTC')::date, pile = %s, count(*)"  # noqa: S608
            f" FROM ({limited}) AS limited GROUP BY 1, 2",
            [Pile.SAVE.value, *parameters],
        )
        counted = cursor.fetchall()
    bars = {label: [0, 0] for label, _, _ in AGES}
    for day, waits_for_save, cases in counted:
        age = deadlines.working_days_left(day, today)
        label = next((name for name, low, high in AGES if low <= age <= high), AGES[0][0])
        bars[label][waits_for_save] += cases
    return [(label, mine, save) for label, (mine, save) in bars.items()]
