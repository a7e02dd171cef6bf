"""The sandbox in the browser and on the command line: kept apart from production by page."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from save_portal.accounts.tenancy import agency_scope
from save_portal.machines import sandbox as sandboxes
from save_portal.machines.models import Client
from save_portal.outbox import queue
from save_portal.outbox.models import Message
from tests.conftest import make_user
from tests.verification.api.conftest import Machine, token_of
from tests.verification.api.test_sandbox import ask_verifier, move, sandbox_of
from tests.verification.views.conftest import signed_in
from verification.sandbox.people import BY_KEY, PEOPLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(agency):
    return signed_in(make_user("Ruth", "agency_administrator", agency=agency))


def test_a_system_under_test_is_made_changed_over_and_ended(administrator, agency):
    empty = administrator.get(reverse("verification:sandbox-machines")).content.decode()
    assert "No system asks by itself yet" in empty
    made = administrator.post(
        reverse("verification:sandbox-machine-new"), {"name": "CI", "benefits": ["tanf"]}
    )
    client_id, secret = re.findall(r"<code[^>]*>(test_[^<]+)</code>", made.content.decode())
    tester = Machine(token_of(client_id, secret), Browser())
    assert tester.post("cases", BY_KEY["statement-24"].question("tanf")).status_code == 201
    page = administrator.get(reverse("verification:sandbox-machines")).content.decode()
    assert client_id in page
    assert client_id not in administrator.get(reverse("verification:machines")).content.decode()
    home = sandboxes.present(agency)
    with agency_scope(home.pk):
        client = Client.objects.get()
        secret_id = client.secrets.get().pk
    # A page of production does not reach it.
    administrator.post(reverse("verification:machine-end", args=[client.pk]))
    assert tester.get("cases").status_code == 200
    for name, arguments in (
        ("machine-secret", [client.pk]),
        ("machine-secret-end", [client.pk, secret_id]),
    ):
        administrator.post(reverse(f"verification:sandbox-{name}", args=arguments))
    assert tester.get("cases").status_code == 401
    administrator.post(reverse("verification:sandbox-machine-end", args=[client.pk]))
    assert "Ended" in administrator.get(reverse("verification:sandbox-machines")).content.decode()


def test_the_clock_is_moved_and_the_sandbox_begun_anew_from_the_page(administrator, agency):
    made = administrator.post(
        reverse("verification:sandbox-machine-new"), {"name": "CI", "benefits": ["snap"]}
    )
    client_id, secret = re.findall(r"<code[^>]*>(test_[^<]+)</code>", made.content.decode())
    tester = Machine(token_of(client_id, secret), Browser())
    case = tester.post("cases", BY_KEY["item-10"].question("snap"))
    number = case.json()["case_number"]
    asked = {"reason": "prompted"}
    tester.post(f"cases/{number}/additional-verification", asked, seen=case)
    address = reverse("verification:sandbox-clock")
    for days, said in (("7", "1 answer"), ("201", "a number from 0 to 200"), ("x", "a number")):
        page = administrator.post(address, {"days": days}, follow=True).content.decode()
        assert said in page, days
    assert tester.get(f"cases/{number}").json()["status"] == "additional_answered"
    anew = reverse("verification:sandbox-anew")
    assert "cannot be undone" in administrator.get(anew).content.decode()
    page = administrator.post(anew, follow=True).content.decode()
    assert "begun anew" in page
    assert client_id in page
    assert tester.get(f"cases/{number}").status_code == 404


def test_endpoints_of_the_sandbox_are_its_own_and_are_called(administrator, agency, settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    administrator.post(
        reverse("verification:sandbox-webhook-new"), {"url": "http://127.0.0.1:9/test"}
    )
    here = administrator.get(reverse("verification:sandbox-machines")).content.decode()
    assert "http://127.0.0.1:9/test" in here
    assert "whsec_" in here
    assert "127.0.0.1:9" not in administrator.get(reverse("verification:machines")).content.decode()
    tester, _ = sandbox_of(agency)
    ask_verifier(tester, "at-once")
    move(tester, 0)
    [call] = Message.objects.filter(topic="webhook")
    assert call.payload["type"] == "case.answered"
    queue.deliver_due(timezone.now())
    call.refresh_from_db()
    # Nobody listens there, and so it is tried again; an endpoint not found would be given up.
    assert (call.attempts, call.given_up_at) == (1, None)
    assert "refused" in call.last_error


def test_only_an_administrator_keeps_it_and_everybody_reads_who_is_in_it(supervisor):
    assert signed_in(supervisor).get(reverse("verification:sandbox-machines")).status_code == 403
    assert signed_in(supervisor).post(reverse("verification:sandbox-clock")).status_code == 403
    page = Browser().get(reverse("sandbox-docs:people")).content.decode()
    for person in PEOPLE:
        assert f">{person.given_name}</th>" in page, person.key
        assert person.number in page


def test_the_written_table_is_that_of_the_code():
    call_command("describe_sandbox", "--check", stdout=StringIO())


def test_an_operator_makes_credentials_for_the_sandbox(agency):
    out = StringIO()
    call_command("api_client", agency.code, "--sandbox", stdout=out)
    made = json.loads(out.getvalue())
    assert made["client_id"].startswith("test_")
    tester = Machine(token_of(made["client_id"], made["client_secret"]), Browser())
    assert tester.get("sandbox").json()["cases"] == 0
