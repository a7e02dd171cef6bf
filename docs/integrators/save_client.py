"""A small client of the SAVE portal's JSON API, and a command-line tool. Python 3.11, nothing else.

    from save_client import SaveClient

    save = SaveClient("https://save.example.gov", client_id, client_secret)
    case = save.begin({"applicant": {...}, "document": {...}, "benefits": ["snap"]})
    for event in save.events():
        print(save.case(event["case_number"])["status"])
        save.acknowledge(event)

Requests that change something carry an `Idempotency-Key`, so that they are sent again without harm
when no answer came. What the portal refuses is a `Problem`, with its kind and its fields.

On the command line, with SAVE_URL, SAVE_CLIENT_ID and SAVE_CLIENT_SECRET set:

    python save_client.py begin question.json
    python save_client.py case 4K7M2P9Q8R3TAXY
    python save_client.py act 4K7M2P9Q8R3TAXY additional-verification request.json
    python save_client.py cases --status initial_unconfirmed
    python save_client.py batch november.csv [--check] [--refuse-faults]
    python save_client.py events [--acknowledge]

and with the credentials of a sandbox:

    python save_client.py people           whom to ask about, and what comes
    python save_client.py forward 5        move its clock by days
    python save_client.py reset            begin it anew
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

ATTEMPTS = 5
WORTH_ANOTHER_TRY = (429, 500, 502, 503, 504)
Json = dict[str, Any]


class Problem(Exception):
    """What the portal refused (RFC 9457). `kind` is the last part of its `type`."""

    def __init__(self, body: Json) -> None:
        super().__init__(body.get("detail", ""))
        self.body = body
        self.status = int(body.get("status", 0))
        self.kind = str(body.get("type", "")).rstrip("/").rpartition("/")[2]
        self.errors: list[Json] = body.get("errors", [])


class SaveClient:
    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.client_id, self.client_secret = client_id, client_secret
        self._sleep = sleep
        self._token = ""
        self._versions: dict[str, str] = {}

    # -- what a caseworker does

    def begin(self, question: Json, *, key: str | None = None) -> Json:
        """Begin a case. Give your own `key` to repeat the request after a crash of yours."""
        case, tag = self._send("POST", "/api/v1/cases", question, key=key or str(uuid4()))
        return self._seen(case, tag)

    def case(self, number: str) -> Json:
        case, tag = self._send("GET", f"/api/v1/cases/{number}")
        return self._seen(case, tag)

    def act(self, number: str, action: str, body: Json, *, key: str | None = None) -> Json:
        """An act on the case as you saw it last; a `Problem` of kind case-changed if it changed."""
        if number not in self._versions:
            self.case(number)
        case, tag = self._send(
            "POST",
            f"/api/v1/cases/{number}/{action}",
            body,
            key=key or str(uuid4()),
            seen=self._versions[number],
        )
        return self._seen(case, tag)

    def cases(self, **filters: str) -> Iterator[Json]:
        """All cases that pass the filters, page after page."""
        cursor = None
        while True:
            asked = filters | ({"cursor": cursor} if cursor else {})
            page, _ = self._send("GET", f"/api/v1/cases?{urllib.parse.urlencode(asked)}")
            yield from page["cases"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def events(self) -> Iterator[Json]:
        """The events that nobody acknowledged, in their order."""
        after = 0
        while True:
            page, _ = self._send("GET", f"/api/v1/events?after={after}")
            yield from page["events"]
            if not page["more"]:
                return
            after = page["events"][-1]["id"]

    def acknowledge(self, event: Json) -> None:
        self._send("POST", event["links"]["acknowledge"], {}, key=f"acknowledge-{event['id']}")

    # -- in the sandbox

    def people(self) -> list[Json]:
        """Everybody published, each with the question to send and what comes of it."""
        found: list[Json] = self._send("GET", "/api/v1/sandbox/people")[0]["items"]
        return found

    def forward(self, days: int) -> Json:
        """Move the clock; what comes due on the way is done."""
        key = str(uuid4())
        return self._send("POST", "/api/v1/sandbox/clock", {"days": days}, key=key)[0]

    def reset(self) -> Json:
        """Begin the sandbox anew: no case, no event, the clock at today."""
        self._versions.clear()
        return self._send("POST", "/api/v1/sandbox/reset", {}, key=str(uuid4()))[0]

    # -- many questions in one file

    def upload(self, file: Path) -> Json:
        """Upload a CSV; nothing is asked before it is started. The same file is the same batch."""
        boundary = uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            'filename="batch.csv"\r\nContent-Type: text/csv\r\n\r\n'
        )
        body = head.encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return self._send("POST", "/api/v1/batches", body, key=str(uuid4()), kind=kind)[0]

    def batch(self, key: str) -> Json:
        return self._send("GET", f"/api/v1/batches/{key}")[0]

    def steer(self, batch: Json, action: str) -> Json:
        """start, pause, resume or cancel."""
        return self._send("POST", f"{batch['links']['self']}/{action}", {}, key=str(uuid4()))[0]

    def wait_for(self, batch: Json, *statuses: str, every: float = 2) -> Json:
        """The batch once it is at one of the statuses."""
        while batch["status"] not in statuses:
            self._sleep(every)
            batch = self.batch(batch["id"])
        return batch

    def faults(self, batch: Json) -> Iterator[Json]:
        """Why rows cannot be asked."""
        yield from self._pages(batch["links"]["faults"], "faults")

    def results(self, batch: Json) -> Iterator[Json]:
        """What became of the rows by now, in the order of the file."""
        yield from self._pages(batch["links"]["results"], "results")

    def _pages(self, path: str, name: str) -> Iterator[Json]:
        cursor = None
        while True:
            asked = f"?limit=200&cursor={cursor}" if cursor else "?limit=200"
            page, _ = self._send("GET", path + asked)
            yield from page[name]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    # -- how it is sent

    def _seen(self, case: Json, tag: str) -> Json:
        self._versions[case["case_number"]] = tag
        return case

    def _send(
        self,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        *,
        key: str = "",
        seen: str = "",
        kind: str = "application/json",
    ) -> tuple[Json, str]:
        """The answer and its `ETag`; tried again where that does no harm."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(method, path, body, key=key, seen=seen, kind=kind)
            except Problem as problem:
                busy = problem.kind == "request-in-progress"
                if problem.status == 401 and attempt < ATTEMPTS:
                    self._token = ""
                elif attempt == ATTEMPTS or not (busy or problem.status in WORTH_ANOTHER_TRY):
                    raise
                else:
                    self._sleep(float(problem.body.get("retry_after", 2**attempt / 4)))
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if attempt == ATTEMPTS:
                    raise
                self._sleep(2**attempt / 4)
        raise AssertionError("unreachable")

    def _once(
        self,
        method: str,
        path: str,
        body: Json | bytes | None,
        *,
        key: str,
        seen: str,
        kind: str,
    ) -> tuple[Json, str]:
        headers = {"Authorization": f"Bearer {self._token or self._new_token()}"}
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers["Content-Type"] = kind
        if key:
            headers["Idempotency-Key"] = key
        if seen:
            headers["If-Match"] = seen
        request = urllib.request.Request(self.base_url + path, data, headers, method=method)
        return self._open(request)

    def _new_token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        data = urllib.parse.urlencode(form).encode()
        answer, _ = self._open(urllib.request.Request(f"{self.base_url}/oauth/token/", data))
        self._token = str(answer["access_token"])
        return self._token

    def _open(self, request: urllib.request.Request) -> tuple[Json, str]:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer), answer.headers.get("ETag", "")
        except urllib.error.HTTPError as error:
            raise Problem(_problem(error)) from None


def _problem(error: urllib.error.HTTPError) -> Json:
    try:
        body: Json = json.load(error)
    except ValueError:
        body = {"detail": f"The portal answered {error.code}."}
    body.setdefault("status", error.code)
    if wait := error.headers.get("Retry-After"):
        body["retry_after"] = wait
    return body


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The SAVE portal's JSON API from the command line")
    commands = parser.add_subparsers(dest="command", required=True)
    begin = commands.add_parser("begin", help="begin a case with the question in a JSON file")
    begin.add_argument("file", type=Path)
    begin.add_argument("--key", help="the Idempotency-Key, to repeat a request")
    show = commands.add_parser("case", help="read one case")
    show.add_argument("number")
    act = commands.add_parser("act", help="do something with a case")
    act.add_argument("number")
    act.add_argument("action", help="one of the case's allowed_actions")
    act.add_argument("file", type=Path)
    many = commands.add_parser("cases", help="list cases, one JSON object a line")
    many.add_argument("--status")
    many.add_argument("--updated-from")
    batch = commands.add_parser(
        "batch", help="ask each row of a CSV; what became of it, one a line"
    )
    batch.add_argument("file", type=Path)
    batch.add_argument("--check", action="store_true", help="check it and ask nothing")
    batch.add_argument("--refuse-faults", action="store_true", help="ask all rows or none")
    waiting = commands.add_parser("events", help="events not acknowledged, one a line")
    waiting.add_argument("--acknowledge", action="store_true")
    commands.add_parser("people", help="in the sandbox: whom to ask about, one a line")
    forward = commands.add_parser("forward", help="in the sandbox: move its clock")
    forward.add_argument("days", type=int)
    commands.add_parser("reset", help="in the sandbox: begin it anew")
    given = parser.parse_args(arguments)
    try:
        save = SaveClient(
            *(os.environ[name] for name in ("SAVE_URL", "SAVE_CLIENT_ID", "SAVE_CLIENT_SECRET"))
        )
    except KeyError as missing:
        print(f"Set {missing.args[0]}.", file=sys.stderr)
        return 2
    try:
        for found in _run(save, given):
            print(json.dumps(found, ensure_ascii=False))
    except Problem as problem:
        print(json.dumps(problem.body, ensure_ascii=False), file=sys.stderr)
        return 1
    return 0


def _run(save: SaveClient, given: argparse.Namespace) -> Iterator[Json]:
    if given.command == "begin":
        yield save.begin(json.loads(given.file.read_text()), key=given.key)
    elif given.command == "case":
        yield save.case(given.number)
    elif given.command == "act":
        yield save.act(given.number, given.action, json.loads(given.file.read_text()))
    elif given.command == "cases":
        filters = {"status": given.status, "updated_from": given.updated_from}
        yield from save.cases(**{name: value for name, value in filters.items() if value})
    elif given.command == "batch":
        yield from _batch(save, given)
    elif given.command in ("people", "forward", "reset"):
        yield from _sandbox(save, given)
    else:
        for event in save.events():
            yield event
            if given.acknowledge:
                save.acknowledge(event)


def _sandbox(save: SaveClient, given: argparse.Namespace) -> Iterator[Json]:
    if given.command == "people":
        yield from save.people()
    else:
        yield save.forward(given.days) if given.command == "forward" else save.reset()


def _batch(save: SaveClient, given: argparse.Namespace) -> Iterator[Json]:
    batch = save.upload(given.file)
    batch = save.wait_for(batch, "checked", "rejected", "running", "paused", "finished")
    for fault in save.faults(batch):
        print(json.dumps(fault, ensure_ascii=False), file=sys.stderr)
    if given.check:
        yield batch
        return
    if given.refuse_faults and batch["rows"]["faulty"]:
        raise Problem({**batch, "detail": "Some rows cannot be asked.", "status": 422})
    if batch["status"] == "checked":
        batch = save.steer(batch, "start")
    elif batch["status"] == "paused":
        batch = save.steer(batch, "resume")
    batch = save.wait_for(batch, "finished", "paused", "rejected", "cancelled", "expired")
    yield from save.results(batch)
    if batch["status"] != "finished":
        raise Problem({**batch, "detail": batch["why_stopped"] or batch["status"], "status": 409})


if __name__ == "__main__":
    sys.exit(main())
