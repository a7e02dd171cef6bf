"""The benchmark table: one run, one machine, one database made for it and dropped after it.

    python benchmarks/run.py [--people N] [--cases N] [--batch N] [--portal-batch N] [--events N]
                             [--seconds S] [--records-only] [--systems CIS,…] [--json]

DATABASE_URL names the server. Beside every rate stands what bare psycopg, or bare COPY, reaches
in the same run on the same server; the ratio says more than the rate.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
FEW = 1_000
BATCH = 50_000
PORTAL_ROWS = 10_000
AGENCIES, EVENTS = 1_200, 2_000_000  # of the month that is invoiced
PASSWORD = "of-the-benchmark-alone"

if TYPE_CHECKING:
    from benchmarks.row import Row


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def drop(admin: psycopg.Connection[Any], name: str) -> None:
    """Only a superuser may end the server's own vacuum of a table: that is waited for."""
    statement = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
    for _ in range(60):
        try:
            admin.execute(statement)
            return
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(1)
    admin.execute(statement)


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """The address of a new database on the server; it is dropped at the end."""
    name = f"save_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            drop(admin, name)


def durability(url: str) -> dict[str, str]:
    with psycopg.connect(url) as bare:
        return {
            name: bare.execute("SELECT current_setting(%s)", [name]).fetchone()[0]  # type: ignore[index]
            for name in ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        }


def agency_with_people() -> tuple[Any, Any, Any]:
    """A caseworker, a colleague and a supervisor of one agency with an agreement in force."""
    from agreements.models import Agreement
    from agreements.training.catalog import tutorial_for
    from save_portal.accounts.models import Agency, Department, User
    from save_portal.accounts.roles import Role
    from save_portal.accounts.tenancy import system_scope

    with system_scope():
        agency = Agency.objects.create(code="BENCH", name="Benchmark Agency", kind="local")
        department = Department.objects.create(agency=agency, name="Eligibility")
        Agreement.objects.create(
            agency=agency,
            number="MOA-BENCH",
            status="in_force",
            purposes=["benefit"],
            benefits=["snap", "medicaid"],
            access_modes=["browser", "web_services"],
            term=(date(2020, 1, 1), date(2040, 1, 1)),
            legal_basis="Social Security Act, section 1137(d)",
        )
        users = [
            User.objects.create_user(
                f"{name}@bench.example",
                PASSWORD,
                full_name=name.title(),
                role=role,
                agency=agency,
                department=department,
                trained_as=tutorial_for(role).key,
                trained_until=date(2040, 1, 1),
            )
            for name, role in (
                ("measured", Role.GENERAL_USER),
                ("other", Role.GENERAL_USER),
                ("supervisor", Role.SUPERVISOR),
            )
        ]
        found = {
            user.email: user
            for user in User.objects.select_related("agency", "department", "group")
        }
    measured, other, supervisor = (found[user.email] for user in users)
    return measured, other, supervisor


def run(
    url: str,
    *,
    people: int,
    cases: int,
    batch: int,
    portal_rows: int,
    batch_workers: int,
    events: int,
    seconds: float,
    systems: tuple[str, ...] = (),
    records_only: bool = False,
) -> list[Row]:
    """All rows of the table; with `records_only` those of records, verification and batches."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from benchmarks import (
        api,
        bulk,
        invoices,
        look_up,
        measure,
        papers,
        plans,
        portal_batch,
        review_queue,
    )
    from benchmarks.browser import Browser, served
    from benchmarks.people import BASE, Population
    from verification.records.population import write_uploads

    say("Making the tables")
    call_command("migrate", verbosity=0)
    measured, other, supervisor = agency_with_people()
    rows: list[Row] = []

    def add(*measured: Row) -> None:
        """Kept, and told at once: a long run that is stopped has not been for nothing."""
        rows.extend(measured)
        say(table(list(measured), head=not len(rows) - len(measured)))

    with tempfile.TemporaryDirectory(prefix="save-bench-") as folder:
        directory = Path(folder)
        base = min(people, BASE)
        people = -(-people // base) * base
        say(f"Writing the uploads of {base:,} people")
        write_uploads(directory, base, seed=1)
        say("Loading them")
        for file in directory.glob("*.csv"):
            if systems and file.stem not in (*systems, "truth"):
                file.unlink()
        add(*measure.load_all(directory, url, people=base))
        population = Population(directory / "truth.csv", people, base=base)
        if systems:
            say(f"{population.keep_answered():,} of them are confirmed from {', '.join(systems)}")
        say(f"Multiplying them to {people:,} people")
        population.multiply(say)
        add(*measure.deltas(directory, directory / "CIS.csv", people=people))
        if records_only:
            bulk.add_cases(1, cases, own=measured, other=other)
        else:
            say("Lists")
            add(*lists(measured, supervisor, other, people=people, cases=cases))
            say("CaseCheck")
            add(*look_up.measure(cases=cases, seconds=seconds))
        say("Initial verification")
        with connection.cursor() as cursor:
            cursor.execute(
                f"ALTER TABLE verification_case ALTER id RESTART WITH {measure.FIRST_CASE_ID}"
            )
        asked = measure.submissions(
            population, benefits=("snap", "medicaid"), today=timezone.localdate()
        )
        bare = measure.Bare(measured, asked, url)
        service = measure.verify(measured, asked, bare, seconds=2 * seconds, population=people)
        service.cases = cases
        add(service)
        if not records_only:
            say("Initial verification over HTTP")
            with served() as server:
                port = server.port
                browser = Browser(port)
                browser.sign_in(measured.email, PASSWORD)
                add(*measure.verify_by_form(browser, asked, service, seconds=seconds))
                say("The JSON API")
                add(api.list_cases(port, measured, service))
                add(*api.begin_cases(port, measured, asked, bare, service, seconds=seconds))
        bare.close()
        say("Batches")
        add(
            *measure.verify_batches(
                measured,
                population,
                directory,
                few=min(FEW, people // 4),
                many=batch,
                like=service,
            )
        )
        say("Batches in the portal")
        portal_batch.measure(
            measured,
            supervisor,
            PASSWORD,
            population,
            directory,
            sizes=sorted({min(PORTAL_ROWS, portal_rows), portal_rows} - {0}),
            workers=batch_workers,
            like=service,
            add=add,
        )
        add(*plans.check(population.one()))
        if not records_only:
            say("Form G-845")
            add(*papers.form_g845(times=60))
            say("The verifiers' queue")
            add(*review_queue.measure(measured, url, cases=cases, seconds=seconds))
            say("Invoices")
            add(*invoices.measure(url, agencies=AGENCIES, events=events))
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    return rows


def lists(caseworker: Any, supervisor: Any, other: Any, *, people: int, cases: int) -> list[Row]:
    """The lists with few and with all of the cases, which are written here."""
    from benchmarks import bulk, measure

    say(f"  with {min(FEW, cases):,} cases")
    bulk.add_cases(1, min(FEW, cases), own=caseworker, other=other)
    few = measure.lists(caseworker, supervisor, people=people, cases=FEW, times=100)
    if cases > FEW:
        say(f"  with {cases:,} cases")
        bulk.add_cases(FEW + 1, cases, own=caseworker, other=other)
    many = measure.lists(caseworker, supervisor, people=people, cases=cases, times=100)
    rows = []
    for small, large in zip(few, many, strict=True):
        large.share = (large.p50 or 0) / (small.p50 or 1)
        large.against, large.aim = f"p50 with {small.cases:,} cases", "≤ 150 %"
        rows += [small, large]
    return rows


def table(rows: list[Row], *, head: bool = True) -> str:
    """The rows as people read them."""

    def number(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    names = (
        "",
        "people",
        "cases",
        "n",
        "p50 ms",
        "p99 ms",
        "queries",
        "per s",
        "share",
        "of",
        "aim",
    )
    lines = [names] * head + [
        (
            row.name,
            f"{row.people:,}",
            f"{row.cases:,}",
            f"{row.count:,}",
            number(row.p50, ",.1f"),
            number(row.p99, ",.1f"),
            number(row.queries, ".0f"),
            number(row.per_second, ",.0f"),
            number(row.share, ".0%"),
            row.against,
            row.aim,
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    left = {0, 9, 10}
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    many = int(os.environ.get("BENCH_PEOPLE", "100000"))
    parser.add_argument("--people", type=int, default=many)
    parser.add_argument("--cases", type=int, default=int(os.environ.get("BENCH_CASES", "100000")))
    parser.add_argument("--batch", type=int, default=BATCH, help="rows of the large batch")
    parser.add_argument(
        "--portal-batch",
        type=int,
        default=PORTAL_ROWS,
        help="rows of a batch in the portal; 0: none",
    )
    parser.add_argument("--batch-workers", type=int, default=1, help="that ask them")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each measured rate")
    parser.add_argument("--events", type=int, default=EVENTS, help="charge events of a month")
    parser.add_argument(
        "--records-only", action="store_true", help="records, verification and batches, no more"
    )
    parser.add_argument(
        "--systems",
        default="",
        help="only these systems' records, as CIS,ADIS: many people in less time and space",
    )
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.people < 1_000 or asked.cases < 1 or asked.batch < 1 or asked.seconds <= 0:
        parser.error("at least 1,000 people, one case, a row of a batch and some time are needed")
    server = os.environ.get("DATABASE_URL")
    if not server:
        parser.error("DATABASE_URL names no server; `make bench` starts one")
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DEMO", "1")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    with own_database(server) as url:
        os.environ["DATABASE_URL"] = url
        held = durability(url)
        rows = run(
            url,
            people=asked.people,
            cases=asked.cases,
            batch=asked.batch,
            portal_rows=asked.portal_batch,
            batch_workers=asked.batch_workers,
            events=asked.events,
            seconds=asked.seconds,
            systems=tuple(filter(None, asked.systems.split(","))),
            records_only=asked.records_only,
        )
    from benchmarks import febrl, matching

    quality = matching.run()
    if asked.json:
        print(json.dumps({"server": held, "rows": [asdict(row) for row in rows]}, indent=2))
    else:
        print(", ".join(f"{name} {value}" for name, value in held.items()))
        print(table(rows))
        if held["fsync"] != "on":
            print("fsync is off here: only the ratios mean anything, and the writing ones little.")
        print("", "Matching", quality, *febrl.report(), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
