"""Bad input of every kind gets a problem answer that says what to do, never an error of ours."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client as Browser
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from oauth2_provider.models import AccessToken

from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import agency_scope
from save_portal.machines import services
from save_portal.machines.operations import Ending
from save_portal.machines.problems import KINDS
from tests.conftest import make_agency, make_user
from tests.verification.api.conftest import NOW, Machine, asked, make_machine, token_of, unknown
from verification.api.events import Events
from verification.models import Case

pytestmark = pytest.mark.django_db


def is_problem(answer, slug):
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert body["type"] == f"/api/problems/{slug}/"
    assert body["status"] == answer.status_code == KINDS[slug].status
    assert body["detail"]
    assert body["request_id"] == answer["X-Request-ID"]
    return body


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"surprise": 1}, "#/surprise"),
        ({"applicant__nickname": "Ana"}, "#/applicant/nickname"),
        ({"applicant__family_name": 12}, "#/applicant/family_name"),
        ({"applicant__family_name": None}, "#/applicant/family_name"),
        ({"applicant__family_name": "x" * 500}, "#/applicant/family_name"),
        ({"applicant__family_name": "R2D2"}, "#/applicant/family_name"),
        ({"applicant__date_of_birth": "31.5.1990"}, "#/applicant/date_of_birth"),
        ({"applicant__date_of_birth": "2990-05-31"}, "#/applicant/date_of_birth"),
        ({"applicant__also_known_as": "Ana"}, "#/applicant/also_known_as"),
        ({"applicant__also_known_as": [{}]}, "#/applicant/also_known_as/0"),
        ({"applicant": "Ana"}, "#/applicant"),
        ({"document__a_number": 209448177}, "#/document/a_number"),
        ({"document__a_number": 209448177.0}, "#/document/a_number"),
        ({"document__a_number": "1"}, "#/document/a_number"),
        ({"document__type": "driver"}, "#/document/type"),
        ({"document__type": ["i551"]}, "#/document/type"),
        ({"document__sevis_id": "N0031450003"}, "#/document/sevis_id"),
        ({"benefits": []}, "#/benefits"),
        ({"benefits": "snap"}, "#/benefits"),
        ({"benefits": [True]}, "#/benefits/0"),
        ({"agency_reference": "x" * 41}, "#/agency_reference"),
        ({"a~b/c": 1}, "#/a~0b~1c"),
    ],
)
def test_a_wrong_field_is_pointed_at(machine, people_on_record, changes, pointer):
    body = is_problem(machine.post("cases", asked(**changes)), "invalid-fields")
    assert pointer in [error["pointer"] for error in body["errors"]]


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b'{"benefits": ["snap"], "benefits": ["medicaid"]}',
        b'{"benefits": NaN}',
        b'{"agency_reference": "\\u0000"}',
        b'{"agency_reference": "\\ud800"}',
        b'{"a":' * 17 + b"1" + b"}" * 17,
        b"[" * 200_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_cannot_be_read_is_refused(machine, raw):
    is_problem(machine.post("cases", raw), "malformed-request")


def test_large_bodies_and_other_types_are_refused(machine):
    large = b'{"agency_reference": "' + b"x" * 10_000_000 + b'"}'
    is_problem(machine.post("cases", large), "body-too-large")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"):
        answer = machine.post("cases", json.dumps(asked()), **{"Content-Type": kind})
        is_problem(answer, "unsupported-media-type")


@pytest.mark.django_db
def test_a_request_is_looked_up_and_counted_by_one_statement(machine, django_assert_num_queries):
    machine.get("reference/benefits")
    # Token and pace; the scope of the agency (four, inside a test's transaction); the programs.
    with django_assert_num_queries(6):
        answer = machine.get("reference/benefits")
    assert answer["RateLimit"].startswith('"minute";r=5998;')


@pytest.mark.django_db
def test_an_answer_is_data_and_no_page(machine, settings):
    answer = machine.get("cases")
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(len(answer.content))
    settings.ALLOWED_HOSTS = ["save.example.gov"]
    is_problem(machine.get("cases", Host="elsewhere.example"), "malformed-request")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=ten",
        "cursor=abc",
        "cursor=W2ZhbHNlLCJ4IiwxXQ",
        "status=unknown",
        "user=x",
        "user=99999999999999999999",
        "created_from=yesterday",
        "created_from=2026-11-20T15:00:00",
        "updated_to=0000-00-00T00:00:00Z",
        "reference=%00",
        "surprise=1",
        "limit=1&limit=2",
    ],
)
def test_a_wrong_parameter_is_named(machine, query):
    is_problem(machine.get(f"cases?{query}"), "malformed-request")


def test_what_is_not_there_is_a_problem_too(machine, client):
    is_problem(machine.get("nothing"), "not-found")
    is_problem(client.get("/api/v2/cases"), "not-found")
    is_problem(machine.get("cases/short"), "not-found")
    refused = machine.http.put(
        "/api/v1/cases", headers={"Authorization": f"Bearer {machine.token}"}
    )
    is_problem(refused, "method-not-allowed")
    assert refused["Allow"] == "GET, HEAD, POST"
    is_problem(machine.get("cases", Accept="application/xml"), "not-acceptable")


def test_a_slash_too_many_does_no_harm(machine):
    assert machine.get("cases/").json() == {"cases": [], "next_cursor": None}


def test_without_a_token_nobody_enters(client, machine, credentials):
    is_problem(client.get("/api/v1/cases"), "not-authenticated")
    for header in ("Bearer", "Bearer nonsense", "Basic abc", "Bearer \x7f"):
        answer = client.get("/api/v1/cases", headers={"Authorization": header})
        is_problem(answer, "not-authenticated")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    is_problem(machine.get("cases"), "not-authenticated")


def test_a_token_is_kept_as_a_digest_alone(machine):
    token = AccessToken.objects.get()
    assert token.token == ""
    assert token.token_checksum != machine.token


def test_the_pace_is_told_and_kept(machine, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    answers = [machine.get("reference/statements") for _ in range(8)]
    left = [answer["RateLimit"].split(";")[1] for answer in answers[:2]]
    assert left[0] in ("r=2", "r=1")
    slow = next(answer for answer in answers if answer.status_code == 429)
    is_problem(slow, "too-many-requests")
    assert 1 <= int(slow["Retry-After"]) <= 60


def test_answers_tell_how_long_the_sources_took(machine, people_on_record):
    timing = machine.post("cases", asked())["Server-Timing"]
    parts = {
        name: float(rest.partition("=")[2])
        for name, _, rest in (part.strip().partition(";") for part in timing.split(","))
    }
    assert 0 < parts["sources"] < parts["total"]


def test_two_secrets_overlap_and_each_ends_at_once(machine, credentials, agency):
    client, first = credentials
    boss = make_user("Ruth", "agency_administrator", agency=agency)
    with agency_scope(agency.pk):
        _, second = services.add_secret(client_id=client.pk, by=boss, at=NOW)
        with pytest.raises(services.ClientError):
            services.add_secret(client_id=client.pk, by=boss, at=NOW)
    assert token_of(client.client_id, first)
    fresh = token_of(client.client_id, second)
    with agency_scope(agency.pk):
        old = client.secrets.order_by("id").first()
        services.end_secret(client_id=client.pk, secret_id=old.pk, by=boss, at=NOW)
    for token in (machine.token, fresh):
        headers = {"Authorization": f"Bearer {token}"}
        assert machine.http.get("/api/v1/cases", headers=headers).status_code == 401
    refused = Browser().post(
        "/oauth/token/",
        {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": first},
    )
    assert refused.status_code == 401
    assert token_of(client.client_id, second)


def test_an_ended_client_is_out_at_once_and_its_cases_stay(
    machine, credentials, agency, people_on_record
):
    number = machine.post("cases", unknown()).json()["case_number"]
    client, secret = credentials
    boss = make_user("Ruth", "agency_administrator", agency=agency)
    with agency_scope(agency.pk):
        services.end_client(client_id=client.pk, by=boss, at=NOW)
        assert Case.objects.filter(number=number).exists()
    is_problem(machine.get("cases"), "not-authenticated")
    refused = Browser().post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": secret,
        },
    )
    assert refused.status_code == 401


def test_an_agency_that_ended_has_no_machines(machine, agency):
    Agency.objects.filter(pk=agency.pk).update(is_active=False)
    is_problem(machine.get("cases"), "not-authenticated")


def test_only_the_agencys_administrator_manages_its_clients(credentials, agency, other_agency):
    client, _ = credentials
    stranger = make_user("Nina", "agency_administrator", agency=other_agency)
    caseworker = make_user("Dana", "general_user", agency=agency)
    for person in (stranger, caseworker):
        with agency_scope(person.agency_id), pytest.raises(services.ClientError):
            services.end_client(client_id=client.pk, by=person, at=NOW)


def test_no_other_grant_and_no_token_in_the_address(machine, credentials):
    client, secret = credentials
    for grant in ("password", "authorization_code", "refresh_token", "implicit"):
        data = {"grant_type": grant, "client_id": client.client_id, "client_secret": secret}
        answer = Browser().post("/oauth/token/", {**data, "username": "a", "password": "b"})
        assert answer.status_code in (400, 401), grant
    assert Browser().get(f"/api/v1/cases?access_token={machine.token}").status_code == 401


def test_a_machine_cannot_sign_in(credentials, client):
    account = credentials[0].user
    assert not account.has_usable_password()


def test_the_browsers_cookie_opens_nothing_here(client, caseworker):
    client.force_login(caseworker)
    assert client.get("/api/v1/cases").status_code == 401


def test_make_machine_refuses_what_names_nothing(agency):
    with pytest.raises(services.ClientError):
        make_machine(agency, benefits=())
    with pytest.raises(services.ClientError):
        make_machine(agency, name="  ")


def test_the_command_prints_credentials_once_and_only_what_the_agreement_permits(agency, capsys):
    call_command("api_client", "CALHOUN", "--benefit", "snap")
    printed = json.loads(capsys.readouterr().out)
    assert sorted(printed) == ["client_id", "client_secret"]
    assert token_of(printed["client_id"], printed["client_secret"])
    for wrong in (["CALHOUN", "--benefit", "housing"], ["NOWHERE"]):
        with pytest.raises(CommandError):
            call_command("api_client", *wrong)
    make_agency("BYHAND", access_modes=["browser"])
    with pytest.raises(CommandError, match="web services"):
        call_command("api_client", "BYHAND")


def test_an_agreement_without_web_services_lets_no_machine_ask(people_on_record):
    client, secret = make_machine(make_agency("BYHAND", access_modes=["browser"]))
    machine = Machine(token_of(client.client_id, secret), Browser())
    is_problem(machine.post("cases", asked()), "no-agreement")


def test_what_will_end_says_so_in_each_answer_and_in_the_description(machine, monkeypatch):
    announced, sunset = datetime(2027, 1, 4, tzinfo=UTC), datetime(2028, 1, 4, tzinfo=UTC)
    operation = replace(Events.operations["get"], ends=Ending(announced, sunset))
    monkeypatch.setattr(Events, "operations", {"get": operation})
    for answer in (machine.get("events"), machine.get("events?nonsense=1")):
        assert answer["Deprecation"] == "@1799020800"
        assert answer["Sunset"] == "Tue, 04 Jan 2028 00:00:00 GMT"
        assert answer["Link"].startswith("</api/docs/changes/>")
    assert not machine.get("cases").has_header("Deprecation")
    described = SchemaGenerator().get_schema(request=None, public=True)
    assert described["paths"]["/api/v1/events"]["get"]["deprecated"] is True
    assert "deprecated" not in described["paths"]["/api/v1/cases"]["get"]
