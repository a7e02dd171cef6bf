"""Batches by machine: the same rules, its own benefits, and answers that page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from save_portal.accounts.tenancy import agency_scope, system_scope
from save_portal.documents import handlers
from save_portal.machines import webhooks
from save_portal.outbox.models import Message
from tests.conftest import AT, make_user
from tests.verification.api.conftest import Machine, make_machine, token_of
from tests.verification.api.test_manners import is_problem
from tests.verification.services.test_batch import MISTYPED, RESIDENT, nobody
from tests.verification.services.test_batches import content, place, work  # noqa: F401
from verification.models import Batch, Case, InitialAnswer
from verification.selectors.batches import NOT_A_FINDING

pytestmark = pytest.mark.django_db
NOBODYS = "6f1c2a9e-8a52-4d0c-9e0b-1d7f4c3b2a10"


def file(rows, *, raw=None):
    return {"file": SimpleUploadedFile("november.csv", content(rows) if raw is None else raw)}


def uploaded(machine, rows):
    answer = machine.upload("batches", file(rows))
    assert answer.status_code == 201, answer.content
    with system_scope():
        work(Batch.objects.get(key=answer.json()["id"]))
    return answer.json()["id"]


def finished(machine, rows):
    key = uploaded(machine, rows)
    assert machine.post(f"batches/{key}/start", {}).status_code == 200
    with system_scope():
        work(Batch.objects.get(key=key))
    return key


def test_from_the_file_to_additional_verification_of_one_row(machine, people_on_record):
    sent = machine.upload("batches", file([RESIDENT, nobody(1), {**RESIDENT, "benefit": "x"}]))
    assert sent.json()["status"] == "checking"
    assert sent["Location"] == f"/api/v1/batches/{sent.json()['id']}"
    key = sent.json()["id"]
    with system_scope():
        work(Batch.objects.get(key=key))
    found = machine.get(f"batches/{key}").json()
    assert found["status"] == "checked"
    assert found["rows"]["checked"] == 3
    assert found["allowed_actions"] == ["start", "cancel"]
    [fault] = machine.get(f"batches/{key}/faults").json()["faults"]
    assert (fault["line"], fault["row_id"], fault["field"]) == (4, "R3", "benefit")
    assert machine.post(f"batches/{key}/start", {}).json()["status"] == "running"
    with system_scope():
        work(Batch.objects.get(key=key))
    page = machine.get(f"batches/{key}/results").json()
    confirmed, unknown, refused = page["results"]
    assert page["notices"][0]["text"] == NOT_A_FINDING
    assert (confirmed["outcome"], confirmed["class_of_admission"]) == ("confirmed", "IR6")
    assert confirmed["notices"] == []
    assert unknown["outcome"] == "additional_verification"
    assert [notice["rule"] for notice in unknown["notices"]] == ["S1.4", "S5.2"]
    assert refused["refusal"]["rule"] == "S5.3"
    path = unknown["links"]["additional-verification"].removeprefix("/api/v1/")
    asked = machine.post(path, {"reason": "prompted"}, seen=unknown["etag"])
    assert asked.json()["status"] == "additional_requested"
    with system_scope():
        assert InitialAnswer.objects.first().asked["channel"] == "machine_batch"
        assert Case.objects.first().handled_by.role == "machine"
    assert machine.get("batches").json()["batches"][0]["status"] == "finished"


def test_results_page_by_line_and_take_no_filter(machine, people_on_record):
    key = finished(machine, [nobody(1), RESIDENT, MISTYPED])
    lines, cursor = [], ""
    while cursor is not None:
        page = machine.get(f"batches/{key}/results?limit=1{cursor and f'&cursor={cursor}'}").json()
        lines += [result["line"] for result in page["results"]]
        cursor = page["next_cursor"]
    assert lines == [2, 3, 4]
    for query in ("outcome=additional_verification", "cursor=abc", "limit=0"):
        is_problem(machine.get(f"batches/{key}/results?{query}"), "malformed-request")
    is_problem(machine.get("batches?cursor=W2ZhbHNlLDJd"), "malformed-request")
    is_problem(machine.get(f"batches/{key}/faults?cursor=W2ZhbHNlLDJd"), "malformed-request")


def test_acts_that_come_too_late_are_refused_and_repeated_ones_replayed(machine, people_on_record):
    key = uploaded(machine, [RESIDENT])
    first = machine.post(f"batches/{key}/start", {}, key="start")
    again = machine.post(f"batches/{key}/start", {}, key="start")
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    is_problem(machine.post(f"batches/{key}/start", {}), "refused")
    assert machine.post(f"batches/{key}/pause", {}).json()["status"] == "paused"
    assert machine.post(f"batches/{key}/resume", {}).json()["status"] == "running"
    assert machine.post(f"batches/{key}/cancel", {}).json()["status"] == "cancelled"
    is_problem(machine.post(f"batches/{key}/pause", {}), "refused")
    is_problem(machine.post(f"batches/{key}/pause", {"surprise": 1}), "invalid-fields")


def test_the_same_upload_again_is_the_same_batch(machine, people_on_record):
    first = machine.upload("batches", file([RESIDENT])).json()
    assert machine.upload("batches", file([RESIDENT])).json()["id"] == first["id"]


def test_bad_files_and_bodies_are_pointed_at(machine, people_on_record, monkeypatch):
    body = is_problem(machine.upload("batches", file([], raw=b"PK\x03\x04")), "invalid-fields")
    assert body["errors"][0]["pointer"] == "#/file"
    is_problem(machine.upload("batches", file([], raw=b"")), "invalid-fields")
    is_problem(machine.upload("batches", {}), "invalid-fields")
    is_problem(machine.upload("batches", {**file([RESIDENT]), "name": "x"}), "invalid-fields")
    both = {"file": [*file([RESIDENT]).values(), *file([MISTYPED]).values()]}
    is_problem(machine.upload("batches", both), "invalid-fields")
    is_problem(machine.post("batches", {"file": "row_id"}), "unsupported-media-type")
    monkeypatch.setitem(handlers.LARGER, "/api/v1/batches", (100, "Divide the file."))
    is_problem(machine.upload("batches", file([RESIDENT])), "body-too-large")


def test_a_machine_asks_only_for_what_it_is_bound_to(agency, people_on_record):
    client, secret = make_machine(agency, benefits=("medicaid",))
    machine = Machine(token_of(client.client_id, secret), Browser())
    key = uploaded(machine, [RESIDENT, {**RESIDENT, "benefit": "medicaid"}])
    [fault] = machine.get(f"batches/{key}/faults").json()["faults"]
    assert (fault["line"], fault["field"], fault["rule"]) == (2, "benefit", "S5.3")
    assert "bound to medicaid" in fault["remedy"]


def test_another_agencys_batch_is_not_there(machine, other_machine, people_on_record):
    key = finished(machine, [RESIDENT])
    for one in (key, NOBODYS):
        for path in ("", "/faults", "/results"):
            is_problem(other_machine.get(f"batches/{one}{path}"), "not-found")
        for act in ("start", "pause", "resume", "cancel"):
            is_problem(other_machine.post(f"batches/{one}/{act}", {}), "not-found")
    assert other_machine.get("batches").json() == {"batches": [], "next_cursor": None}


def test_the_agencys_endpoints_are_called_with_a_reference_alone(
    machine, agency, people_on_record, settings
):
    boss = make_user("Ruth", "agency_administrator", agency=agency)
    with agency_scope(agency.pk):
        webhooks.add(agency=boss.agency, url="https://intake.example.gov/save", by=boss, at=AT)
    key = finished(machine, [RESIDENT])
    calls = [message.payload for message in Message.objects.filter(topic="webhook").order_by("id")]
    assert [call["type"] for call in calls] == ["batch.checked", "batch.finished"]
    assert {str(call["data"]) for call in calls} == {str({"batch": f"/api/v1/batches/{key}"})}
