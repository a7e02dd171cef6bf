"""Not automatic, never forgotten: reminders of prompts, answers, forms and overdue reviews.

One mail a person and run names cases by number and link only. Who was reminded of which case is a
row of the case, so a run that is repeated, or killed in the middle, sends nothing twice and
forgets nothing: rows and mail are one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from save_portal import audit
from save_portal.accounts.models import Agency, User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_of
from save_portal.calendar.federal import federal_calendar
from save_portal.outbox import queue
from verification import deadlines
from verification.lifecycles.case import WAITS_FOR_VERIFIER, CaseStatus
from verification.models import Case, Reminder
from verification.rules import reminders as rules

BATCH = 500
NAMED = 20


def send_due(
    *,
    at: datetime,
    progress: Callable[[int], None] | None = None,
    sandbox: Agency | None = None,
) -> int:
    """Send what is due; the number of reminders. Safe to run at any time, by several workers.

    Each batch of cases is a transaction of its own; rows that somebody works on are left for the
    next run. `sandbox` names the one whose clock shows `at`; else it is production's turn.
    """
    sent = after = 0
    while True:
        with scope_of(sandbox):
            cases = _candidates(at, after)
            sent += _remind(cases, at=at)
        if progress:
            progress(sent)
        if len(cases) < BATCH:
            return sent
        after = cases[-1].pk


def _candidates(at: datetime, after: int) -> list[Case]:
    """Open cases about which somebody may have to hear; the spare day covers every zone."""
    tomorrow = deadlines.local_date(at, settings.TIME_ZONE) + timedelta(days=1)
    overdue = Q(due_on__lt=tomorrow) & Q(
        status__in=[
            CaseStatus.INITIAL_UNCONFIRMED,
            CaseStatus.G845_RECOMMENDED,
            *WAITS_FOR_VERIFIER,
        ]
    )
    untold = Q(status=CaseStatus.INITIAL_UNCONFIRMED, told_applicant_at__isnull=True)
    unread = Q(status__in=rules.ANSWERED, unread_since__isnull=False)
    return list(
        Case.objects.open()
        .filter(overdue | untold | unread, pk__gt=after)
        .select_related("agency", "handled_by")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")[:BATCH]
    )


def _remind(cases: list[Case], *, at: datetime) -> int:
    """Write and mail what is due for these locked cases and was not sent before."""
    answered = {case.pk: _answered_on(case) for case in cases}
    tell_by: dict[date | None, date] = {
        day: deadlines.notice_from(day).on for day in set(answered.values()) if day
    }
    due = {case.pk: _due(case, at, tell_by.get(answered[case.pk])) for case in cases}
    concerned = [case for case in cases if due[case.pk]]
    if not concerned:
        return 0
    known = set(Reminder.objects.filter(case__in=concerned).values_list("case_id", "key", "to_id"))
    people = _People(concerned)
    rows: list[Reminder] = []
    for case in concerned:
        for one in due[case.pk]:
            for person in people.of(case, one.to):
                if (case.pk, one.key, person) not in known:
                    rows.append(
                        Reminder(
                            case=case,
                            agency_id=case.agency_id,
                            kind=one.kind,
                            to_id=person,
                            at=at,
                            key=one.key,
                        )
                    )
    Reminder.objects.bulk_create(rows)
    _mail(rows)
    for row in rows:
        audit.record(
            "case.reminded",
            by=None,
            at=at,
            subject_type="case",
            subject_id=row.case.number,
            agency_id=row.agency_id,
            data={"kind": row.kind, "to": row.to_id, "key": row.key},
        )
    return len(rows)


def _due(case: Case, at: datetime, tell_by: date | None) -> list[rules.Due]:
    zone = case.agency.time_zone
    unread = case.unread_since
    standing = rules.Standing(
        status=case.status,
        due_on=case.due_on,
        told_applicant=case.told_applicant_at is not None,
        tell_by=tell_by,
        unread_since=deadlines.local_date(unread, zone) if unread else None,
    )
    return rules.due_today(
        standing,
        today=deadlines.local_date(at, zone),
        working_days_between=federal_calendar().working_days_between,
    )


def _answered_on(case: Case) -> date | None:
    """The day of the initial answer of a prompted case, from which its dates count."""
    start = case.due_because.get("from")
    prompted = case.status == CaseStatus.INITIAL_UNCONFIRMED
    return date.fromisoformat(start) if prompted and start else None


class _People:
    """Who hears of cases: handlers, the supervisors of agencies, those of the verifiers."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.supervisors: dict[int, list[int]] = defaultdict(list)
        self.verifier_supervisors: list[int] = []
        agencies = {case.agency_id for case in cases}
        found = User.objects.filter(is_active=True).filter(
            Q(role=Role.SUPERVISOR, agency_id__in=agencies) | Q(role=Role.VERIFIER_SUPERVISOR)
        )
        for pk, role, agency_id in found.values_list("pk", "role", "agency_id"):
            if role == Role.SUPERVISOR:
                self.supervisors[agency_id].append(pk)
            else:
                self.verifier_supervisors.append(pk)

    def of(self, case: Case, to: str) -> list[int]:
        """Account ids. A case whose handler has left is a matter of the supervisors at once."""
        if to == rules.VERIFIER_SUPERVISORS:
            return self.verifier_supervisors
        if to == rules.HANDLER and case.handled_by.is_active:
            return [case.handled_by_id]
        return self.supervisors[case.agency_id]


def _mail(rows: list[Reminder]) -> None:
    """One mail a person, with the cases by what they wait for."""
    by_person: dict[int, list[Reminder]] = defaultdict(list)
    for row in rows:
        by_person[row.to_id].append(row)
    for person, reminders in by_person.items():
        kinds: dict[str, list[str]] = defaultdict(list)
        for row in reminders:
            kinds[str(row.get_kind_display())].append(row.case.number)
        queue.mail(
            to_user_id=person,
            template="reminders",
            context={
                "count": len(reminders),
                "kinds": [
                    {
                        "about": about,
                        "cases": numbers[:NAMED],
                        "more": max(0, len(numbers) - NAMED),
                    }
                    for about, numbers in kinds.items()
                ],
            },
            key=f"reminders:{person}:{reminders[0].pk}",
        )
