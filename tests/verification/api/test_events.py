"""What happens to a case reaches the agency's machine: by polling, and by a signed call."""

import json
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Receiver
from standardwebhooks.webhooks import WebhookVerificationError

from save_portal.accounts.tenancy import agency_scope, scope_for, system_scope
from save_portal.machines import webhooks
from save_portal.machines.services import ClientError
from save_portal.outbox import posting, queue
from save_portal.outbox.models import Message
from tests.conftest import make_user
from tests.verification.api.conftest import unknown
from verification.rules.review import AnswerInput
from verification.services import review
from verification.services.closing import close_stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked_case(machine, people_on_record):
    """A case that waits for a status verifier: its number."""
    answer = machine.post("cases", unknown())
    number = answer.json()["case_number"]
    sent = machine.post(
        f"cases/{number}/additional-verification", {"reason": "prompted"}, seen=answer
    )
    assert sent.status_code == 200, sent.content
    return number


def answered(number, verifier):
    with scope_for(verifier):
        case = review.take(case_number=number, by=verifier, at=timezone.now())
        return review.answer(
            case_number=number,
            version=case.version,
            given=AnswerInput(items=({"item": 4},)),
            by=verifier,
            at=timezone.now(),
        )


def test_an_answer_is_polled_until_it_is_acknowledged(machine, asked_case, verifier):
    assert machine.get("events").json() == {"events": [], "more": False}
    answered(asked_case, verifier)
    [event] = machine.get("events").json()["events"]
    assert event["type"] == "case.answered"
    assert event["case_number"] == asked_case
    assert machine.get("events").json()["events"] == [event]
    for _ in range(2):
        kept = machine.post(f"events/{event['id']}/acknowledge", {})
        assert kept.status_code == 200
        assert kept.json()["acknowledged_at"] is not None
    assert machine.get("events").json()["events"] == []


def test_events_keep_their_order_and_their_places(machine, asked_case, verifier):
    answered(asked_case, verifier)
    first = machine.get("events").json()["events"]
    with system_scope():
        close_stale(at=timezone.now() + timedelta(days=400))
    both = machine.get("events").json()["events"]
    assert [event["type"] for event in both] == ["case.answered", "case.closed"]
    assert both[:1] == first
    assert [event["id"] for event in both] == [1, 2]
    assert machine.get("events?limit=1").json()["more"] is True
    assert machine.get("events?after=1").json()["events"] == both[1:]


def test_events_of_another_agency_are_not_there(machine, other_machine, asked_case, verifier):
    answered(asked_case, verifier)
    [event] = machine.get("events").json()["events"]
    assert other_machine.get("events").json()["events"] == []
    assert other_machine.post(f"events/{event['id']}/acknowledge", {}).status_code == 404
    assert machine.post(f"events/{10**30}/acknowledge", {}).status_code == 404


class Calls(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()

    def log_message(self, *args):
        return


@pytest.fixture
def receiver(settings):
    """A receiver on this machine, which only the operator's setting permits."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    server = HTTPServer(("127.0.0.1", 0), Calls)
    server.calls, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def boss(agency):
    return make_user("Ruth", "agency_administrator", agency=agency)


@pytest.fixture
def endpoint(receiver, boss):
    with agency_scope(boss.agency_id):
        return webhooks.add(
            agency=boss.agency,
            url=f"http://127.0.0.1:{receiver.server_port}/save?x=1",
            by=boss,
            at=timezone.now(),
        )


def test_a_call_is_signed_and_carries_no_data(asked_case, verifier, receiver, endpoint):
    answered(asked_case, verifier)
    queue.deliver_due(timezone.now())
    [(headers, body)] = receiver.calls
    headers = {name.lower(): value for name, value in headers.items()}
    told = Receiver(webhooks.key_of(endpoint)).verify(body, headers)
    assert told["type"] == "case.answered"
    assert told["data"] == {"case_number": asked_case, "case": f"/api/v1/cases/{asked_case}"}
    with pytest.raises(WebhookVerificationError):
        Receiver(webhooks.key_of(endpoint)).verify(body + b" ", headers)
    assert "Bautista" not in body.decode()


def test_a_call_that_fails_is_made_again_and_again_for_three_days(
    asked_case, verifier, receiver, endpoint, boss
):
    receiver.answers = [500] * 100
    answered(asked_case, verifier)
    begun = at = timezone.now()
    with system_scope():
        message = Message.objects.get(topic="webhook")
    while message.given_up_at is None:
        queue.deliver_due(at)
        with system_scope():
            message.refresh_from_db()
        at = message.due_at
    assert timedelta(days=3) <= message.given_up_at - begun < timedelta(days=4)
    ids = {headers["webhook-id"] for headers, _ in receiver.calls}
    assert len(ids) == 1
    receiver.answers = []
    with agency_scope(boss.agency_id):
        assert (
            webhooks.replay(agency=boss.agency, webhook_id=endpoint.pk, by=boss, at=timezone.now())
            == 1
        )
    calls = len(receiver.calls)
    queue.deliver_due(timezone.now())
    assert len(receiver.calls) == calls + 1


def test_an_ended_endpoint_is_not_called(asked_case, verifier, receiver, endpoint, boss):
    answered(asked_case, verifier)
    with agency_scope(boss.agency_id):
        webhooks.end(agency=endpoint.agency, webhook_id=endpoint.pk, by=boss, at=timezone.now())
    queue.deliver_due(timezone.now())
    assert receiver.calls == []


@pytest.mark.parametrize(
    "url",
    [
        "http://intake.example.gov/save",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0.0.0.0/",
        "https://user:word@intake.example.gov/",
        "https://intake.example.gov:22/",
        "https://intake.example.gov:99999/",
        "ftp://intake.example.gov/",
        "intake.example.gov",
        "https://",
    ],
)
def test_what_is_not_on_the_open_internet_is_refused(boss, url):
    with agency_scope(boss.agency_id), pytest.raises(ClientError):
        webhooks.add(agency=boss.agency, url=url, by=boss, at=timezone.now())


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0177.0.0.1", "2130706433"])
def test_a_name_that_leads_inside_is_refused_when_it_is_called(host):
    with pytest.raises((posting.NotAllowed, OSError)):
        posting.post(f"https://{host}/", b"{}", {})


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    """A name that leads outside when it is checked and inside a moment later (DNS rebinding)."""
    stands_for = iter(["93.184.216.34", "127.0.0.1"])
    called = []

    def looked_up(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(stands_for), port))]

    def connect(address, _timeout):
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        posting.post("https://intake.example.gov/save", b"{}", {})
    assert called == [("93.184.216.34", 443)]


def test_only_the_administrator_of_the_agency_has_endpoints(endpoint, caseworker, other_agency):
    stranger = make_user("Nina", "agency_administrator", agency=other_agency)
    for person in (caseworker, stranger):
        with agency_scope(person.agency_id), pytest.raises(ClientError):
            webhooks.end(
                agency=endpoint.agency, webhook_id=endpoint.pk, by=person, at=timezone.now()
            )


def test_the_message_is_json_with_the_three_fields_of_the_standard(
    asked_case, verifier, receiver, endpoint
):
    answered(asked_case, verifier)
    queue.deliver_due(timezone.now())
    assert sorted(json.loads(receiver.calls[0][1])) == ["data", "timestamp", "type"]
