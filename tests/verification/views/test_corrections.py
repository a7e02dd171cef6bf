"""The pages of correction requests: for the offices alone, with what was typed kept."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import DisclosureEvent
from tests import uploads as files
from tests.conftest import AT, make_user, signed_in, write_upload
from verification.models import CorrectionEvidence, CorrectionRequest
from verification.records import index, loading
from verification.services import correction


@pytest.fixture
def officer(office):
    return make_user("Rita", Role.RECORDS_OFFICER, office=office)


@pytest.fixture
def drafted(verifier, people_on_record):
    with scope_for(verifier):
        return correction.draft(record_ref="CIS:C1", field="given_name", by=verifier, at=AT)


def address(request, act=None):
    if act:
        return reverse("verification:correction-act", args=[request.pk, act])
    return reverse("verification:correction", args=[request.pk])


@pytest.mark.django_db
def test_a_verifier_begins_from_a_datum_and_sends(verifier, people_on_record):
    client = signed_in(verifier)
    begun = client.post(
        reverse("verification:begin-correction"),
        {"record_ref": "CIS:C1", "field": "given_name"},
        follow=True,
    )
    page = begun.content.decode()
    assert "ANA LUCIA" in page
    assert "Send to the owner" in page
    with system_scope():
        request = CorrectionRequest.objects.get()
        assert DisclosureEvent.objects.filter(purpose="correction").count() == 1

    refused = client.post(
        address(request, "send"), {"version": 1, "proposed_value": "Ana Luz", "reason": ""}
    )
    assert refused.status_code == 422
    assert 'value="Ana Luz"' in refused.content.decode()
    assert "which document shows it" in refused.content.decode()

    sent = client.post(
        address(request, "send"),
        {"version": 1, "proposed_value": "ANA LUZ", "reason": "Birth certificate."},
        follow=True,
    )
    assert "Sent. The owner" in sent.content.decode()
    assert "USCIS Records replies by" in sent.content.decode()
    assert "Record the decision" not in sent.content.decode()


@pytest.mark.django_db
def test_both_owners_are_asked_from_the_disagreement_itself(verifier, people_on_record, tmp_path):
    admission = {
        "record_id": "A1",
        "updated_at": "2026-11-01T00:00:00Z",
        "family_name": "DELGADO",
        "given_name": "SOFIA",
        "date_of_birth": "2001-02-03",
        "i94_number": "021300016J6",
        "class_of_admission": "B2",
        "admitted_until": "D/S",
    }
    loading.load("ADIS", write_upload(tmp_path / "ADIS.csv", [admission]))
    index.build()
    page = signed_in(verifier).post(
        reverse("verification:begin-correction"),
        {
            "record_ref": "SEVIS:S1",
            "field": "status",
            "other_ref": "ADIS:A1",
            "other_field": "class_of_admission",
        },
        follow=True,
    )
    with system_scope():
        first, second = CorrectionRequest.objects.order_by("pk")
    assert (first.owner, second.owner) == ("school_or_sponsor", "cbp")
    assert (first.field, second.field) == ("status", "class_of_admission")
    assert f"Request {second.pk}, " in page.content.decode()
    other = signed_in(verifier).get(address(second)).content.decode()
    assert f"Request {first.pk}, " in other


@pytest.mark.django_db
def test_a_copy_of_a_document_goes_with_the_request(verifier, caseworker, drafted):
    client = signed_in(verifier)
    where = reverse("verification:evidence", args=[drafted.pk])
    nothing = client.post(where, {}, follow=True)
    assert "Choose a file first" in nothing.content.decode()
    card = SimpleUploadedFile("birth.jpg", files.encoded("JPEG"))
    page = client.post(where, {"file": card}, follow=True).content.decode()
    assert "birth.jpg" in page
    with system_scope():
        kept = CorrectionEvidence.objects.get()
    picture = reverse("verification:evidence-page", args=[drafted.pk, kept.pk, 1])
    response = client.get(picture)
    assert response.headers["Content-Type"] == "image/jpeg"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    beyond = reverse("verification:evidence-page", args=[drafted.pk, kept.pk, 2])
    assert client.get(beyond).status_code == 404
    assert signed_in(caseworker).get(picture).status_code == 403


@pytest.mark.django_db
def test_the_records_office_sees_its_queue_without_drafts_and_decides(officer, verifier, drafted):
    client = signed_in(officer)
    queue = reverse("verification:corrections")
    assert "No request fits" in client.get(queue).content.decode()
    with scope_for(verifier):
        correction.send(
            request_id=drafted.pk,
            version=1,
            proposed_value="ANA LUZ",
            reason="Birth certificate.",
            by=verifier,
            at=AT,
        )
    listed = client.get(queue).content.decode()
    assert f"Request {drafted.pk}" in listed
    assert "ANA" not in listed  # the list names the column, never the value

    done = client.post(
        address(drafted, "decide"),
        {"version": 2, "decision": "accept", "reply": ""},
        follow=True,
    )
    assert "It comes with the next upload" in done.content.decode()


@pytest.mark.django_db
def test_a_stale_page_and_a_wrong_act_change_nothing(verifier, drafted):
    client = signed_in(verifier)
    stale = client.post(address(drafted, "close"), {"version": 7, "closure": "withdrawn"})
    assert stale.status_code == 409
    assert "Nothing was changed" in stale.content.decode()
    assert client.post(address(drafted, "explode"), {"version": 1}).status_code == 404
    with system_scope():
        assert CorrectionRequest.objects.get().status == "drafted"


@pytest.mark.django_db
def test_no_agency_sees_a_correction(caseworker, supervisor, drafted):
    for user in (caseworker, supervisor):
        client = signed_in(user)
        assert client.get(reverse("verification:corrections")).status_code == 403
        assert client.get(address(drafted)).status_code == 403
        assert (
            client.post(
                reverse("verification:begin-correction"),
                {"record_ref": "CIS:C1", "field": "sex"},
            ).status_code
            == 403
        )


@pytest.mark.django_db
def test_markup_in_what_is_typed_stays_text(verifier, drafted):
    client = signed_in(verifier)
    page = client.post(
        address(drafted, "send"),
        {"version": 1, "proposed_value": "<b>ANA</b>", "reason": "<script>alert(1)</script>"},
        follow=True,
    ).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.django_db
def test_the_queue_takes_the_same_queries_for_any_number_of_requests(
    officer, verifier, people_on_record
):
    client = signed_in(officer)
    proposed = {"given_name": "ANA LUZ", "family_name": "LOPEZ", "sex": "M"}
    with CaptureQueriesContext(connection) as empty:
        client.get(reverse("verification:corrections"))
    with scope_for(verifier):
        for column, value in proposed.items():
            made = correction.draft(record_ref="CIS:C1", field=column, by=verifier, at=AT)
            correction.send(
                request_id=made.pk,
                version=1,
                proposed_value=value,
                reason="Birth certificate.",
                by=verifier,
                at=AT,
            )
    with CaptureQueriesContext(connection) as filled:
        client.get(reverse("verification:corrections"))
    assert len(filled) <= len(empty)


@pytest.mark.django_db
def test_any_datum_of_the_workbench_can_be_chosen_from_its_list(verifier, people_on_record):
    client = signed_in(verifier)
    begun = client.post(
        reverse("verification:begin-correction"), {"datum": "CIS:C1 port_of_entry"}, follow=True
    )
    assert "El Paso" in begun.content.decode()
    nothing = client.post(reverse("verification:begin-correction"), {"datum": ""}, follow=True)
    assert "There is no such datum" in nothing.content.decode()
