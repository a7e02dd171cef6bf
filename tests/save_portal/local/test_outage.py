"""PostgreSQL stopped and started under load, and a worker killed in the middle of its work.

Real programs: the private cluster, the web server with its pool, the worker. Nothing is lost,
nothing is done twice, and nobody has to restart anything.
"""

from __future__ import annotations

import email
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from save_portal.local import folder, postgres

FORMS = 40
MAILS = 80
LINE = "-" * 79 + "\n"


@dataclass
class World:
    """A database with forms to be sent, and the programs that use it."""

    env: dict[str, str]
    mail: Path
    user: int
    cookie: str
    drafts: list[str]
    programs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        program = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder.ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.programs.append(program)
        return program

    def rows(self, query: str) -> list[tuple]:
        with psycopg.connect(postgres.url()) as connection:
            connection.execute("SELECT set_config('save.scope', 'all', false)")
            return connection.execute(query).fetchall()


def _start_migrated() -> None:
    """A durable cluster; a copy of the migrated one, where the suite has made that."""
    copy = os.environ.get("TEST_CLUSTER_COPY")
    postgres.start(like=Path(copy) if copy else None)
    if copy:
        address = urlsplit(postgres.url())._replace(path="/postgres").geturl()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP DATABASE save")
            connection.execute("ALTER DATABASE test_save RENAME TO save")


@pytest.fixture(scope="module")
def world(shared_folder: Path) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCAL_DIR", str(shared_folder))
        patch.delenv("DATABASE_URL", raising=False)
        _start_migrated()
        mail = shared_folder / "mail"
        env = os.environ | {
            "DATABASE_URL": postgres.url(),
            "DEMO": "1",
            "EMAIL_URL": f"file://{mail}",
            "DJANGO_SETTINGS_MODULE": "save_portal.settings",
        }
        made = subprocess.run(
            [sys.executable, "-m", "tests.save_portal.local.outage_world", str(FORMS)],
            cwd=folder.ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        made_up = World(env, mail, **json.loads(made.stdout.splitlines()[-1]))
        yield made_up
        for program in made_up.programs:
            if program.poll() is None:
                program.kill()
                program.wait()
        postgres.stop()


def ask(port: int, path: str, *, cookie: str = "", post: bool = False) -> tuple[int, str, str]:
    """(status, location, text); status 0 when nobody answered."""
    token = "t" * 64
    headers = {"Cookie": f"{cookie}; csrftoken={token}", "X-CSRFToken": token}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("POST" if post else "GET", path, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.getheader("Location", ""), answer.read().decode()
    except OSError:
        return 0, "", ""
    finally:
        line.close()


def until(true, seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "It never came true"
        time.sleep(0.05)


def test_postgresql_stops_and_starts_while_cases_are_sent(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = world.run(
        *("-m", "gunicorn", "save_portal.wsgi:application", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "6"),
        "--no-control-socket",
    )
    until(lambda: ask(port, "/readyz")[0] == 200)

    left, lock, gone = list(world.drafts), threading.Lock(), threading.Event()
    given: dict[str, set[str]] = {draft: set() for draft in left}
    refused: list[tuple[int, str]] = []

    def send() -> None:
        """Sends form after form; one that failed is sent again, as a caseworker does."""
        while True:
            with lock:
                if not left:
                    return
                draft = left.pop(0)
            status, location, text = ask(
                port, f"/cases/new/{draft}/check/", cookie=world.cookie, post=True
            )
            with lock:
                if status == 302 and location.startswith("/cases/"):
                    given[draft].add(location)
                else:
                    refused.append((status, text))
                    left.append(draft)
            # While the database is away, half the forms are kept for afterwards.
            if not gone.is_set() and len(left) <= FORMS // 2:
                gone.wait(20)

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    until(lambda: sum(map(len, given.values())) >= 5)
    postgres.stop()
    gone.set()
    away = ask(port, "/readyz")
    alive = ask(port, "/healthz")
    postgres.start()
    for sender in senders:
        sender.join(60)

    assert away[0] == 503
    assert alive[0] == 200
    assert server.poll() is None
    until(lambda: ask(port, "/readyz")[0] == 200)
    for status, text in refused:
        assert status in (0, 500)
        assert not status or "Something went wrong on our side" in text
        assert "Traceback" not in text
    # One case, one answer and one charge for each form, and each form was told its own case.
    told = {draft: next(iter(cases)) for draft, cases in given.items() if len(cases) == 1}
    assert sorted(told) == sorted(world.drafts)
    sent = dict(
        world.rows(
            "SELECT draft.id::text, '/cases/' || number || '/' FROM verification_casedraft draft"
            " JOIN verification_case c ON c.id = draft.case_id"
        )
    )
    assert sent == told
    for table in ("case", "initialanswer", "chargeevent"):
        assert world.rows(f"SELECT count(*) FROM verification_{table}") == [(FORMS,)], table
    server.terminate()
    server.wait(20)


def enqueue(world: World, first: int, last: int) -> None:
    """Puts mails and the job that delivers them into one transaction, as the portal does."""
    code = (
        "import django; django.setup()\n"
        "from django.db import transaction\n"
        "from save_portal.outbox import queue\n"
        "with transaction.atomic():\n"
        f"    for number in range({first}, {last}):\n"
        f"        queue.mail(to_user_id={world.user}, template='case_expires',\n"
        "            key=f'm{number}',\n"
        "            context={'case_number': f'NUMBER-{number}-', 'expires_on': '', 'days': 3})\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=folder.ROOT, env=world.env, check=True, timeout=60
    )


def mails(world: World) -> list[email.message.Message]:
    """Every mail that left; the backend may put several into one file, with a line between."""
    texts = "".join(file.read_text() for file in sorted(world.mail.glob("*.log")))
    return [
        email.message_from_string(text.lstrip("\n")) for text in texts.split(LINE) if text.strip()
    ]


def test_a_worker_that_is_killed_loses_no_mail_and_doubles_none(world: World) -> None:
    world.mail.mkdir(exist_ok=True)
    enqueue(world, 0, MAILS)
    worker = world.run("manage.py", "procrastinate", "worker")
    until(lambda: len(mails(world)) >= 10)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    delivered = world.rows("SELECT count(*) FROM outbox_message WHERE delivered_at IS NOT NULL")[0][
        0
    ]
    assert 0 < delivered < MAILS

    enqueue(world, MAILS, MAILS + 1)
    second = world.run("manage.py", "procrastinate", "worker")
    waiting = "SELECT count(*) FROM outbox_message WHERE delivered_at IS NULL"
    until(lambda: world.rows(waiting) == [(0,)])
    second.send_signal(signal.SIGKILL)
    second.wait()

    sent = mails(world)
    ids = [message["Message-ID"] for message in sent]
    assert len(set(ids)) == MAILS + 1
    # A mail that had left at the very moment of the kill leaves again as the same mail.
    assert len(ids) - len(set(ids)) <= 1
    for number in range(MAILS + 1):
        same = {m["Message-ID"] for m in sent if f"NUMBER-{number}-" in m["Subject"]}
        assert len(same) == 1, number
    assert world.rows("SELECT count(*) FROM outbox_message WHERE attempts <> 1") == [(0,)]


def some_cases(world: World) -> None:
    """Cases that are prompted and not followed, where there are none yet."""
    if world.rows("SELECT 1 FROM verification_case LIMIT 1"):
        return
    code = (
        "import django; django.setup()\n"
        "from django.utils import timezone\n"
        "from save_portal.accounts.models import User\n"
        "from save_portal.accounts.tenancy import scope_for\n"
        "from tests.conftest import unknown_person\n"
        "from verification.services import initial\n"
        f"by = User.objects.select_related('agency').get(pk={world.user})\n"
        "for number in range(12):\n"
        "    with scope_for(by):\n"
        "        initial.initiate(by=by, at=timezone.now(),\n"
        "            submission=unknown_person(a_number=f'3000{number:05d}'))\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=folder.ROOT, env=world.env, check=True, timeout=120
    )


def defer(task: str, at: int) -> None:
    """Puts a scheduled task into the queue, as the timetable would at an instant to come."""
    with psycopg.connect(postgres.url()) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES ('default', %s, %s)",
            [f"verification.tasks.{task}", json.dumps({"timestamp": at})],
        )


def succeeded(world: World, at: int) -> bool:
    status = f"SELECT status FROM procrastinate_jobs WHERE args->>'timestamp' = '{at}'"
    return world.rows(status) == [("succeeded",)]


def killed_at(world: World, table: str, task: str, at: int) -> None:
    """A worker comes in its transaction as far as this table, stands there, and is killed."""
    held = (
        "SELECT count(*) FROM pg_stat_activity"
        f" WHERE wait_event_type = 'Lock' AND query LIKE '%{table}%'"
    )
    with psycopg.connect(postgres.url()) as holder:
        holder.execute(f"LOCK TABLE {table} IN SHARE MODE")
        defer(task, at)
        worker = world.run("manage.py", "procrastinate", "worker")
        until(lambda: world.rows(held) != [(0,)])
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        holder.rollback()
    until(lambda: world.rows(held) == [(0,)])


def test_a_worker_killed_in_the_middle_of_scheduled_work_loses_and_doubles_nothing(
    world: World,
) -> None:
    some_cases(world)
    reminded = "SELECT case_id, key FROM verification_reminder"
    closed = (
        "SELECT c.id, verb FROM audit_auditevent JOIN verification_case c ON number = subject_id"
        " WHERE verb = 'case.closed'"
    )
    now = int(time.time())
    in_40_days, in_300_days = now + 40 * 86_400, now + 300 * 86_400

    killed_at(world, "outbox_message", "send_reminders", in_40_days)
    killed_at(world, "audit_auditevent", "close_stale_cases", in_300_days)
    assert world.rows(reminded) == world.rows(closed) == [], "half of it was kept"

    # The next hour's tasks, by another worker, and those of the hour after.
    last = world.run("manage.py", "procrastinate", "worker")
    defer("send_reminders", in_40_days + 1)
    until(lambda: succeeded(world, in_40_days + 1))
    once_reminded = world.rows(reminded)
    defer("send_reminders", in_40_days + 2)
    until(lambda: succeeded(world, in_40_days + 2))
    defer("close_stale_cases", in_300_days + 1)
    until(lambda: succeeded(world, in_300_days + 1))
    once_closed = world.rows(closed)
    defer("close_stale_cases", in_300_days + 2)
    until(lambda: succeeded(world, in_300_days + 2))
    last.send_signal(signal.SIGKILL)
    last.wait()

    cases = {case for (case,) in world.rows("SELECT id FROM verification_case")}
    for once, done in ((once_reminded, reminded), (once_closed, closed)):
        assert {case for case, _ in once} == cases, "one was lost"
        assert len(once) == len(set(once)), "one was done twice"
        assert sorted(world.rows(done)) == sorted(once), "one was done again by the next run"
