"""Web server, queue worker and PostgreSQL, killed (-9) in the midst of requests of a machine.

Every request is sent again with its key until it is answered. Then each case, charge, event and
call is there exactly once. A few kills are part of the suite; the long run:
`KILLS=50 make test ARGS=tests/save_portal/local/test_killed.py`
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from save_portal.local import folder, postgres
from tests.save_portal.local.test_outage import _start_migrated, until

KILLS = int(os.environ.get("KILLS", "4"))
CHAINS = max(24, 6 * KILLS)  # of three requests each
SENDERS = 6
WHAT = ("web server", "web worker", "PostgreSQL", "queue worker")


class Receiver(BaseHTTPRequestHandler):
    """The agency's endpoint: notes which call came for which case."""

    calls: Counter[tuple[str, str]] = Counter()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.calls[self.headers["webhook-id"], body["data"]["case_number"]] += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@dataclass
class Portal:
    """The programs, each of which is started again after a kill, as a supervisor does."""

    env: dict[str, str]
    port: int
    logs: Path
    token: str = ""
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        command = {
            "web server": [
                *("-m", "gunicorn", "save_portal.wsgi:application"),
                *("--bind", f"127.0.0.1:{self.port}"),
                *("--worker-class", "save_portal.web.server.Worker"),
                *("--workers", "1", "--threads", "6", "--no-control-socket"),
            ],
            "queue worker": ["manage.py", "procrastinate", "worker"],
        }[name]
        with (self.logs / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, *command],
                cwd=folder.ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, what: str) -> None:
        if what == "PostgreSQL":
            pid = postgres._server_pid(postgres.locate("demo"))
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            until(lambda: not _runs(pid))
            postgres.start()
        elif what == "web worker":
            master = self.programs["web server"].pid
            children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
            if children:  # none right after a kill: the master is about to start them
                os.kill(int(random.choice(children)), signal.SIGKILL)
        else:
            program = self.programs[what]
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()
            self.start(what)

    def stop(self) -> None:
        for program in self.programs.values():
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict, dict]:
        """(status, JSON, headers); status 0 when no whole answer came."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            line.request(method, path, body, given | headers)
            answer = line.getresponse()
            raw = answer.read()
            is_json = "json" in answer.getheader("Content-Type", "")
            return answer.status, json.loads(raw) if is_json else {}, dict(answer.getheaders())
        except (OSError, http.client.HTTPException):
            return 0, {}, {}
        finally:
            line.close()

    def rows(self, query: str) -> list[tuple]:
        with psycopg.connect(postgres.url()) as connection:
            connection.execute("SELECT set_config('save.scope', 'all', false)")
            return connection.execute(query).fetchall()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture(scope="module")
def portal(shared_folder: Path) -> Iterator[Portal]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCAL_DIR", str(shared_folder))
        patch.delenv("DATABASE_URL", raising=False)
        _start_migrated()
        free = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        port = free.server_port
        free.server_close()
        env = os.environ | {
            "DATABASE_URL": postgres.url(),
            "DEMO": "1",
            "EMAIL_URL": f"file://{shared_folder / 'mail'}",
            "DJANGO_SETTINGS_MODULE": "save_portal.settings",
            "WEBHOOKS_TO_PRIVATE_ADDRESSES": "1",
            "API_REQUESTS_PER_MINUTE": "1000000",
        }
        made = subprocess.run(
            [
                *(sys.executable, "-m", "tests.save_portal.local.kill_world"),
                f"http://127.0.0.1:{server.server_port}/",
            ],
            cwd=folder.ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        portal = Portal(env, port, shared_folder)
        try:
            for name in ("web server", "queue worker"):
                portal.start(name)
            until(lambda: portal.ask("GET", "/readyz")[0] == 200)
            form = {"grant_type": "client_credentials"} | json.loads(made.stdout.splitlines()[-1])
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            portal.token = portal.ask("POST", "/oauth/token/", urlencode(form), **kind)[1][
                "access_token"
            ]
            yield portal
        finally:
            portal.stop()
            server.shutdown()
            server.server_close()
            postgres.stop()


@dataclass
class Sending:
    """What the agency's system sends, and what it was told of it."""

    portal: Portal
    waiting: list[int]
    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: int = 0
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)
    cases: dict[int, set[str]] = field(default_factory=dict)

    def run(self) -> None:
        while True:
            with self.lock:
                if not self.waiting or self.wrong:
                    return
                number = self.waiting.pop()
            self.chain(number)

    def chain(self, number: int) -> None:
        """Begin a case, ask the verifiers, withdraw it: two charges and one event."""
        question = {
            "applicant": {
                "family_name": "Bautista",
                "given_name": "Rosalind",
                "date_of_birth": "1990-05-31",
            },
            "document": {"type": "i327", "a_number": f"{210_000_000 + number}"},
            "benefits": ["snap"],
            "agency_reference": f"HH-{number}",
        }
        case, tag = self.surely("/api/v1/cases", question, f"begin-{number}")
        path = f"/api/v1/cases/{case}"
        asked = {"reason": "prompted"}
        for name, body in (("additional-verification", asked), ("close", {"reason": "withdrawn"})):
            told, tag = self.surely(f"{path}/{name}", body, f"{name}-{number}", tag)
            with self.lock:
                self.cases.setdefault(number, set()).update({case, told})

    def surely(self, path: str, body: dict, key: str, seen: str = "") -> tuple[str, str]:
        """The number of the case and its `ETag`, however often it has to be sent."""
        headers = {"Idempotency-Key": key} | ({"If-Match": seen} if seen else {})
        while True:
            with self.lock:
                self.begun += 1
            status, said, got = self.portal.ask("POST", path, json.dumps(body), **headers)
            if status in (200, 201):
                return said["case_number"], got["ETag"]
            busy = said.get("type") == "/api/problems/request-in-progress/"
            if status not in (0, 500, 502, 503) and not busy:
                with self.lock:
                    self.wrong.append(f"{key}: {status} {said}")
                raise SystemExit(1)
            with self.lock:
                self.repeated += 1
            time.sleep(0.02)  # as a client waits; nothing rests on how long


@pytest.mark.timeout(1800 if KILLS > 10 else 300)
def test_whatever_is_killed_each_case_charge_event_and_call_is_there_once(portal: Portal) -> None:
    sending = Sending(portal, list(range(CHAINS)))
    senders = [threading.Thread(target=sending.run, daemon=True) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    order = [WHAT[number % len(WHAT)] for number in range(KILLS)]
    draw = random.Random(KILLS)
    killed = 0
    for number, what in enumerate(order, start=1):
        # Somewhere in the midst: after as many requests as the dice say, never after the last.
        due = (3 * CHAINS * number) // (KILLS + 1) - draw.randrange(SENDERS)
        until(lambda due=due: sending.wrong or done(sending) >= due)
        portal.kill(what)
        killed += 1
    for sender in senders:
        sender.join(600)
    # One more when all is over: its call takes along what a killed worker had left.
    sending.chain(CHAINS)
    assert sending.wrong == []
    assert killed == KILLS
    assert sending.repeated > 0

    told = {number: next(iter(cases)) for number, cases in sending.cases.items() if len(cases) == 1}
    every = CHAINS + 1
    assert len(told) == len(set(told.values())) == every
    kept = portal.rows("SELECT number, agency_reference, status FROM verification_case")
    assert sorted(kept) == sorted((case, f"HH-{n}", "closed") for n, case in told.items())
    once = [
        (case, *row) for case in sorted(told.values()) for row in (("additional",), ("initial",))
    ]
    charges = portal.rows(
        "SELECT number, kind FROM verification_chargeevent e JOIN verification_case c"
        " ON c.id = e.case_id ORDER BY number, kind"
    )
    assert sorted(charges) == once
    acts = portal.rows(
        "SELECT subject_id, verb FROM audit_auditevent WHERE subject_type = 'case'"
        " AND verb IN ('case.initiated', 'case.additional_requested', 'case.closed')"
    )
    assert len(acts) == len(set(acts)) == 3 * every
    for table, expected in (
        ("verification_initialanswer", every),
        ("verification_additionalrequest", every),
        ("machines_keptanswer", 3 * every),
    ):
        assert portal.rows(f"SELECT count(*) FROM {table}") == [(expected,)], table

    found: list[dict] = []
    while True:
        after = found[-1]["id"] if found else 0
        page = portal.ask("GET", f"/api/v1/events?limit=100&after={after}")[1]
        found += page["events"]
        if not page["more"]:
            break
    assert sorted(event["case_number"] for event in found) == sorted(told.values())
    assert [event["id"] for event in found] == list(range(1, every + 1))

    # What a killed worker had begun is taken up by the one after it; a call may come twice.
    left = "SELECT count(*) FROM outbox_message WHERE topic = 'webhook' AND delivered_at IS NULL"
    until(lambda: portal.rows(left) == [(0,)], seconds=90)
    assert sorted({case for _, case in Receiver.calls}) == sorted(told.values())
    assert len({message for message, _ in Receiver.calls}) == every
    checked = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"],
        cwd=folder.ROOT,
        env=portal.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def done(sending: Sending) -> int:
    """How many requests were sent for the first time or again."""
    with sending.lock:
        return sending.begun - sending.repeated
