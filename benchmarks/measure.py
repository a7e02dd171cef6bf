"""What is measured, and against what; run.py prepares the database and prints the table."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryFile
from typing import Any

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg import sql

from benchmarks import plans
from benchmarks.browser import ROOT, Browser
from benchmarks.people import Population
from benchmarks.row import Row
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.web.keyset import encode
from verification.case_number import new_case_number
from verification.errors import InvalidSubmission
from verification.forms.initiate import typed_of
from verification.immigration_documents import FIELDS
from verification.models import Case, InitialAnswer
from verification.records import index, loading
from verification.records.systems import SYSTEMS
from verification.rules.submission import Submission, validate
from verification.selectors.case_list import SIZE, case_list
from verification.selectors.filters import CaseFilters
from verification.selectors.my_work import my_work
from verification.services import batch, initial

# Case ids of measured cases begin here, so that no other number in a statement equals one.
FIRST_CASE_ID = 5_000_000_000
SLICES = 20
DELTAS = (1_000, 10_000)
PEOPLE_A_CHANGE = 100


def percentiles(seconds: list[float]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds."""
    if len(seconds) < 2:
        return (seconds[0] * 1000, seconds[0] * 1000) if seconds else (0.0, 0.0)
    return median(seconds) * 1000, quantiles(seconds, n=100, method="inclusive")[98] * 1000


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


# -- loading -----------------------------------------------------------------------------------


def load_all(directory: Path, url: str, *, people: int) -> list[Row]:
    """All files by `load` and by three kinds of bare COPY, and the index over them."""
    files = {file.stem: file for file in sorted(directory.glob("*.csv")) if file.stem in SYSTEMS}
    rows = sum(_lines(file) for file in files.values())
    took = dict.fromkeys(("text", "typed", "ours", "same", "again"), 0.0)
    for name, file in files.items():
        took["text"] += copy_bare(url, file)
        took["typed"] += copy_typed(url, file)
        took["ours"] += timed(lambda name=name, file=file: loading.load(name, file))
    building = timed(index.build)
    for name, file in files.items():
        took["same"] += copy_same(url, name)
        took["again"] += timed(lambda name=name, file=file: loading.load(name, file, full=True))

    def load_row(name: str, ours: str, bare: str, against: str, aim: str = "") -> Row:
        return Row(name, people, 0, rows, per_second=rows / took[ours],
                   share=took[bare] / took[ours], against=against, aim=aim)  # fmt: skip

    text = "bare COPY of the file into text, one index"
    typed = "bare COPY of the file, typed, same indexes"
    return [
        load_row("load_source, first time", "ours", "typed", typed, "≥ 25 %"),
        load_row("load_source, first time", "ours", "same", "bare COPY, same table and indexes",
                 "≥ 30 %"),
        load_row("load_source, first time", "ours", "text", text),
        load_row("the same files again, --full", "again", "text", text),
        Row("build_index, everything", people, 0, rows, per_second=rows / building),
    ]  # fmt: skip


def deltas(directory: Path, file: Path, *, people: int) -> Iterator[Row]:
    """One day's changes to one system, loaded and taken into the index; newer each time."""
    for day, size in enumerate(DELTAS, start=1):
        path = directory / "delta.csv"
        with file.open(newline="", encoding="utf-8") as opened, path.open("w") as changed:
            rows = csv.DictReader(opened)
            writer = csv.DictWriter(changed, rows.fieldnames or (), lineterminator="\n")
            writer.writeheader()
            count = 0
            for row in islice(rows, size):
                newer = timezone.now() + timedelta(days=day)
                change = {"updated_at": f"{newer:%Y-%m-%dT%H:%M:%SZ}"}
                writer.writerow({**row, **change, "file_control_office": f"DAY{day}"})
                count += 1
        # A file that speaks of a good part of a table may well pass over it.
        small = people >= PEOPLE_A_CHANGE * size
        with plans.by_index_alone(f"A delta of {size:,} records") if small else nullcontext():
            loaded = timed(lambda path=path: loading.load("CIS", path))
            indexed = timed(index.build)
        yield Row("delta: load_source", people, 0, count, p50=loaded * 1000,
                  per_second=count / loaded)  # fmt: skip
        yield Row("delta: build_index", people, 0, count, p50=indexed * 1000,
                  per_second=count / indexed, aim="seconds for 10,000")  # fmt: skip


def _lines(file: Path) -> int:
    with file.open(newline="", encoding="utf-8") as opened:
        return sum(1 for _ in csv.reader(opened)) - 1


def copy_bare(url: str, file: Path) -> float:
    """Seconds for the file as it is, into a table of its columns, all text, with one index."""
    return _copy_file(url, file, (), ("INDEX ON bare (record_id)",))


def copy_typed(url: str, file: Path) -> float:
    """Seconds for the file into a table that finds a row by as much as ours does.

    Dates and instants are such, and there are our three indexes: by a number of its own, by the
    source's key, and by birth and name.
    """
    return _copy_file(
        url,
        file,
        (("date_of_birth", "date"), ("updated_at", "timestamptz")),
        (
            "UNIQUE INDEX ON bare (id)",
            "UNIQUE INDEX ON bare (record_id)",
            "INDEX ON bare (date_of_birth, family_name)",
        ),
    )


def _copy_file(
    url: str, file: Path, types: tuple[tuple[str, str], ...], indexes: tuple[str, ...]
) -> float:
    kinds = dict(types)
    with file.open("rb") as opened, psycopg.connect(url) as bare, bare.cursor() as cursor:
        names = opened.readline().decode("utf-8-sig").strip().split(",")
        columns = ", ".join(f'"{name}" {kinds.get(name, "text")}' for name in names)
        own = "id bigint GENERATED ALWAYS AS IDENTITY, " if types else ""
        cursor.execute(f"DROP TABLE IF EXISTS bare; CREATE TABLE bare ({own}{columns})")
        for index_ in indexes:
            cursor.execute(f"CREATE {index_}")
        bare.commit()
        blocks = iter(lambda: opened.read(1 << 20), b"")
        listed = ", ".join(f'"{name}"' for name in names)
        statement = f"COPY bare ({listed}) FROM STDIN WITH (FORMAT csv)"
        took = timed(lambda: _copy(bare, statement, blocks))
        cursor.execute("DROP TABLE bare")
    return took


def copy_same(url: str, system: str) -> float:
    """Seconds for the rows as they are held, into a table like the one that holds them."""
    with psycopg.connect(url) as bare, bare.cursor() as cursor, TemporaryFile() as held:
        with cursor.copy(
            sql.SQL("COPY (SELECT * FROM records_sourcerecord WHERE system = {}) TO STDOUT").format(
                sql.Literal(system)
            )
        ) as copy:
            for block in copy:
                held.write(block)
        cursor.execute("CREATE TABLE same (LIKE records_sourcerecord INCLUDING ALL)")
        bare.commit()
        held.seek(0)
        took = timed(
            lambda: _copy(bare, "COPY same FROM STDIN", iter(lambda: held.read(1 << 20), b""))
        )
        cursor.execute("DROP TABLE same")
    return took


def _copy(bare: psycopg.Connection, statement: str, blocks: Iterator[bytes]) -> None:
    with bare.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for block in blocks:
            copy.write(block)
    bare.commit()


# -- initial verification ----------------------------------------------------------------------


def submissions(
    population: Population, *, benefits: tuple[str, ...], today: date
) -> Iterator[Submission]:
    """Confirmable people, each once, as typed from the document, in a mixed order."""
    for row in population.typed(confirmed=True):
        expires = row["document_expires_on"]
        typed = Submission(
            **{name: row[name] for name in FIELDS if name in row},
            document_type=row["document_type"],
            family_name=row["family_name"],
            given_name=row["given_name"],
            middle_name=row["middle_name"],
            date_of_birth=date.fromisoformat(row["date_of_birth"]),
            document_expires_on=date.fromisoformat(expires) if expires else None,
            benefits=benefits[:1],
            original_examined=True,
        )
        try:
            yield validate(typed, today=today, permitted_benefits=benefits)
        except InvalidSubmission:
            continue


def initiate(user: User, submission: Submission) -> Case:
    with scope_for(user):
        return initial.initiate(by=user, at=timezone.now(), submission=submission)


Statement = tuple[Any, Any]


@contextmanager
def captured() -> Iterator[list[Statement]]:
    """Every statement with its parameters, as Django gives them to psycopg."""
    statements: list[Statement] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


class Replay:
    """One captured verification, to be run again as a new case without Django."""

    def __init__(self, user: User, submission: Submission) -> None:
        with captured() as statements:
            self.case = initiate(user, submission)
        # A transaction's BEGIN and COMMIT are not among them; the replay has its own.
        self.statements = statements

    def run(self, bare: psycopg.Connection) -> None:
        fresh = {
            self.case.number: new_case_number(),
            self.case.fingerprint: random.randbytes(32).hex(),
        }
        with bare.transaction(), bare.cursor() as cursor:
            for sql, params in self.statements:
                cursor.execute(sql, self._renewed(params, fresh))
                if cursor.description:
                    cursor.fetchall()

    @staticmethod
    def _renewed(params: Any, fresh: dict[str, str]) -> Any:
        """The parameters, rows as JSON text and keys of rows, with another number and digest."""
        if isinstance(params, (list, tuple)):
            return [Replay._renewed(value, fresh) for value in params]
        if isinstance(params, str):
            for old, new in fresh.items():
                params = params.replace(old, new)
        return params


class Bare:
    """Psycopg running the statements of the service, to stand beside what is measured."""

    def __init__(self, user: User, people: Iterator[Submission], url: str) -> None:
        self._replays = [Replay(user, next(people)) for _ in range(100)]
        self._connection = psycopg.connect(
            url, cursor_factory=psycopg.ClientCursor, autocommit=True
        )
        self._turns = 0
        self.queries = sum(len(r.statements) for r in self._replays) / len(self._replays)
        for _ in range(20):
            self.run()

    def run(self) -> None:
        self._turns += 1
        self._replays[self._turns % len(self._replays)].run(self._connection)

    def close(self) -> None:
        self._connection.close()


def by_turns(
    act: Callable[[Submission], object],
    people: Iterator[Submission],
    bare: Bare,
    *,
    seconds: float,
) -> tuple[list[float], list[float]]:
    """The seconds of each act and of each replay between them: the same moods of the machine."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(SLICES):
        until = time.perf_counter() + seconds / SLICES
        while time.perf_counter() < until and (submission := next(people, None)) is not None:
            ours.append(timed(lambda submission=submission: act(submission)))
        until = time.perf_counter() + seconds / SLICES
        while time.perf_counter() < until:
            theirs.append(timed(bare.run))
    return ours, theirs


def verify(
    user: User, people: Iterator[Submission], bare: Bare, *, seconds: float, population: int
) -> Row:
    """The service and bare psycopg by turns."""
    for _ in range(20):
        initiate(user, next(people))
    ours, theirs = by_turns(partial(initiate, user), people, bare, seconds=seconds)
    check_answers()
    check_replays(len(ours) + len(theirs))
    p50, p99 = percentiles(ours)
    rate, bare_rate = len(ours) / sum(ours), len(theirs) / sum(theirs)
    return Row(
        "initial verification, service", population, 0, len(ours), p50, p99,
        bare.queries, rate, rate / bare_rate,
        f"psycopg, same statements: {bare_rate:,.0f}/s", "≥ 50 %",
    )  # fmt: skip


def check_answers() -> None:
    """The people must be found: a question that finds nobody is answered sooner."""
    with system_scope():
        answers = InitialAnswer.objects.filter(case_id__gte=FIRST_CASE_ID)
        confirmed, every = answers.filter(outcome="confirmed").count(), answers.count()
    if confirmed < 0.97 * every:
        raise RuntimeError(f"Only {confirmed:,} of {every:,} people on record were found.")


def check_replays(at_least: int) -> None:
    """A replay counts only if it wrote what the service writes: a case with its own answer."""
    with system_scope():
        cases = Case.objects.filter(pk__gte=FIRST_CASE_ID).count()
        answered = InitialAnswer.objects.filter(case_id__gte=FIRST_CASE_ID)
        if not at_least <= cases == answered.values("case_id").distinct().count():
            raise RuntimeError("The replays did not write whole cases; they measure nothing.")


FORMS = 200  # at least


def verify_by_form(
    browser: Browser, people: Iterator[Submission], service: Row, *, seconds: float
) -> list[Row]:
    """The pages as a browser walks them over HTTP: document, its fields, check, the case's page."""
    submitted: list[float] = []
    walked: list[float] = []

    def shown(address: str) -> None:
        if (status := browser.get(address).status) != 200:
            raise RuntimeError(f"{address} answered {status}")

    def send(address: str, typed: dict[str, Any]) -> str:
        answer = browser.post(address, typed)
        if answer.status != 302:
            raise RuntimeError(f"{address} answered {answer.status} to the form")
        return answer.location

    def walk(submission: Submission) -> None:
        shown("/cases/new/")
        details = send("/cases/new/", {"document": submission.document_type})
        shown(details)
        check = send(details, {k: v for k, v in typed_of(submission).items() if v != [None]})
        shown(check)
        began = time.perf_counter()
        case = send(check, {})
        submitted.append(time.perf_counter() - began)
        shown(case)

    for _ in range(10):
        walk(next(people))
    submitted.clear()
    until = time.perf_counter() + seconds
    # So many at least, however slow the machine: a handful says nothing about a share.
    while (len(walked) < FORMS or time.perf_counter() < until) and (
        submission := next(people, None)
    ) is not None:
        walked.append(timed(lambda submission=submission: walk(submission)))
    assert service.per_second is not None
    assert service.share is not None
    bare = service.per_second / service.share
    rows = []
    for name, times, aim in (
        ("the form's last request, over HTTP", submitted, "≥ 15 %"),
        ("form, check, submit, case page: 7 requests, over HTTP", walked, ""),
    ):
        p50, p99 = percentiles(times)
        rate = len(times) / sum(times)
        rows.append(
            Row(name, service.people, service.cases, len(times), p50, p99, None, rate, rate / bare,
                "psycopg, as above", aim)
        )  # fmt: skip
    return rows


# -- batches -----------------------------------------------------------------------------------


def verify_batches(
    user: User, population: Population, directory: Path, *, few: int, many: int, like: Row
) -> list[Row]:
    """`verify_batch` of a small and a large file, each in a process of its own."""
    rows = []
    took: list[float] = []
    for most in (few, many):
        source = directory / f"batch-{most}.csv"
        size = population.write_batch(source, most, batch.INPUT, benefit="medicaid")
        assert user.agency is not None
        command = [sys.executable, "manage.py", "verify_batch", "--json"]
        command += ["--agency", user.agency.code, "--user", user.email]
        command += [str(source), str(source.with_suffix(".out.csv"))]
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        # 1 says that a row was refused; the rest was done.
        if (code := os.waitstatus_to_exitcode(status)) not in (0, 1):
            raise RuntimeError(f"verify_batch ended with {code}")
        if not source.with_suffix(".out.csv").exists():
            raise RuntimeError("verify_batch wrote no answers")
        took.append(time.perf_counter() - began)
        rows.append(
            Row("verify_batch, with its start", like.people, like.cases, size,
                per_second=size / took[-1],
                against=f"{used.ru_maxrss / 1024:,.0f} MB at most,"
                f" {(used.ru_utime + used.ru_stime) / size * 1000:.2f} ms of Python a row")
        )  # fmt: skip
    rows[-1].name = "verify_batch, without its start"
    rows[-1].per_second = (rows[1].count - rows[0].count) / (took[1] - took[0])
    rows[-1].aim = "≥ 1,500 / s"
    return rows


# -- lists -------------------------------------------------------------------------------------


def lists(caseworker: User, supervisor: User, *, people: int, cases: int, times: int) -> list[Row]:
    """Median time and number of queries of each list with so many cases in the agency."""
    at = timezone.now()
    everything = CaseFilters()

    def listed(user: User, cursor: str | None = None, sort: str = "-created") -> Any:
        return case_list(user=user, at=at, filters=everything, sort=sort, cursor=cursor)

    rows = []
    with scope_for(supervisor):
        middle = _middle(supervisor, cases)
    acts: list[tuple[str, User, Callable[[], Any]]] = [
        ("My work, caseworker", caseworker,
         lambda: my_work(user=caseworker, at=at, filters=everything)),
        ("case list, caseworker", caseworker, lambda: listed(caseworker)),
        ("case list, supervisor", supervisor, lambda: listed(supervisor)),
        ("case list, supervisor, page in the middle", supervisor,
         lambda: listed(supervisor, middle)),
        ("case list, supervisor, by name", supervisor, lambda: listed(supervisor, None, "name")),
    ]  # fmt: skip
    for name, user, act in acts:
        with scope_for(user):
            with CaptureQueriesContext(connection) as caught:
                act()
            took: list[float] = []
            while len(took) < times and sum(took) < 10:
                took.append(timed(act))
        p50, p99 = percentiles(took)
        rows.append(Row(name, people, cases, len(took), p50, p99, len(caught), 1000 / p50))
    return rows


def _middle(user: User, cases: int) -> str | None:
    """The cursor of the page behind half of the cases."""
    ordered = Case.objects.visible_to(user).order_by("-created_at", "-id")
    place = max(0, cases // 2 - SIZE)
    found = list(ordered.values_list("created_at", "id")[place : place + 1])
    return encode(found[0]) if found else None
