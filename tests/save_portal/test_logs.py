"""Logs are JSON, a line an event, and hold nothing about a person."""

import io
import json
import logging

import pytest
import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from save_portal.urls import handler400, handler403, handler404, handler500  # noqa: F401
from save_portal.urls import urlpatterns as portal
from tests.conftest import signed_in

TYPED = {
    "family_name": "Zzyzanska-Quill",
    "given_name": "Wilhelmina",
    "date_of_birth_month": "7",
    "date_of_birth_day": "19",
    "date_of_birth_year": "1987",
    "a_number": "A 208-777-131",
}
SECRETS = ("zzyzanska", "wilhelmina", "208777131", "208-777-131", "1987-07-19")


def fail(request: HttpRequest) -> HttpResponse:
    """A message of ours, a local variable, and what PostgreSQL says of a row, all with the name."""
    name = request.POST["family_name"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::date", [name])
    except Exception as error:
        raise RuntimeError(f"No place for {name}") from error
    return HttpResponse()


urlpatterns = [path("fail/", fail), *portal]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def written():
    """What the console's handler writes, in the form that it has in production."""
    [handler] = [
        each
        for each in logging.getLogger().handlers
        if isinstance(each.formatter, structlog.stdlib.ProcessorFormatter)
    ]
    paper = io.StringIO()
    before = handler.setStream(paper)
    yield paper
    handler.setStream(before)


def test_no_log_holds_what_was_typed_or_found(caseworker, people_on_record, written, client):
    person = signed_in(caseworker, raise_request_exception=False)
    assert person.post("/fail/", TYPED).status_code == 500
    person.get(reverse("verification:case-list"), {"q": TYPED["family_name"]})
    person.get(f"/cases/{TYPED['family_name']}/")
    person.post(reverse("verification:initiate"), TYPED)
    client.post(
        reverse("casecheck:look-up", args=["en"]),
        {"number": TYPED["a_number"], "month": 7, "day": 19, "year": 1987},
    )
    structlog.get_logger("save_portal").error(
        "Lost", batch_id=7, exc_type="OSError", error=TYPED["family_name"]
    )
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    failed = [line["exception"] for line in lines if "exception" in line]
    assert failed
    for stacks in failed:
        assert "RuntimeError" in [each["exc_type"] for each in stacks]
        assert all(each["frames"] for each in stacks)
    assert {"Not Found", "Internal Server Error"} <= {line["event"] for line in lines}
    [lost] = [line for line in lines if line["event"] == "Lost"]
    assert (lost["batch_id"], lost["exc_type"]) == (7, "OSError")
    for line in lines:
        told = json.dumps(line).lower()
        assert not [secret for secret in SECRETS if secret in told], line
