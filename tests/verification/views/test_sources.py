"""The record systems' page, the metrics behind it, and who is told of a problem."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from save_portal.accounts.models import Office
from save_portal.accounts.roles import Role
from save_portal.outbox import queue
from tests.conftest import make_user, signed_in
from tests.verification.records.files import row, write
from verification.records import index
from verification.records.loading import load
from verification.records.systems import SYSTEMS
from verification.services import sources

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def officer():
    office = Office.objects.create(code="PROGRAM", name="Program Office")
    return make_user("Paul", Role.PROGRAM_OFFICER, office=office)


def test_the_program_office_sees_every_system_and_what_is_wrong(officer, tmp_path):
    load("CIS", write(tmp_path, "CIS", row(), row(record_id="R2", a_number="x")))
    page = signed_in(officer).get("/program/sources/").content.decode()
    assert all(system.full_name in page for system in SYSTEMS.values())
    assert "CIS: 1 of 2 rows were rejected" in page
    assert "not yet in the index: CIS" in page
    assert "LOPEZ" not in page


def test_drift_is_shown_beside_what_is_usual_on_the_page_and_in_the_metrics(
    officer, settings, tmp_path
):
    settings.METRICS_TOKEN = "a-long-secret"
    for day in range(1, 8):
        new = row(record_id=f"N{day}", updated_at=f"2026-11-{day:02d}")
        old = [row(record_id=f"R{n}") for n in range(3 if day < 7 else 0)]
        load("CIS", write(tmp_path, "CIS", new, *old))
    page = signed_in(officer).get("/program/sources/").content.decode()
    assert "100.0 % new or changed, usually 25.0 %" in page
    assert "CIS: 1 rows came where 4 are usual." in page
    headers = {"Authorization": "Bearer a-long-secret"}
    text = Client().get("/metrics", headers=headers).content.decode()
    assert 'save_source_upload_share{of="changed",system="CIS"} 1.0' in text
    assert 'save_source_upload_share{of="usually_changed",system="CIS"} 0.25' in text
    assert 'save_source_upload_share{of="rejected",system="CIS"} 0.0' in text
    assert 'save_source_problem{kind="drift",system="CIS"} 1.0' in text


def test_before_the_first_upload_the_page_says_so(officer):
    page = signed_in(officer).get("/program/sources/").content.decode()
    assert page.count("No upload yet") == len(SYSTEMS)
    assert "to look at" not in page


def test_nobody_else_sees_it(caseworker, verifier):
    for user in (caseworker, verifier):
        assert signed_in(user).get("/program/sources/").status_code == 403


def test_an_officer_is_told_once_of_each_event(officer, verifier, settings, tmp_path):
    settings.SOURCE_MAX_AGE_DAYS = {"CIS": 3}
    assert sources.warn(at=AT) == 0
    load("CIS", write(tmp_path, "CIS", row()))
    assert sources.warn(at=AT) == 1
    assert sources.warn(at=AT) == 0
    assert sources.warn(at=AT + timedelta(hours=1)) == 0
    load("CIS", write(tmp_path, "CIS", row(updated_at="2026-11-19")))
    assert sources.warn(at=AT) == 0
    assert sources.warn(at=AT + timedelta(days=20)) > 0
    queue.deliver_due(datetime.now(tz=UTC) + timedelta(minutes=1))
    assert {message.to[0] for message in mail.outbox} == {officer.email}
    assert mail.outbox[0].subject == "Uploads of CIS need a look"
    assert "too old to answer" in mail.outbox[0].body


def test_metrics_need_their_token(settings, tmp_path):
    client = Client()
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-long-secret"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    load("CIS", write(tmp_path, "CIS", row()))
    index.build()
    answer = client.get("/metrics", headers={"Authorization": "Bearer a-long-secret"})
    assert answer["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert 'save_source_records{system="CIS"} 1.0' in text
    assert 'save_source_upload_rows{of="inserted",system="CIS"} 1.0' in text
    assert 'save_source_indexed{system="CIS"} 1.0' in text
