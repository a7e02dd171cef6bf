"""A batch in the sandbox: its people, its clock, and nothing of it in production."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from save_portal.accounts.tenancy import agency_scope, system_scope
from tests.verification.api.test_sandbox import move, sandbox_of
from tests.verification.services.test_batches import place  # noqa: F401
from verification.models import Batch
from verification.sandbox.people import BY_KEY
from verification.services import batch_work

pytestmark = pytest.mark.django_db


def rows_of(*keys):
    columns = ["row_id", "family_name", "given_name", "date_of_birth", "document_type", "a_number"]
    lines = [",".join([*columns, "benefit"])]
    for key in keys:
        person = BY_KEY[key]
        lines.append(
            f"{key},{person.family_name},{person.given_name},{person.date_of_birth},"
            f"{person.document['type']},{person.document['a_number']},snap"
        )
    return "\n".join(lines).encode()


def test_a_file_of_published_people_is_answered_at_the_time_of_the_clock(agency):
    tester, home = sandbox_of(agency)
    move(tester, 30)
    sent = tester.upload(
        "batches",
        {"file": SimpleUploadedFile("people.csv", rows_of("statement-18", "name-mismatch"))},
    )
    assert sent.status_code == 201, sent.content
    key = sent.json()["id"]
    with agency_scope(home.pk):
        batch_id = Batch.objects.get().pk
    with system_scope():
        assert not Batch.objects.exists()
    while batch_work.work_on(batch_id=batch_id, clock=timezone.now):
        pass
    assert tester.post(f"batches/{key}/start", {}).status_code == 200
    assert batch_work.take_up_all() == 1
    while batch_work.work_on(batch_id=batch_id, clock=timezone.now):
        pass
    confirmed, refused = tester.get(f"batches/{key}/results").json()["results"]
    assert (confirmed["outcome"], confirmed["statement_code"]) == ("confirmed", 18)
    assert refused["reasons"] == ["name_mismatch"]
    case = tester.get(f"cases/{confirmed['case_number']}").json()
    begun = datetime.fromisoformat(case["created_at"])
    assert begun > timezone.now() + timedelta(days=29)
