"""Contract tests of the SAVE portal's JSON API, for the CI of an agency. Python 3.11, nothing else.

They run against your sandbox and begin it anew. Each check says what your system may rely on; one
that fails says what to do. Run them before you go live, each night, and when the portal changes.

    export SAVE_URL=https://save.example.gov SAVE_CLIENT_ID=test_… SAVE_CLIENT_SECRET=test_…
    python contract_tests.py                      # a line for each check; exit code 0: all passed
    python contract_tests.py --only events        # those whose name has the word
    python contract_tests.py --junit report.xml   # for the report of your CI
    python contract_tests.py --also our_checks.py # your own, see below

Your own checks are functions in a file of yours:

    from contract_tests import check

    @check("our mapping knows every statement", remedy="Add the statement to mapping.csv.")
    def statements(portal):
        for row in portal.get("/api/v1/reference/statements").body["items"]:
            assert row["code"] in MAPPING, row

Credentials of production are refused: the checks begin cases.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import quoteattr

Json = dict[str, Any]
MODULE = sys.modules[__name__]
sys.modules.setdefault("contract_tests", MODULE)


@dataclass
class Reply:
    """What the portal answered."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def kind(self) -> str:
        """The kind of a problem: the last part of its `type`."""
        return str(self.body.get("type", "")).rstrip("/").rpartition("/")[2]

    @property
    def tag(self) -> str:
        return self.headers["etag"]


class NotASandbox(Exception):
    """The credentials are not those of a sandbox, or are not taken at all."""


@dataclass
class Portal:
    """The sandbox, spoken to plainly: nothing is repeated and nothing is hidden."""

    base_url: str
    client_id: str
    client_secret: str
    token: str = ""
    people: dict[str, Json] = field(default_factory=dict)

    def open(self) -> None:
        """Get a token, see that this is a sandbox, begin it anew, and learn who is in it."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        request = urllib.request.Request(
            f"{self.base_url}/oauth/token/", urllib.parse.urlencode(form).encode()
        )
        answer = self._send(request)
        if answer.status != 200:
            raise NotASandbox("The portal gives no token for these credentials.")
        self.token = str(answer.body["access_token"])
        if self.get("/api/v1/sandbox").headers.get("save-mode") != "sandbox":
            raise NotASandbox("These credentials are not those of a sandbox.")
        self.reset()
        found = self.get("/api/v1/sandbox/people").body["items"]
        self.people = {person["key"]: person for person in found}

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, headers=headers)

    def post(
        self, path: str, body: Any, *, key: str | None = None, seen: str | None = None
    ) -> Reply:
        headers = {"Idempotency-Key": key or str(uuid4())}
        if seen is not None:
            headers["If-Match"] = seen
        return self.ask("POST", path, body, headers=headers)

    def ask(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> Reply:
        given = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.base_url + path, data, given, method=method)
        return self._send(request)

    def _send(self, request: urllib.request.Request) -> Reply:
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return _reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return _reply(error.code, error.headers, error.read())

    # -- what many checks do

    def reset(self) -> None:
        expect(self.post("/api/v1/sandbox/reset", {}), 200)

    def forward(self, days: int) -> Json:
        """Move the clock, and do what comes due."""
        done: Json = expect(self.post("/api/v1/sandbox/clock", {"days": days}), 200).body
        return done

    def question(self, key: str, **changes: Any) -> Json:
        """What to send about a published person."""
        return {**self.people[key]["question"], **changes}

    def begin(self, key: str, **changes: Any) -> Reply:
        return expect(self.post("/api/v1/cases", self.question(key, **changes)), 201)

    def case(self, number: str) -> Reply:
        return expect(self.get(f"/api/v1/cases/{number}"), 200)

    def ask_verifier(self, key: str) -> str:
        """Begin a case and send it to additional verification; its number."""
        case = self.begin(key)
        number = str(case.body["case_number"])
        asked = {"reason": self.people[key]["reason_to_ask"]}
        path = f"/api/v1/cases/{number}/additional-verification"
        expect(self.post(path, asked, seen=case.tag), 200)
        return number

    def mail_form(self, number: str) -> None:
        case = self.case(number)
        day = str(self.get("/api/v1/sandbox").body["now"])[:10]
        path = f"/api/v1/cases/{number}/g845-mailed"
        sent = self.post(path, {"mailed_on": day}, seen=case.tag)
        if sent.status == 422:  # east of the agency it is tomorrow already
            day = str(case.body["updated_at"])[:10]
            sent = self.post(path, {"mailed_on": day}, seen=case.tag)
        expect(sent, 200)

    def kinds(self, number: str) -> list[str]:
        return [given["kind"] for given in self.case(number).body["verifier_answers"]]


def _reply(status: int, headers: Any, raw: bytes) -> Reply:
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        body = raw
    return Reply(status, {name.lower(): value for name, value in headers.items()}, body)


def expect(reply: Reply, status: int, kind: str = "") -> Reply:
    """The reply, if it is as expected; else the check fails with what came instead."""
    got = reply.body if isinstance(reply.body, dict) else {}
    said = got.get("detail") or got.get("errors") or ""
    assert reply.status == status, f"{status} was expected, {reply.status} came. {said}"
    if kind:
        assert reply.kind == kind, f"the kind {kind} was expected, {reply.kind} came. {said}"
        assert reply.headers["content-type"] == "application/problem+json"
        assert got["request_id"]
        assert got["title"]
        assert got["detail"]
    return reply


@dataclass
class Check:
    name: str
    remedy: str
    run: Callable[[Portal], None]


@dataclass
class Result:
    """What came of a check; `why` is empty when it passed."""

    name: str
    remedy: str
    why: str
    seconds: float


CHECKS: list[Check] = []


def check(name: str, *, remedy: str) -> Callable[[Callable[[Portal], None]], Any]:
    """Adds a function to the checks. It passes unless it raises."""

    def add(run: Callable[[Portal], None]) -> Callable[[Portal], None]:
        CHECKS.append(Check(name, remedy, run))
        return run

    return add


TELL_US = "Tell the operator of the portal, with the request_id of the answer."


# -- answers


@check("every published person is answered as published", remedy=TELL_US)
def people(portal: Portal) -> None:
    for key, person in portal.people.items():
        reply = portal.post("/api/v1/cases", person["question"])
        if person["problem"]:
            assert reply.kind == person["problem"], f"{key}: {reply.kind}"
            continue
        expect(reply, 201)
        found = reply.body
        got = (found["outcome"], found["response"]["statement_code"], found["reasons"])
        published = (person["outcome"], person["statement_code"], person["reasons"])
        assert got == published, f"{key}: {got}"


@check(
    "an answer without a match says what it does not mean",
    remedy="Show every one of `notices` beside the answer. If none came, tell the operator.",
)
def notices(portal: Portal) -> None:
    case = portal.begin("no-record").body
    codes = {notice["code"] for notice in case["notices"]}
    assert {"what_it_does_not_mean", "eligibility_is_yours", "must"} <= codes, codes
    assert case["deadlines"]["due_on"]
    assert case["deadlines"]["expires_on"]


@check("a photo comes back and is compared", remedy="Answer photo-match before you close a case.")
def photo(portal: Portal) -> None:
    case = portal.begin("statement-1")
    number = case.body["case_number"]
    picture = portal.get(case.body["links"]["photo"])
    assert picture.headers["content-type"].startswith("image/")
    close = portal.post(f"/api/v1/cases/{number}/close", {"reason": "completed"}, seen=case.tag)
    expect(close, 409, "duty-open")
    path = f"/api/v1/cases/{number}/photo-match"
    case = expect(portal.post(path, {"answer": "yes"}, seen=case.tag), 200)
    path = f"/api/v1/cases/{number}/close"
    case = expect(portal.post(path, {"reason": "completed"}, seen=case.tag), 200)
    assert case.body["status"] == "closed"


@check(
    "a corrected question is asked again",
    remedy="Compare the typed fields that `reasons` name with the document, then retry.",
)
def retry(portal: Portal) -> None:
    question = portal.question("statement-18")
    wrong = {**question, "applicant": {**question["applicant"], "date_of_birth": "1980-05-01"}}
    case = expect(portal.post("/api/v1/cases", wrong), 201)
    assert case.body["reasons"] == ["date_of_birth_mismatch"]
    path = f"/api/v1/cases/{case.body['case_number']}/retry"
    case = expect(portal.post(path, question, seen=case.tag), 200)
    assert (case.body["outcome"], case.body["response"]["statement_code"]) == ("confirmed", 18)


@check("a failure leaves nothing behind", remedy=TELL_US)
def a_failure_leaves_nothing(portal: Portal) -> None:
    before = portal.get("/api/v1/sandbox").body["cases"]
    for key in ("server-error", "unavailable"):
        question = portal.question(key)
        first = portal.post("/api/v1/cases", question, key="same")
        again = portal.post("/api/v1/cases", question, key="same")
        assert first.status == again.status >= 500
    assert portal.get("/api/v1/sandbox").body["cases"] == before


# -- sent twice, done once; two systems, one case


@check(
    "a repeated request gets the first answer",
    remedy="Store the Idempotency-Key with your own record before you send.",
)
def repeated(portal: Portal) -> None:
    question, key = portal.question("statement-18"), str(uuid4())
    first = expect(portal.post("/api/v1/cases", question, key=key), 201)
    again = expect(portal.post("/api/v1/cases", question, key=key), 201)
    assert again.body == first.body
    assert again.headers["idempotency-replayed"] == "true"
    other = portal.post("/api/v1/cases", portal.question("statement-20"), key=key)
    expect(other, 422, "key-used-for-another-request")


@check(
    "the same question is asked once",
    remedy="On duplicate-case go on with the case that `case_number` names.",
)
def duplicate(portal: Portal) -> None:
    case = portal.begin("statement-20")
    again = portal.post("/api/v1/cases", portal.question("statement-20"))
    expect(again, 409, "duplicate-case")
    assert again.body["case_number"] == case.body["case_number"]


@check(
    "an act names the version that was seen",
    remedy="Send the ETag of the case as If-Match. On 412 read the case and decide anew.",
)
def versions(portal: Portal) -> None:
    case = portal.begin("no-record")
    path = f"/api/v1/cases/{case.body['case_number']}/duties"
    expect(portal.post(path, {"told_applicant": True}), 428, "precondition-required")
    expect(portal.post(path, {"told_applicant": True}, seen=case.tag), 200)
    expect(portal.post(path, {"wish": "declines"}, seen=case.tag), 412, "case-changed")


@check(
    "a duty comes before the act",
    remedy="Record what was done for the applicant under …/duties; `blocked_actions` says which.",
)
def duty(portal: Portal) -> None:
    case = portal.begin("no-record")
    path = f"/api/v1/cases/{case.body['case_number']}"
    assert "close" in [blocked["action"] for blocked in case.body["blocked_actions"]]
    closing = {"reason": "applicant_declined"}
    expect(portal.post(f"{path}/close", closing, seen=case.tag), 409, "duty-open")
    done = {"told_applicant": True, "wish": "declines", "correction_sheet": True}
    case = expect(portal.post(f"{path}/duties", done, seen=case.tag), 200)
    case = expect(portal.post(f"{path}/close", closing, seen=case.tag), 200)
    assert case.body["closure_reason"] == "applicant_declined"


# -- answers of status verifiers, events and the clock


@check(
    "events come in their order until they are acknowledged",
    remedy="Acknowledge an event after you have dealt with it; until then it comes again.",
)
def events(portal: Portal) -> None:
    numbers = [portal.ask_verifier(key) for key in ("item-10", "item-1")]
    portal.forward(10)
    for _ in range(2):
        found = portal.get("/api/v1/events").body["events"]
        mine = [event for event in found if event["case_number"] in numbers]
        assert [event["type"] for event in mine] == ["case.answered"] * 2
    assert [event["id"] for event in found] == sorted(event["id"] for event in found)
    for event in found:
        expect(portal.post(event["links"]["acknowledge"], {}), 200)
    assert portal.get("/api/v1/events").body["events"] == []


@check(
    "a status verifier answers after the published days",
    remedy="Wait for case.answered; do not poll the case, and deny nothing meanwhile.",
)
def answered(portal: Portal) -> None:
    number = portal.ask_verifier("item-10")
    assert portal.case(number).body["status"] == "additional_requested"
    portal.forward(10)
    case = portal.case(number).body
    assert case["status"] == "additional_answered"
    [given] = case["verifier_answers"]
    assert [item["item"] for item in given["items"]] == [10]
    assert given["summary"]
    assert given["holds"] is True


@check(
    "an interim answer leaves the case open",
    remedy="Treat an answer of kind interim as no answer yet.",
)
def interim(portal: Portal) -> None:
    number = portal.ask_verifier("item-19")
    while not portal.kinds(number):
        portal.forward(1)
    assert portal.kinds(number) == ["interim"]
    assert portal.case(number).body["waiting_for"] == "verifier"
    portal.forward(10)
    assert portal.kinds(number) == ["interim", "final"]


@check(
    "an answer is corrected by a further one",
    remedy="Read `holds` and `corrects`: an answer that was corrected holds no more.",
)
def corrected(portal: Portal) -> None:
    number = portal.ask_verifier("corrected")
    portal.forward(20)
    first, second = portal.case(number).body["verifier_answers"]
    assert (first["holds"], second["holds"]) == (False, True)
    assert second["corrects"] == first["id"]
    assert second["correction_note"]


@check(
    "a Form G-845 goes its way, and documents are sent again",
    remedy="On g845_recommended print …/g845.pdf and mail it, and say so under …/g845-mailed.",
)
def form(portal: Portal) -> None:
    number = portal.ask_verifier("send-again")
    portal.forward(10)
    assert portal.case(number).body["status"] == "g845_recommended"
    paper = portal.get(f"/api/v1/cases/{number}/g845.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.body[:5] == b"%PDF-"
    portal.mail_form(number)
    portal.forward(15)
    case = portal.case(number).body
    assert case["status"] == "g845_recommended"
    assert case["verifier_answers"][-1]["send_again"]
    portal.mail_form(number)
    portal.forward(25)
    assert portal.case(number).body["status"] == "g845_answered"


@check(
    "a case without an act is closed after 180 days",
    remedy="Act on a case, or expect case.closed with the reason expired.",
)
def expiry(portal: Portal) -> None:
    number = portal.begin("name-mismatch").body["case_number"]
    portal.forward(150)
    assert portal.case(number).body["status"] == "initial_unconfirmed"
    portal.forward(40)
    case = portal.case(number).body
    assert (case["status"], case["closure_reason"]) == ("closed", "expired")
    told = [
        (one["type"], one["case_number"]) for one in portal.get("/api/v1/events").body["events"]
    ]
    assert ("case.closed", number) in told


# -- manners


@check("every field that cannot be taken is named", remedy="Follow `errors`: pointer and sentence.")
def fields(portal: Portal) -> None:
    question = portal.question("statement-1", benefits=[], color="blue")
    question["document"] = {**question["document"], "a_number": 1}
    reply = expect(portal.post("/api/v1/cases", question), 422, "invalid-fields")
    pointers = {error["pointer"] for error in reply.body["errors"]}
    assert {"#/benefits", "#/color", "#/document/a_number"} <= pointers, pointers


@check("a request that cannot be read is refused as a problem", remedy="Use a JSON library.")
def unreadable(portal: Portal) -> None:
    path = "/api/v1/cases"
    for raw in (b"{", b"[]", b'{"a": 1, "a": 2}', b'{"a": NaN}', b"\xff", b"[" * 100):
        expect(portal.ask("POST", path, raw), 400, "malformed-request")
    expect(portal.ask("POST", path, b"x" * 1_100_000), 413, "body-too-large")
    plain = {"Content-Type": "text/plain"}
    expect(portal.ask("POST", path, b"{}", headers=plain), 415, "unsupported-media-type")
    expect(portal.ask("DELETE", path), 405, "method-not-allowed")
    expect(portal.get(path, Accept="image/png"), 406, "not-acceptable")
    expect(portal.get(f"{path}?colour=blue"), 400, "malformed-request")
    expect(portal.get("/api/v1/cases/0000000000000AA"), 404, "not-found")
    expect(portal.get("/api/v1/nowhere"), 404, "not-found")


@check("a token that is no token opens nothing", remedy="Get a new token at /oauth/token/ on 401.")
def tokens(portal: Portal) -> None:
    for header in ("Bearer stale", "Basic abc", "Bearer"):
        reply = portal.get("/api/v1/cases", Authorization=header)
        expect(reply, 401, "not-authenticated")
        assert reply.headers["www-authenticate"].startswith("Bearer")


@check("a list is paged by cursor without gaps", remedy="Follow next_cursor; build none yourself.")
def pages(portal: Portal) -> None:
    portal.reset()
    begun = {portal.begin(key).body["case_number"] for key in list(portal.people)[:5]}
    listed, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""
        page = expect(portal.get(f"/api/v1/cases?limit=2{more}"), 200).body
        listed += [case["case_number"] for case in page["cases"]]
        cursor = page["next_cursor"]
    assert len(listed) == len(set(listed))
    assert set(listed) == begun


@check("every answer says whose time it took and what is left", remedy=TELL_US)
def headers(portal: Portal) -> None:
    reply = portal.get("/api/v1/cases", **{"X-Request-ID": "contract-test-1"})
    assert reply.headers["x-request-id"] == "contract-test-1"
    assert reply.headers["save-mode"] == "sandbox"
    assert reply.headers["cache-control"].startswith("no-store")
    assert "total;dur=" in reply.headers["server-timing"]
    assert "sources;dur=" in reply.headers["server-timing"]
    assert reply.headers["ratelimit"]
    assert reply.headers["ratelimit-policy"]


@check(
    "the description is the one that these checks were written for",
    remedy="Read /api/docs/changes/ and take the newest contract_tests.py.",
)
def description(portal: Portal) -> None:
    found = portal.get("/api/schema/").body
    assert found["openapi"].startswith("3.1")
    paths = set(found["paths"])
    for path in ("cases", "cases/{number}", "cases/{number}/retry", "events", "sandbox/clock"):
        assert f"/api/v1/{path}" in paths, path
    assert found["info"]["version"].startswith("1."), found["info"]["version"]


# -- running them


def run(portal: Portal, checks: list[Check]) -> list[Result]:
    """Each check by itself, in turn, in a sandbox begun anew."""
    results = []
    for one in checks:
        begun, why = time.monotonic(), ""
        try:
            portal.reset()
            one.run(portal)
        except Exception as error:
            why = str(error) or f"{type(error).__name__} at line {_line(error)}"
        results.append(Result(one.name, one.remedy, why, time.monotonic() - begun))
    return results


def _line(error: BaseException) -> int:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_lineno if trace is not None else 0


def junit(results: list[Result]) -> str:
    """The results as most CI systems read them."""
    cases = []
    for one in results:
        said = quoteattr(f"{one.why} {one.remedy}")
        inner = f"<failure message={said}/>" if one.why else ""
        cases.append(
            f'<testcase classname="save" name={quoteattr(one.name)} time="{one.seconds:.2f}">'
            f"{inner}</testcase>"
        )
    failed = sum(bool(one.why) for one in results)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="SAVE contract" '
        f'tests="{len(results)}" failures="{failed}" '
        f'timestamp="{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}">\n'
        + "\n".join(cases)
        + "\n</testsuite>\n"
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Contract tests of the SAVE portal's JSON API")
    parser.add_argument("--only", default="", help="run the checks whose name has this word")
    parser.add_argument("--also", type=Path, action="append", default=[], help="a file of yours")
    parser.add_argument("--junit", type=Path, help="where the report for your CI is written")
    given = parser.parse_args(arguments)
    if not __debug__:
        print("Run without -O: the checks are assertions.", file=sys.stderr)
        return 2
    try:
        url, client_id, secret = (
            os.environ[name] for name in ("SAVE_URL", "SAVE_CLIENT_ID", "SAVE_CLIENT_SECRET")
        )
    except KeyError as missing:
        print(f"Set {missing.args[0]}.", file=sys.stderr)
        return 2
    portal = Portal(url.rstrip("/"), client_id, secret)
    try:
        portal.open()
    except (NotASandbox, OSError) as error:
        print(f"{error} Nothing was checked.", file=sys.stderr)
        return 2
    checks = list(CHECKS)
    for file in given.also:
        before = len(CHECKS)
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
        checks += CHECKS[before:]
    results = run(portal, [one for one in checks if given.only in one.name])
    for one in results:
        print(f"{'FAIL' if one.why else 'pass'}  {one.name}  ({one.seconds:.1f} s)")
        if one.why:
            print(f"      {one.why}\n      What to do: {one.remedy}")
    failed = sum(bool(one.why) for one in results)
    print(f"{len(results) - failed} of {len(results)} passed.")
    if given.junit:
        given.junit.write_text(junit(results), encoding="utf-8")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
