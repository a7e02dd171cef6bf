"""A machine of the agency that speaks to the portal as any HTTP client does."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client as Browser

from save_portal.accounts.tenancy import agency_scope
from save_portal.machines.services import make_client

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
BENEFITS = ("snap", "medicaid")


@dataclass
class Machine:
    """The API through Django's own test client, with a token."""

    token: str
    http: Browser

    def get(self, path, **headers):
        return self.http.get(f"/api/v1/{path}", headers=self._headers(headers))

    def post(self, path, body, *, key=None, seen=None, **headers):
        headers |= {"Idempotency-Key": key or str(uuid4())}
        if seen is not None:
            headers["If-Match"] = seen if isinstance(seen, str) else seen["ETag"]
        return self.http.post(
            f"/api/v1/{path}",
            json.dumps(body) if not isinstance(body, (bytes, str)) else body,
            content_type=headers.pop("Content-Type", "application/json"),
            headers=self._headers(headers),
        )

    def upload(self, path, fields):
        headers = self._headers({"Idempotency-Key": str(uuid4())})
        return self.http.post(f"/api/v1/{path}", fields, headers=headers)

    def delete(self, path):
        return self.http.delete(f"/api/v1/{path}", headers=self._headers({}))

    def _headers(self, more):
        return {"Authorization": f"Bearer {self.token}", **more}


def token_of(client_id, secret):
    answer = Browser().post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": secret,
        },
    )
    assert answer.status_code == 200, answer.content
    return answer.json()["access_token"]


def make_machine(agency, *, name="Eligibility system", benefits=BENEFITS):
    with agency_scope(agency.pk):
        client, secret = make_client(
            agency=agency,
            name=name,
            access_mode="web_services",
            benefits=benefits,
            by=None,
            at=NOW,
        )
    return client, secret


@pytest.fixture
def credentials(agency):
    return make_machine(agency)


@pytest.fixture
def machine(credentials):
    client, secret = credentials
    return Machine(token_of(client.client_id, secret), Browser())


@pytest.fixture
def other_machine(other_agency):
    client, secret = make_machine(other_agency)
    return Machine(token_of(client.client_id, secret), Browser())


def asked(**changes):
    """What a machine sends of the resident with a photo."""
    body = {
        "applicant": {
            "family_name": "Arreola-Quiñones",
            "given_name": "Ana Lucia",
            "date_of_birth": "1990-05-31",
        },
        "document": {
            "type": "i551",
            "a_number": "A 209-448-177",
            "card_number": "msc 21 553 30947",
        },
        "benefits": ["snap"],
        "agency_reference": "HH-20571",
    }
    for path, value in changes.items():
        place, _, name = path.partition("__")
        if name:
            body[place] = {**body[place], name: value}
        else:
            body[place] = value
    return body


def unknown(**changes):
    """Somebody of whom no record exists."""
    return asked(
        **{
            "applicant__family_name": "Bautista",
            "applicant__given_name": "Rosalind",
            "document__a_number": "200000001",
            "document__card_number": "MSC2000000001",
            **changes,
        }
    )
