"""The administrator's page of systems: credentials shown once, changed over, ended."""

import re

import pytest
from django.urls import reverse

from save_portal.accounts.tenancy import agency_scope
from save_portal.machines.models import Client
from tests.conftest import make_user, signed_in
from tests.verification.api.conftest import token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(agency):
    return signed_in(make_user("Ruth", "agency_administrator", agency=agency))


def test_a_system_is_made_and_its_secret_shown_once(administrator, agency):
    page = administrator.post(
        reverse("verification:machine-new"), {"name": "Benefits intake", "benefits": ["snap"]}
    )
    assert page.status_code == 200
    client_id, secret = re.findall(r"<code[^>]*>([^<]{30,})</code>", page.content.decode())
    assert token_of(client_id, secret)
    index = administrator.get(reverse("verification:machines")).content.decode()
    assert client_id in index
    assert secret not in index
    with agency_scope(agency.pk):
        made = Client.objects.get()
    assert made.benefits == ["snap"]


def test_a_form_without_a_benefit_is_kept_and_says_so(administrator):
    page = administrator.post(reverse("verification:machine-new"), {"name": "Benefits intake"})
    assert page.status_code == 422
    assert "Tick at least one benefit" in page.content.decode()
    assert "Benefits intake" in page.content.decode()


def test_secrets_change_over_and_the_system_ends(administrator, credentials):
    client, _ = credentials
    page = administrator.post(reverse("verification:machine-secret", args=[client.pk]))
    second = re.findall(r'class="break">([^<]+)<', page.content.decode())[0]
    assert token_of(client.client_id, second)
    old = client.secrets.order_by("id").first()
    administrator.post(reverse("verification:machine-secret-end", args=[client.pk, old.pk]))
    assert token_of(client.client_id, second)
    asked = administrator.get(reverse("verification:machine-end", args=[client.pk]))
    assert "cannot be undone" in asked.content.decode()
    administrator.post(reverse("verification:machine-end", args=[client.pk]))
    assert "Ended" in administrator.get(reverse("verification:machines")).content.decode()


def test_an_endpoint_inside_a_network_is_refused_on_the_form(administrator):
    page = administrator.post(reverse("verification:webhook-new"), {"url": "https://10.0.0.1/"})
    assert page.status_code == 422
    assert "open internet" in page.content.decode()
    added = administrator.post(
        reverse("verification:webhook-new"), {"url": "https://intake.example.gov/save"}
    )
    assert added.status_code == 302
    index = administrator.get(reverse("verification:machines")).content.decode()
    assert "whsec_" in index


def test_nobody_else_opens_the_page(caseworker, office):
    officer = make_user("Otto", "program_officer", office=office)
    for person in (caseworker, officer):
        assert signed_in(person).get(reverse("verification:machines")).status_code == 403
