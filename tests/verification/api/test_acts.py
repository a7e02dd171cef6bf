"""Each act of the browser is one over the API, with the same duties before it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from save_portal.accounts.tenancy import agency_scope
from save_portal.audit.models import AuditEvent, DisclosureEvent
from tests.uploads import encoded
from tests.verification.api.conftest import asked, unknown
from verification.deadlines import local_date
from verification.models import Case, ChargeEvent

pytestmark = pytest.mark.django_db


def card():
    """A picture of a card, as a form field."""
    file = SimpleUploadedFile("card.jpg", encoded("JPEG"), content_type="image/jpeg")
    return {"file": file, "kind": "front"}


@pytest.fixture
def begun(machine, people_on_record):
    """A case that SAVE could not confirm: its address and the answer."""
    answer = machine.post("cases", unknown())
    assert answer.status_code == 201, answer.content
    return f"cases/{answer.json()['case_number']}", answer


def test_a_case_that_is_not_confirmed_says_what_that_does_not_mean(begun):
    _, answer = begun
    case = answer.json()
    assert case["outcome"] == "additional_verification"
    assert case["reasons"] == ["no_record"]
    assert case["response"]["returned"] == {}
    said = [notice for notice in case["notices"] if notice["rule"] == "S1.4"]
    assert any("does not mean unlawful presence" in notice["text"] for notice in said)
    assert "close" not in case["allowed_actions"]
    assert case["blocked_actions"][0]["action"] == "close"


def test_duties_come_before_the_end_of_a_case(machine, begun):
    path, answer = begun
    refused = machine.post(f"{path}/close", {"reason": "completed"}, seen=answer)
    assert refused.status_code == 409
    assert refused.json()["type"] == "/api/problems/duty-open/"
    assert refused.json()["rule"] == "S3.7"
    done = {"told_applicant": True, "wish": "declines", "correction_sheet": True}
    told = machine.post(f"{path}/duties", done, seen=answer)
    assert told.json()["duties"]["wish"] == "declines"
    closed = machine.post(f"{path}/close", {"reason": "applicant_declined"}, seen=told)
    assert closed.json()["closure_reason"] == "applicant_declined"
    assert closed.json()["allowed_actions"] == []


def test_a_duty_recorded_by_mistake_is_taken_back(machine, begun):
    path, answer = begun
    told = machine.post(f"{path}/duties", {"told_applicant": True, "wish": "wants"}, seen=answer)
    back = machine.post(f"{path}/duties", {"wish": None}, seen=told)
    assert back.json()["duties"]["wish"] is None
    assert back.json()["duties"]["told_applicant_at"] is not None


def test_a_corrected_question_is_asked_again_and_charged_again(machine, begun, agency):
    path, answer = begun
    again = machine.post(f"{path}/retry", asked(), seen=answer)
    assert again.status_code == 200, again.content
    assert again.json()["status"] == "initial_confirmed"
    compared = machine.post(f"{path}/photo-match", {"answer": "yes"}, seen=again)
    assert compared.json()["duties"]["photo_match"] == "yes"
    closed = machine.post(f"{path}/close", {"reason": "completed"}, seen=compared)
    assert closed.json()["status"] == "closed"
    with agency_scope(agency.pk):
        assert sorted(ChargeEvent.objects.values_list("kind", flat=True)) == ["initial", "retry"]


def test_the_photo_and_the_data_shown_leave_disclosures(machine, people_on_record, agency):
    number = machine.post("cases", asked()).json()["case_number"]
    picture = machine.get(f"cases/{number}/photo")
    assert picture.status_code == 200
    assert picture["Content-Type"].startswith("image/")
    with agency_scope(agency.pk):
        shown = DisclosureEvent.objects.filter(case_number=number).order_by("id")
        assert shown.first().actor_name == "Eligibility system"
        assert shown.last().fields == ["photo"]


def test_a_request_for_additional_verification_takes_the_copies_along(machine, begun):
    path, answer = begun
    added = machine.upload(f"{path}/documents", card())
    assert added.status_code == 201, added.content
    second = machine.upload(f"{path}/documents", card())
    assert second.json()["id"] == added.json()["id"]
    sent = machine.post(f"{path}/additional-verification", {"reason": "prompted"}, seen=answer)
    case = sent.json()
    assert case["status"] == "additional_requested"
    assert case["duties"]["wish"] == "wants"
    assert case["documents"][0]["sent_at"] is not None
    kept = machine.delete(f"{path}/documents/{added.json()['id']}")
    assert kept.status_code == 409


def test_a_doubted_document_goes_to_the_verifiers_by_form(machine, people_on_record):
    answer = machine.post("cases", asked(document__doubt="The photo looks exchanged."))
    path = f"cases/{answer.json()['case_number']}"
    assert answer.json()["reasons"] == ["document_suspect"]
    form = {"reason": "document_doubtful", "comment": "See the photo."}
    early = machine.get(f"{path}/g845.pdf")
    assert (early.status_code, early.json()["type"]) == (409, "/api/problems/refused/")
    assert "Ask for it with `g845`" in early.json()["detail"]
    ready = machine.post(f"{path}/g845", form, seen=answer)
    assert ready.json()["status"] == "g845_recommended"
    paper = machine.get(f"{path}/g845.pdf")
    assert paper.content.startswith(b"%PDF")
    today = local_date(timezone.now(), "America/New_York")
    mailed = machine.post(f"{path}/g845-mailed", {"mailed_on": str(today)}, seen=ready)
    assert mailed.json()["status"] == "g845_mailed", mailed.content


def test_a_newer_document_makes_a_new_case_that_names_the_old_one(machine, begun):
    path, answer = begun
    newer = machine.post(f"{path}/newer-document", asked(), seen=answer)
    assert newer.status_code == 201, newer.content
    assert newer.json()["supersedes"] == answer.json()["case_number"]
    old = machine.get(path).json()
    assert old["closure_reason"] == "superseded"
    assert old["superseded_by"] == newer.json()["case_number"]


def test_an_act_names_the_version_it_has_seen(machine, begun):
    path, answer = begun
    blind = machine.post(f"{path}/duties", {"told_applicant": True})
    assert blind.status_code == 428
    done = machine.post(f"{path}/duties", {"told_applicant": True}, seen=answer)
    late = machine.post(f"{path}/duties", {"wish": "wants"}, seen=answer)
    assert (done.status_code, late.status_code) == (200, 412)
    assert late.json()["type"] == "/api/problems/case-changed/"


def test_the_log_names_the_client_and_the_request(machine, begun, credentials, agency):
    path, answer = begun
    machine.post(
        f"{path}/duties", {"told_applicant": True}, seen=answer, **{"X-Request-ID": "job-4711-a"}
    )
    with agency_scope(agency.pk):
        event = AuditEvent.objects.filter(verb="case.duty.told_applicant").get()
    assert event.actor_name == "Eligibility system"
    assert event.data["client"] == credentials[0].client_id
    assert event.data["request"] == "job-4711-a"


def test_no_passport_number_comes_back(machine, people_on_record):
    document = {
        "type": "i94_in_passport",
        "i94_number": "021300016J6",
        "passport_number": "G20411880",
        "passport_country": "MEX",
        "expires_on": "2030-01-01",
    }
    answer = machine.post("cases", asked(document=document))
    assert answer.status_code == 201, answer.content
    again = machine.get(f"cases/{answer.json()['case_number']}")
    for text in (answer.content, again.content):
        assert b"G20411880" not in text


def test_lists_page_by_cursors_that_hold_while_cases_are_added(machine, people_on_record):
    def add(count, start):
        for place in range(start, start + count):
            made = machine.post("cases", unknown(document__a_number=f"2000001{place:02}"))
            assert made.status_code == 201

    add(3, 0)
    first = machine.get("cases?limit=2").json()
    add(2, 3)
    second = machine.get(f"cases?limit=2&cursor={first['next_cursor']}").json()
    numbers = [case["case_number"] for case in first["cases"] + second["cases"]]
    assert len(set(numbers)) == 3
    assert second["next_cursor"] is None
    changed = machine.get("cases?limit=2&updated_from=2020-01-01T00:00:00Z").json()
    assert [case["case_number"] for case in changed["cases"]] == numbers[:0:-1]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=initial_unconfirmed", 1),
        ("status=closed", 0),
        ("step=initial&benefit=snap", 2),
        ("benefit=medicaid", 0),
        ("waiting_for=caseworker", 2),
        ("reference=HH-20571", 2),
        ("reference=HH-2057", 0),
        ("user=1", 0),
        ("created_to=2020-01-01T00:00:00Z", 0),
        ("created_from=2020-01-01T00:00:00%2B02:00", 2),
    ],
)
def test_lists_are_narrowed_by_what_is_asked(machine, people_on_record, query, count):
    machine.post("cases", asked())
    machine.post("cases", unknown())
    assert len(machine.get(f"cases?{query}").json()["cases"]) == count


def test_a_page_of_cases_takes_as_many_queries_with_many_cases_as_with_one(
    machine, people_on_record, django_assert_max_num_queries
):
    for place in range(4):
        machine.post("cases", unknown(document__a_number=f"2000001{place:02}"))
    with django_assert_max_num_queries(8):
        assert len(machine.get("cases").json()["cases"]) == 4


def test_a_machine_begins_a_case_in_few_queries(
    machine, people_on_record, django_assert_max_num_queries
):
    with django_assert_max_num_queries(22):
        assert machine.post("cases", asked()).status_code == 201


def test_nothing_of_another_agency_is_there(machine, other_machine, begun):
    path, answer = begun
    assert other_machine.get(path).status_code == 404
    missing = other_machine.get("cases/AAAAAAAAAAAAAAA")
    theirs = other_machine.post(f"{path}/duties", {"told_applicant": True}, seen=answer)
    assert (missing.status_code, theirs.status_code) == (404, 404)
    assert other_machine.get("cases").json()["cases"] == []
    assert other_machine.get(f"{path}/photo").status_code == 404
    assert other_machine.get(f"{path}/g845.pdf").status_code == 404


def test_reference_lists_are_the_published_ones(machine):
    codes = {one["code"]: one for one in machine.get("reference/document-types").json()["items"]}
    assert codes["i551"]["fields"][0]["name"] == "a_number"
    benefits = machine.get("reference/benefits").json()["items"]
    assert [one["code"] for one in benefits if one["permitted"]] == ["snap", "medicaid"]
    assert {"code": 24, "statement": "United States Citizen"} in machine.get(
        "reference/statements"
    ).json()["items"]
    assert len(machine.get("reference/classes-of-admission").json()["items"]) > 100


def test_a_client_asks_only_for_what_it_is_bound_to(machine, people_on_record):
    refused = machine.post("cases", asked(benefits=["snap", "housing"]))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["#/benefits/1"]


def test_what_needs_no_query_is_not_asked(machine, people_on_record, agency):
    refused = machine.post("cases", asked(no_query_reason="emergency_medicaid"))
    assert (refused.status_code, refused.json()["rule"]) == (409, "S10.1")
    with agency_scope(agency.pk):
        assert not Case.objects.exists()


def test_invoices_are_the_agencys_own(machine):
    assert machine.get("invoices").json() == {"invoices": [], "next_cursor": None}
