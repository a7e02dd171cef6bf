"""The JSON API as a machine uses it over real HTTP: one by one, by the clock, in pages."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from queue import SimpleQueue
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from benchmarks.measure import Bare, by_turns, percentiles
from benchmarks.row import Row
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import system_scope
from save_portal.machines.services import make_client
from verification.immigration_documents import ENUMERATORS
from verification.rules.submission import Submission

A_SECOND = 50
SENDERS = 32


class Machine:
    """One kept connection with a token."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, body: Any = None, *, key: str = "") -> tuple[int, Any]:
        headers = self.headers | {"Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())


def token(port: int, user: User) -> str:
    """A token of a new client of the user's agency."""
    from django.utils import timezone

    assert user.agency is not None
    with system_scope():
        client, secret = make_client(
            agency=user.agency,
            name="Bench",
            access_mode="web_services",
            benefits=("snap", "medicaid"),
            by=None,
            at=timezone.now(),
        )
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": secret,
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(
        "POST",
        "/oauth/token/",
        urlencode(form),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    return str(json.loads(connection.getresponse().read())["access_token"])


def body_of(submission: Submission) -> dict[str, Any]:
    """The question as a machine sends it."""
    expires = submission.document_expires_on
    document = {name: value for name in ENUMERATORS if (value := getattr(submission, name))}
    described = submission.document_description
    return {
        "applicant": {
            "family_name": submission.family_name,
            "given_name": submission.given_name,
            "middle_name": submission.middle_name,
            "date_of_birth": str(submission.date_of_birth),
        },
        "document": document
        | {"type": submission.document_type}
        | ({"expires_on": str(expires)} if expires else {})
        | ({"description": described} if described else {}),
        "benefits": list(submission.benefits),
    }


def begin_cases(
    port: int,
    user: User,
    people: Iterator[Submission],
    bare: Bare,
    service: Row,
    *,
    seconds: float,
) -> list[Row]:
    """`POST cases`: one after the other as fast as answered, then so many a second by the clock."""
    known = token(port, user)
    one = Machine(port, known)
    keys = count()

    def begin(machine: Machine, submission: Submission, key: str) -> int:
        return machine.send("POST", "/api/v1/cases", body_of(submission), key=key)[0]

    def closed(submission: Submission) -> None:
        if (status := begin(one, submission, f"closed-{next(keys)}")) != 201:
            raise RuntimeError(f"POST cases answered {status}")

    for _ in range(20):
        closed(next(people))
    times, theirs = by_turns(closed, people, bare, seconds=seconds)
    p50, p99 = percentiles(times)
    rate, bare_rate = len(times) / sum(times), len(theirs) / sum(theirs)
    row = Row(
        "POST cases, one after the other, over HTTP", service.people, service.cases, len(times),
        p50, p99, None, rate, rate / bare_rate,
        f"psycopg, same statements: {bare_rate:,.0f}/s", "≥ 35 %",
    )  # fmt: skip
    return [row, _by_the_clock(port, known, people, begin, service, seconds=6 * seconds)]


def _by_the_clock(
    port: int,
    known: str,
    people: Iterator[Submission],
    begin: Callable[[Machine, Submission, str], int],
    service: Row,
    *,
    seconds: float,
) -> Row:
    """Requests leave when their time has come, answered or not; each waits from that time on."""
    machines: SimpleQueue[Machine] = SimpleQueue()
    for _ in range(SENDERS):
        machines.put(Machine(port, known))
    errors: list[int] = []
    began = time.perf_counter() + 0.5

    def send(place: int, submission: Submission) -> float:
        due = began + place / A_SECOND
        machine = machines.get()
        try:
            status = begin(machine, submission, f"open-{place}")
        finally:
            machines.put(machine)
        if status != 201:
            errors.append(status)
        return time.perf_counter() - due

    with ThreadPoolExecutor(SENDERS) as pool:
        sent = []
        for place in range(int(seconds * A_SECOND)):
            if (submission := next(people, None)) is None:
                break
            time.sleep(max(0.0, began + place / A_SECOND - time.perf_counter()))
            sent.append(pool.submit(send, place, submission))
        times = [future.result() for future in sent]
    p50, p99 = percentiles(times)
    rate = len(times) / (time.perf_counter() - began)
    return Row(
        f"POST cases, {A_SECOND} a second by the clock, over HTTP", service.people, service.cases,
        len(times), p50, p99, None, rate, None, f"{len(errors)} errors", "0 errors",
    )  # fmt: skip


def list_cases(port: int, user: User, service: Row, *, times: int = 200) -> Row:
    """`GET cases`: page after page by the cursor, from the newest on."""
    machine = Machine(port, token(port, user))
    taken: list[float] = []
    cursor = ""
    for _ in range(times):
        began = time.perf_counter()
        status, page = machine.send("GET", f"/api/v1/cases?limit=50{cursor}")
        if status != 200:
            raise RuntimeError(f"GET cases answered {status}")
        taken.append(time.perf_counter() - began)
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    p50, p99 = percentiles(taken)
    many = taken if len(taken) > 1 else taken * 2
    p95 = quantiles(many, n=20, method="inclusive")[18] * 1000
    return Row(
        "GET cases, a page of 50, over HTTP", service.people, service.cases, len(taken), p50, p99,
        None, None, None, f"p95 {p95:.1f} ms", "p95 < 60 ms",
    )  # fmt: skip
