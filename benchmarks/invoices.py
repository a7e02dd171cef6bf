"""A month's invoices for many agencies, beside one bare aggregation of the same charge events."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.db import connection
from django.utils import timezone

from benchmarks.browser import ROOT
from benchmarks.measure import timed
from benchmarks.row import Row
from billing.models import Invoice
from billing.rules import first_of_next
from billing.selectors.used import used_by_agency
from save_portal.accounts.models import Agency, Department, User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from verification.models import ChargeEvent

PEOPLE = 10  # of each agency
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
FEW = 10  # the smaller month has a tenth of the events

EVENTS = """
INSERT INTO verification_chargeevent (agency_id, department_id, case_id, by_id, kind, at)
SELECT person.agency_id, person.department_id, 0, person.id,
    (ARRAY['retry', 'additional', 'g845', 'paper_g845'])[1 + n %% 4],
    %(since)s::timestamptz + n * (%(until)s::timestamptz - %(since)s::timestamptz) / %(count)s
FROM generate_series(0, %(count)s - 1) AS n
JOIN (
    SELECT *, row_number() OVER (ORDER BY md5(id::text)) - 1 AS place
    FROM accounts_user WHERE agency_id = ANY(%(agencies)s)
) person ON person.place = (n / 4) %% %(people)s
ORDER BY n
"""
BARE = """
SELECT agency_id, department_id, by_id, kind, count(*) FROM verification_chargeevent
WHERE at >= %s AND at < %s GROUP BY 1, 2, 3, 4
"""


def measure(url: str, *, agencies: int, events: int) -> list[Row]:
    """Pricing against bare SQL, then the command in a process of its own; what it remembers."""
    large = (timezone.now().date().replace(day=1) - timedelta(days=1)).replace(day=1)
    small = (large - timedelta(days=1)).replace(day=1)
    ids = _agencies(agencies)
    _without_foreign_keys()
    _add(ids, small, events // FEW)
    few = _issue(small)
    _add(ids, large, events)
    bare, ours = [], []
    with psycopg.connect(url) as plain, system_scope():
        plain.execute("SELECT set_config('save.scope', 'all', false)")  # else the fence hides all
        newest = ChargeEvent.objects.latest("pk").pk
        for _ in range(3):
            bare.append(timed(lambda: plain.execute(BARE, _bounds(large)).fetchall()))
            ours.append(timed(lambda: list(used_by_agency(large, upto_charge=newest))))
    many = _issue(large)
    with system_scope():
        if Invoice.objects.filter(month=large).count() != agencies:
            raise RuntimeError("Not every agency has its invoice; the times measure nothing.")
    return [
        Row("a month's charges, counted and priced", 0, 0, events,
            p50=median(ours) * 1000, share=median(ours) / median(bare),
            against=f"one bare SQL aggregation of the rows: {median(bare) * 1000:,.0f} ms",
            aim="≤ 300 %"),
        Row(f"issue_invoices for {agencies:,} agencies, with its start", 0, 0, events,
            p50=many["took"] * 1000, per_second=events / many["took"],
            share=many["memory"] / few["memory"],
            against=f"memory with {events // FEW:,} events; {many['memory']:,.0f} MB at most",
            aim="flat"),
    ]  # fmt: skip


def _agencies(count: int) -> list[int]:
    with system_scope():
        made = Agency.objects.bulk_create(
            Agency(code=f"B{n:05}", name=f"Bureau {n}", kind="federal", time_zone=ZONES[n % 4])
            for n in range(count)
        )
        departments = Department.objects.bulk_create(
            Department(agency=agency, name="Eligibility") for agency in made
        )
        User.objects.bulk_create(
            (
                User(
                    email=f"{n}@{department.agency.code.lower()}.example",
                    password="!",
                    full_name=f"Person {n}",
                    role=Role.AGENCY_ADMINISTRATOR if n == 0 else Role.GENERAL_USER,
                    agency_id=department.agency_id,
                    department=department,
                )
                for department in departments
                for n in range(PEOPLE)
            ),
            batch_size=2000,
        )
    return [agency.pk for agency in made]


def _without_foreign_keys() -> None:
    """Charges without their cases: nothing that is measured reads those."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = 'verification_chargeevent'::regclass"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE verification_chargeevent DROP CONSTRAINT "{name}"')


def _bounds(month: date) -> tuple[datetime, datetime]:
    """The month in the zone of the easternmost agencies, an hour inside it for all others."""
    zone = ZoneInfo(ZONES[0])
    following = first_of_next(month)
    return (
        datetime(month.year, month.month, 1, tzinfo=zone),
        datetime(following.year, following.month, 1, tzinfo=zone),
    )


def _add(agencies: list[int], month: date, count: int) -> None:
    since, until = _bounds(month)
    values: dict[str, Any] = {
        "since": since + timedelta(hours=4),
        "until": until,
        "count": count,
        "agencies": agencies,
        "people": len(agencies) * PEOPLE,
    }
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(EVENTS, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE verification_chargeevent")


def _issue(month: date) -> dict[str, float]:
    """The command in a process of its own: seconds, and megabytes at most."""
    command = [sys.executable, "manage.py", "issue_invoices", "--month", f"{month:%Y-%m}", "--json"]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) or not json.loads(told)["invoices"]:
        raise RuntimeError("issue_invoices did not issue the month")
    return {"took": time.perf_counter() - began, "memory": used.ru_maxrss / 1024}
