"""What happens in a sandbox as its clock goes on: the test verifier's answers, and what is due.

A clock that is moved passes every day between, and on each does what the schedulers of production
do, with the same services. Answers carry the time of the sandbox's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from save_portal.accounts.models import Agency, User
from save_portal.accounts.tenancy import agency_scope, whole_scope
from save_portal.calendar.federal import federal_calendar
from save_portal.machines import sandbox as sandboxes
from save_portal.machines.models import SandboxClock
from verification import deadlines
from verification.enums import AnswerKind, EventKind, Step
from verification.errors import CaseError
from verification.lifecycles.case import WAITS_FOR_VERIFIER, CaseStatus
from verification.models import Case, CorrectionNotice
from verification.rules.review import AnswerInput
from verification.sandbox.people import who
from verification.sandbox.person import Given, PublishedPerson
from verification.sandbox.reviewed import MORE, OTHERWISE
from verification.services import closing, duties, events, g845, reminders, review

MOST_DAYS = 200  # in one move, so that the 180 days fit into it
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
A_MOMENT = timedelta(minutes=1)  # that passes while a request is on its way
ANSWERED = (CaseStatus.ADDITIONAL_ANSWERED, CaseStatus.G845_ANSWERED)
MENDED = -1  # the correction of a sandbox, of which no request exists


@dataclass(slots=True)
class Done:
    """What came due while a clock went on."""

    verifier_answers: int = 0
    reminders: int = 0
    closed: int = 0
    events: int = 0


@transaction.atomic
def move_clock(*, sandbox: Agency, to: datetime, by: User, at: datetime) -> Done:
    """Move the clock forward, and do on its way all that comes due (S3.2, S3.6, S3.10).

    `at` is the time outside. Runs in the sandbox's scope. Refuses to go back, which only beginning
    anew does, and farther than `MOST_DAYS` at once.
    """
    now = sandboxes.now_in(sandbox, at=at)
    if to < now - A_MOMENT:
        raise CaseError(
            "The clock goes forward only. To go back, begin the sandbox anew (POST sandbox/reset)."
        )
    if to > now + MOST_DAYS * A_DAY:
        raise CaseError(f"Move the clock by {MOST_DAYS} days at most at once.")
    if to > at + sandboxes.FARTHEST:
        raise CaseError("The clock goes ahead five years at most. Begin the sandbox anew.")
    to = max(to, now)
    done = _advance(sandbox, to)
    sandboxes.set_ahead(sandbox=sandbox, to=to, by=by, at=at)
    return done


def run_all(*, at: datetime) -> int:
    """Do in every sandbox what its clock says is due; the number of sandboxes at work.

    Each is a transaction of its own. Safe to run at any time, by several workers.
    """
    with whole_scope():
        waiting = Case.objects.open().filter(agency_id__lt=0, agency__is_active=True)
        keys = list(waiting.order_by("agency_id").values_list("agency_id", flat=True).distinct())
    for key in keys:
        with agency_scope(key):
            sandbox = Agency.sandboxes_too.get(pk=key)
            _advance(sandbox, sandboxes.now_in(sandbox, at=at))
    return len(keys)


def _advance(sandbox: Agency, to: datetime) -> Done:
    """Pass the days up to `to` on which something is due. Whoever comes second finds it done."""
    clock = SandboxClock.objects.select_for_update().get(agency=sandbox)
    done, now = Done(), min(clock.worked_until, to)
    cases = _open_cases()
    while cases:
        now = _next(cases, now, zone=sandbox.time_zone, to=to)
        _work(sandbox, cases, done, at=now)
        if now >= to:
            break
        cases = _open_cases()
    clock.worked_until = max(clock.worked_until, to)
    clock.save(update_fields=["worked_until"])
    return done


def _open_cases() -> list[Case]:
    """Every open case of the sandbox with what was asked and answered. Five queries."""
    return list(
        Case.objects.open()
        .select_related("agency")
        .prefetch_related(
            "verifier_answers", "additional_requests", "g845_mailings", "correction_notices"
        )
        .order_by("pk")
    )


def _next(cases: list[Case], now: datetime, *, zone: str, to: datetime) -> datetime:
    """The next instant at which something may be due: a day of the scripts, of the 180 days, or

    the next week's, for the reminders.
    """
    today = deadlines.local_date(now, zone)
    days = {today + A_WEEK}
    for case in cases:
        if (plan := _plan(case)) is not None:
            days.add(plan.on)
        expires = deadlines.expires_on(last_action_at=case.last_action_at, time_zone=zone)
        days |= {expires - timedelta(days=before) for before in (0, *deadlines.WARNINGS)}
    ahead = min(day - today for day in days if day > today)
    return min(now + ahead, to)


def _work(sandbox: Agency, cases: list[Case], done: Done, *, at: datetime) -> None:
    verifier = sandboxes.verifier_of(sandbox)
    for case in cases:
        plan = _plan(case)
        due = plan is not None and plan.since <= at
        if plan is None or not due or plan.on > deadlines.local_date(at, sandbox.time_zone):
            continue
        if isinstance(plan.what, str):
            _happen(case, plan.what, at=at)
            done.events += 1
        else:
            _answer(case, plan.what, verifier, at=at)
            done.verifier_answers += 1
    done.reminders += reminders.send_due(at=at, sandbox=sandbox)
    done.closed += closing.close_stale(at=at, sandbox=sandbox)[0]


@dataclass(frozen=True, slots=True)
class Planned:
    """What comes next of a case: an answer, or an event from elsewhere by its name."""

    what: Given | str
    since: datetime
    on: date


def _plan(case: Case) -> Planned | None:
    """What the published person of the case brings next, and when. No query."""
    person = who(case)
    before = [given for given in case.verifier_answers.all() if given.step == case.step]
    if case.status in WAITS_FOR_VERIFIER:
        script = _script(case, person)
        told = script[min(len(before), len(script) - 1)]
        asked = case.g845_mailings if case.step == Step.G845 else case.additional_requests
        since = max(one.at for one in (*asked.all(), *before))
        return _planned(case, told, since) if told.kind is not None else None
    if case.status in ANSWERED and before:
        more = _script(case, person)[len(before) :]
        if more and more[0].kind == AnswerKind.CORRECTION:
            return _planned(case, more[0], before[-1].at)
    if case.status == CaseStatus.INITIAL_UNCONFIRMED and person is not None:
        name, after = person.happens
        happened = case.wish_is_the_applicants_own or bool(case.correction_notices.all())
        if name and not happened:
            return _planned(case, name, case.created_at, after)
    return None


def _planned(case: Case, what: Given | str, since: datetime, after: int = 0) -> Planned:
    days = after if isinstance(what, str) else what.after
    day = deadlines.local_date(since, case.agency.time_zone)
    return Planned(what, since, federal_calendar().add_working_days(day, days))


def _answer(case: Case, told: Given, verifier: User, *, at: datetime) -> None:
    """As a status verifier does it: take in the papers, take the request, answer it."""
    with whole_scope():
        if told.kind == AnswerKind.CORRECTION:
            wrong = case.verifier_answers.order_by("at", "id").last()
            assert wrong is not None
            review.correct_answer(answer_id=wrong.pk, given=_input(told), by=verifier, at=at)
            return
        if case.status == CaseStatus.G845_MAILED and case.papers_arrived_at is None:
            g845.record_arrival(case_number=case.number, by=verifier, at=at)
        taken = review.take(case_number=case.number, by=verifier, at=at)
        act = {AnswerKind.FINAL: review.answer, AnswerKind.INTERIM: review.interim_answer}.get(
            AnswerKind(str(told.kind)), review.ask_for_documents
        )
        act(
            case_number=case.number,
            version=taken.version,
            given=_input(told),
            by=verifier,
            at=at,
        )


def _happen(case: Case, name: str, *, at: datetime) -> None:
    """What comes from elsewhere: the applicant's wish, or a record that was corrected."""
    if name == "applicant_wants":
        duties.applicant_wants(case_number=case.number, at=at)
        return
    CorrectionNotice.objects.create(
        case=case, correction_id=MENDED, agency_id=case.agency_id, at=at
    )
    events.note(case, EventKind.RECORD_CORRECTED, at=at)


def _script(case: Case, person: PublishedPerson | None) -> tuple[Given, ...]:
    """The answers in turn at this step; the last one repeats."""
    if case.step != Step.G845:
        return (person.additional if person is not None else ()) or (OTHERWISE,)
    own = person.g845 if person is not None else ()
    if not own and person is not None:
        own = tuple(
            replace(told, after=MORE) for told in person.additional if told.kind == AnswerKind.FINAL
        )
    return own or (replace(OTHERWISE, after=MORE),)


def _input(told: Given) -> AnswerInput:
    return AnswerInput(
        items=told.items,
        comments=told.comments,
        comment=told.comment,
        send_again=told.send_again,
        correction_note=told.note,
    )
