"""Verifiers who take from the queue: by the service, and the same statements by bare psycopg.

Run inside a database with an agency's caseworker; the cases are written by PostgreSQL itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from itertools import count
from statistics import quantiles
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg_pool import ConnectionPool

from agreements.training.catalog import tutorial_for
from benchmarks.measure import Statement, captured, percentiles, timed
from benchmarks.row import Row
from save_portal.accounts.models import Office, User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from verification.models import Case
from verification.services import review

THREADS = 64
WAITING = """
INSERT INTO verification_case (
    status, closure_reason, number, version, created_at, last_action_at, due_on, due_because,
    document_type, document_description, family_name, given_name, middle_name, also_known_as,
    date_of_birth, a_number, i94_number, sevis_id, card_number, naturalization_certificate,
    citizenship_certificate, passport_number, passport_country, visa_number, applicant_key,
    benefits, agency_reference, document_doubt, fingerprint, photo_answer, wish,
    agency_id, department_id, created_by_id, handled_by_id, change_reason
)
SELECT 'additional_requested', '', 'Q' || lpad(n::text, 12, '0') || 'AA', 1, now(), now(),
    current_date + ((n * 7919) %% 60)::int - 20, '{}', 'other_a_number', '', 'Family' || n, 'Given',
    '', '{}', date '1950-01-01', lpad(n::text, 9, '0'), '', '', '', '', '', '', '', '',
    'family' || n, '{snap}', '', '', md5('q' || n) || md5(n || 'q'), '', '',
    %(agency)s, %(department)s, %(owner)s, %(owner)s, ''
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
FEW = 100
TURN = 25  # so many are taken by the service, then so many by bare psycopg
BATCH = 50_000
CROWDED = 10_000  # for 64 at once
EACH, MOST_TURNS = 12, 6


def verifiers(many: int) -> list[User]:
    """That many status verifiers of one office."""
    tutorial = tutorial_for(Role.STATUS_VERIFIER)
    assert tutorial is not None
    with system_scope():
        office, _ = Office.objects.get_or_create(
            code="BENCHSVO", defaults={"name": "Benchmark Office"}
        )
        made = [
            User.objects.get_or_create(
                email=f"verifier{number}@bench.example",
                defaults={
                    "full_name": f"Verifier {number}",
                    "role": Role.STATUS_VERIFIER,
                    "office": office,
                    "trained_as": tutorial.key,
                    "trained_until": date(2040, 1, 1),
                },
            )[0]
            for number in range(many)
        ]
        return list(User.objects.select_related("office").filter(pk__in=[u.pk for u in made]))


def fill(first: int, last: int, *, owner: User) -> None:
    """Cases `first` to `last` wait for a verifier, written without their triggers.

    Nothing that is measured reads how they came to wait.
    """
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE verification_case DISABLE TRIGGER USER")
    for start in range(first, last + 1, BATCH):
        with system_scope(), connection.cursor() as cursor:
            cursor.execute(
                WAITING,
                {
                    "agency": owner.agency_id,
                    "department": owner.department_id,
                    "owner": owner.pk,
                    "first": start,
                    "last": min(start + BATCH - 1, last),
                },
            )
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE verification_case ENABLE TRIGGER USER")
        cursor.execute("ANALYZE verification_case")


def take(verifier: User) -> Case | None:
    with scope_for(verifier):
        return review.take_next(by=verifier, at=timezone.now())


def drain(people: list[User], most: int) -> tuple[list[int], float]:
    """All take at once until nothing waits, or each `most` times; (cases taken, seconds)."""
    taken: list[list[int]] = [[] for _ in people]

    def work(number: int, verifier: User) -> None:
        try:
            for _ in range(most):
                case = take(verifier)
                if case is None:
                    return
                taken[number].append(case.pk)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=(number, person)) for number, person in enumerate(people)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [case for cases in taken for case in cases], time.perf_counter() - began


class TakeReplay:
    """The statements of one taking, to be run again for whatever case is free then."""

    def __init__(self, verifier: User) -> None:
        with captured() as statements:
            case = take(verifier)
        assert case is not None
        self.case = case
        self.statements: list[Statement] = statements

    def run(self, bare: psycopg.Connection) -> None:
        """The first SELECT finds another case; its key and number go into what follows."""
        found: dict[Any, Any] = {}
        with bare.transaction(), bare.cursor() as cursor:
            for sql, params in self.statements:
                cursor.execute(sql, self._renewed(params, found))
                if cursor.description and "SKIP LOCKED" in str(sql):
                    row = cursor.fetchone()
                    assert row is not None
                    names = [column.name for column in cursor.description]
                    found[self.case.pk] = row[names.index("id")]
                    found[self.case.number] = row[names.index("number")]

    def _renewed(self, params: Any, found: dict[Any, Any]) -> Any:
        if not isinstance(params, (list, tuple)):
            return params
        renewed = []
        for value in params:
            if isinstance(value, str):
                value = value.replace(self.case.number, found.get(self.case.number, ""))
            elif not isinstance(value, (list, dict)):
                value = found.get(value, value)
            renewed.append(value)
        return renewed


def measure(owner: User, url: str, *, cases: int, seconds: float) -> list[Row]:
    """Taking one by one against bare psycopg, at few and at many waiting; and 64 at once."""
    people = verifiers(THREADS)
    numbers = count(1)

    def fill_up(waiting: int) -> None:
        """Bring the queue to so many."""
        with system_scope():
            missing = waiting - Case.objects.in_queue().count()
        if missing > 0:
            first = next(numbers)
            for _ in range(missing - 1):
                next(numbers)
            fill(first, first + missing - 1, owner=owner)

    rows = [
        _rate(people[0], url, waiting=FEW, seconds=min(seconds, 4.0), fill_up=fill_up),
        _rate(people[0], url, waiting=cases, seconds=seconds, fill_up=fill_up),
    ]
    for row in rows:
        row.name += f", p95 {row.p95:,.1f} ms"
    few, many = rows
    again = Row(
        "take the next request, many against few", 0, cases, many.count, many.p50, many.p99,
        share=(many.p50 or 0) / (few.p50 or 1), against=f"p50 with {FEW} waiting", aim="≤ 150 %",
    )  # fmt: skip
    fill_up(CROWDED)
    return [*rows, again, _at_once(people, url)]


def _rate(
    verifier: User, url: str, *, waiting: int, seconds: float, fill_up: Callable[[int], None]
) -> Row:
    ours: list[float] = []
    theirs: list[float] = []
    fill_up(waiting)
    replay = TakeReplay(verifier)
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor, autocommit=True) as bare:
        while sum(ours) + sum(theirs) < seconds:
            if waiting == FEW:
                fill_up(waiting)
            ours += [timed(lambda: take(verifier)) for _ in range(TURN)]
            theirs += [timed(lambda: replay.run(bare)) for _ in range(TURN)]
    p50, p99 = percentiles(ours)
    rate, bare_rate = len(ours) / sum(ours), len(theirs) / sum(theirs)
    row = Row(
        "take the next request", 0, waiting, len(ours), p50, p99,
        float(len(replay.statements)), rate, rate / bare_rate,
        f"psycopg, same statements: {bare_rate:,.0f}/s", "≥ 50 %",
    )  # fmt: skip
    row.p95 = quantiles(ours, n=20, method="inclusive")[18] * 1000
    return row


def _at_once(people: list[User], url: str) -> Row:
    """64 threads take by turns with 64 of bare psycopg: each case once, none lost."""
    replays = [TakeReplay(person) for person in people]
    ours: list[int] = []
    with system_scope():
        waiting = Case.objects.in_queue().count()
    turns = max(1, min(waiting // (2 * len(people) * EACH), MOST_TURNS))
    seconds = bare_seconds = 0.0
    connections = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    with ConnectionPool(
        url,
        min_size=connections,
        max_size=connections,
        timeout=60,
        kwargs={"cursor_factory": psycopg.ClientCursor, "autocommit": True},
    ) as pool:
        pool.wait()
        for _ in range(turns):
            taken, took = drain(people, EACH)
            ours += taken
            seconds += took
            bare_seconds += _together(replays, pool)
    many = turns * EACH * len(people)
    if len(ours) != len(set(ours)) or len(ours) != many:
        raise RuntimeError("A case was taken twice, or somebody found none while some waited.")
    with system_scope():
        held = Case.objects.filter(pk__in=ours, reviewer__isnull=False).count()
        left = Case.objects.in_queue().count()
    if held != many or left != waiting - 2 * many:
        raise RuntimeError("A case that was taken is with nobody.")
    return Row(
        f"{len(people)} verifiers take at once", 0, waiting, many,
        per_second=many / seconds, share=bare_seconds / seconds,
        against=f"{len(people)} threads of psycopg, same statements: {many / bare_seconds:,.0f}/s",
        aim="≥ 50 %",
    )  # fmt: skip


def _together(replays: list[TakeReplay], pool: ConnectionPool[psycopg.Connection[Any]]) -> float:
    """Seconds for a thread a verifier to take as often, over as many connections as the portal."""

    def work(replay: TakeReplay) -> None:
        for _ in range(EACH):
            with pool.connection() as bare:
                replay.run(bare)

    threads = [threading.Thread(target=work, args=(replay,)) for replay in replays]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began
