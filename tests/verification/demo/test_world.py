"""The demo world: its cases stand where the portal's own services brought them."""

import csv
import json
from collections import Counter

import pytest
from django.db import transaction

from agreements.models import Agreement, Supplement
from agreements.selectors.binding import permitted
from billing.demo_world import play as play_invoices
from billing.models import Invoice
from save_portal.accounts.models import Agency, User
from save_portal.accounts.roles import AUTOMATIC_ROLES, Role
from save_portal.accounts.tenancy import agency_scope, scope_for, system_scope
from save_portal.machines import sandbox as sandboxes
from save_portal.machines.models import Client, Webhook
from save_portal.outbox.models import Message
from tests.conftest import AT
from verification.demo.cases import STORIES
from verification.demo.world import seed_world, write_accounts
from verification.forms.review import form_with
from verification.models import (
    Case,
    CaseDocument,
    CorrectionRequest,
    Event,
    ReviewDraft,
    VerifierAnswer,
)
from verification.records.population import SITUATIONS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("world")


@pytest.fixture(scope="module")
def world(folder, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield seed_world(people=len(SITUATIONS), seed=2, directory=folder, at=AT)
        transaction.set_rollback(True)


def statuses():
    with system_scope():
        return Counter(Case.objects.values_list("status", flat=True))


def test_every_story_of_the_demo_is_played_to_its_end(world):
    found = statuses()
    assert world.cases == sum(found.values())
    assert {status for status, count in found.items() if count} >= {
        "initial_confirmed", "initial_unconfirmed", "additional_requested",
        "additional_in_review", "additional_answered", "g845_recommended", "g845_mailed",
        "g845_in_review",
    }  # fmt: skip
    beyond_the_first_answer = sum(
        n for s, n in found.items() if not s.startswith("initial") and s != "closed"
    )
    assert beyond_the_first_answer == len(STORIES)
    with system_scope():
        assert CaseDocument.objects.filter(sent_at__isnull=False).count() == 10
        assert set(VerifierAnswer.objects.values_list("kind", flat=True)) == {
            "final", "interim", "g845_recommended", "resubmit",
        }  # fmt: skip
        assert CorrectionRequest.objects.get().status == "sent"


def test_nothing_in_the_demo_happened_before_its_case_or_after_now(world):
    with system_scope():
        for case in Case.objects.prefetch_related("verifier_answers", "additional_requests"):
            moments = [*case.verifier_answers.all(), *case.additional_requests.all()]
            assert all(case.created_at <= each.at <= AT for each in moments)
            assert case.last_action_at <= AT


def test_people_work_on_working_days_and_some_requests_are_overdue(world):
    with system_scope():
        moments = Case.objects.values_list("created_at", flat=True)
        assert all(moment.weekday() < 5 for moment in moments)
        waiting = Case.objects.filter(status="additional_requested")
        assert waiting.filter(due_on__lt=AT.date()).exists()


def test_a_draft_shows_its_ticks_on_the_verifiers_form(world):
    with system_scope():
        for draft in ReviewDraft.objects.exclude(data={}):
            assert form_with(draft.data)["items"].value()


def test_each_agency_sees_its_own_cases_alone(world):
    for user in User.objects.filter(agency__isnull=False):
        with scope_for(user):
            assert set(Case.objects.values_list("agency_id", flat=True)) <= {user.agency_id}


def test_a_system_asks_by_itself_is_told_and_was_tried_out_first(world):
    with system_scope():
        client = Client.objects.select_related("user").get()
        assert Case.objects.filter(created_by=client.user).count() == 2
        assert Event.objects.filter(agency=client.agency).count() > 3
        assert Webhook.objects.get().agency_id == client.agency_id
        assert not Message.objects.filter(topic="webhook").exists()
        home = sandboxes.present(client.agency)
    with agency_scope(home.pk):
        assert {case.status for case in Case.objects.all()} == {
            "initial_confirmed",
            "initial_unconfirmed",
            "additional_answered",
        }


def test_seeding_again_begins_no_case_twice(world, folder):
    before = statuses()
    again = seed_world(people=len(SITUATIONS), seed=2, directory=folder, at=AT)
    assert again.cases == 0
    assert statuses() == before


def test_the_truth_file_has_everybody_of_every_situation(world, folder):
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        assert {row["situation"] for row in csv.DictReader(file)} == {
            situation.__name__ for situation in SITUATIONS
        }


def test_agreements_stand_at_every_point_that_somebody_has_to_act_on(world):
    with system_scope():
        found = Counter(Agreement.objects.values_list("status", flat=True))
        assert found["submitted"] == found["negotiating"] == found["ready_to_sign"] == 1
        assert found["expiring"] == 1
        supplement = Supplement.objects.select_related("paper", "agreement").get()
        assert supplement.status == "concluded"
        helper = Agency.objects.get(code="HELPINGHANDS")
        wes = User.objects.get(agency=helper, role="general_user")
    assert "unemployment" in permitted(agency=helper, on=AT.date()).benefits
    assert wes.trained_until is not None


def test_the_federal_agency_has_an_invoice_in_every_state(world):
    with system_scope():
        assert play_invoices(at=AT) == 5
        assert play_invoices(at=AT) == 0
        states = Invoice.objects.order_by("month").values_list("status", flat=True)
        assert list(states) == ["issued", "paid", "partly_paid", "disputed", "issued"]
        assert {invoice.agency.code for invoice in Invoice.objects.select_related("agency")} == {
            "FEDHOUSING"
        }


def test_the_accounts_that_are_written_down_can_all_sign_in(world, folder):
    accounts = write_accounts(folder / "demo.json", base_url="http://127.0.0.1:8000")
    assert json.loads((folder / "demo.json").read_text(encoding="utf-8")) == accounts
    assert set(accounts) == {"base_url", "agencies", "offices"}
    assert {frozenset(agency) for agency in accounts["agencies"]} == {
        frozenset({"code", "name", "users"})
    }
    everybody = [
        one for place in (*accounts["agencies"], *accounts["offices"]) for one in place["users"]
    ]
    assert {frozenset(one) for one in everybody} == {frozenset({"email", "role", "password"})}
    assert {one["role"] for one in everybody} == set(Role) - AUTOMATIC_ROLES
    with system_scope():
        for place in (*accounts["agencies"], *accounts["offices"]):
            for one in place["users"]:
                person = User.objects.select_related("agency").get(email=one["email"])
                assert person.check_password(one["password"])
                assert person.role == one["role"]
                assert person.agency is None or person.agency.code == place["code"]
