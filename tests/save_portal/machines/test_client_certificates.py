"""A client bound to a TLS certificate, believed from the proxy alone, in the forms they write."""

import base64
import hashlib
import re
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client as Browser
from django.urls import reverse

from save_portal.accounts.tenancy import agency_scope
from save_portal.audit.models import AuditEvent
from save_portal.machines import certificates, services
from tests.conftest import AT, make_user, signed_in
from tests.verification.api.conftest import make_machine

PROXY, ELSEWHERE = "10.1.2.3", "203.0.113.9"


def make_certificate(name):
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


OWN, OTHER = make_certificate("intake.example.gov"), make_certificate("elsewhere.example")
DER = ssl.PEM_cert_to_DER_cert(OWN)
SHA256 = hashlib.sha256(DER).hexdigest()


@pytest.fixture
def bound(agency, settings):
    """A client with its secret, bound to a certificate; the administrator who did it."""
    settings.CLIENT_CERTIFICATE_HEADER = "X-Client-Cert"
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    client, secret = make_machine(agency)
    boss = make_user("Ruth", "agency_administrator", agency=agency)
    with agency_scope(agency.pk):
        services.bind_certificate(client_id=client.pk, certificate=OWN, by=boss, at=AT)
    return client, secret, boss


def ask_token(client, secret, *, header=None, address=PROXY):
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": secret,
    }
    headers = {"X-Client-Cert": header} if header is not None else {}
    return Browser().post("/oauth/token/", form, headers=headers, REMOTE_ADDR=address)


def ask(token, *, header=None, address=PROXY):
    headers = {"Authorization": f"Bearer {token}"}
    headers |= {"X-Client-Cert": header} if header is not None else {}
    return Browser().get("/api/v1/cases", headers=headers, REMOTE_ADDR=address)


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        quote(OWN),
        OWN.replace("\n", " "),
        f":{base64.b64encode(DER).decode()}:",
        SHA256,
        SHA256.upper(),
        ":".join(re.findall("..", SHA256)),
        f'By=spiffe://x;Hash={SHA256};Subject="CN=intake"',
    ],
    # The certificate is another one in each process of the suite.
    ids=["pem", "quoted", "spaces", "base64", "digest", "capitals", "colons", "envoy"],
)
def test_every_form_that_proxies_write_is_the_same_certificate(text, settings):
    settings.CLIENT_CERTIFICATE_HEADER = "X-Client-Cert"
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert certificates.presented({"HTTP_X_CLIENT_CERT": text, "REMOTE_ADDR": PROXY}) == SHA256


@pytest.mark.parametrize("text", ["x", "::", ":!!:", "a" * 63, f"{certificates.BEGIN} AAAA"])
def test_what_is_no_certificate_is_none(text):
    with pytest.raises(ValueError, match="No certificate"):
        certificates.fingerprint(text)


@pytest.mark.django_db
def test_a_bound_client_gets_and_uses_tokens_with_its_certificate_alone(bound):
    client, secret, _ = bound
    token = ask_token(client, secret, header=quote(OWN)).json()["access_token"]
    for header in (None, quote(OTHER), "no certificate"):
        assert ask_token(client, secret, header=header).status_code == 401
        refused = ask(token, header=header)
        assert refused.status_code == 401
        assert refused.json()["type"] == "/api/problems/not-authenticated/"
    first = ask(token, header=SHA256)
    assert first.status_code == 200
    # Who came without it has used up nothing of the client's minute.
    assert first["RateLimit"].startswith('"minute";r=5999;')


@pytest.mark.django_db
def test_the_field_is_believed_from_the_proxy_alone(bound, agency):
    client, secret, _ = bound
    token = ask_token(client, secret, header=SHA256).json()["access_token"]
    assert ask_token(client, secret, header=SHA256, address=ELSEWHERE).status_code == 401
    spoofed = ask(token, header=SHA256, address=ELSEWHERE)
    assert spoofed.status_code == 401
    assert "own proxy" in spoofed.json()["detail"]
    # Nor from a client that is bound to none: whoever sends it past the proxy is up to something.
    free, of_free = make_machine(agency, name="Free")
    token = ask_token(free, of_free).json()["access_token"]
    assert ask(token).status_code == 200
    assert ask(token, header=SHA256, address=ELSEWHERE).status_code == 401


@pytest.mark.django_db
def test_without_the_setting_a_bound_client_is_not_let_in(bound, settings):
    client, secret, _ = bound
    settings.CLIENT_CERTIFICATE_HEADER = ""
    assert ask_token(client, secret, header=SHA256).status_code == 401


def test_a_proxy_on_a_socket_of_the_machine_is_trusted_where_it_is_named(settings):
    settings.CLIENT_CERTIFICATE_HEADER = "X-Client-Cert"
    settings.TRUSTED_PROXIES = ["unix"]
    assert certificates.presented({"HTTP_X_CLIENT_CERT": SHA256, "REMOTE_ADDR": ""}) == SHA256
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    for address in ("", "nonsense"):
        with pytest.raises(certificates.NotBelieved):
            certificates.presented({"HTTP_X_CLIENT_CERT": SHA256, "REMOTE_ADDR": address})


@pytest.mark.django_db
def test_the_administrator_binds_it_on_the_page_and_the_log_has_it(bound, agency, settings):
    client, _, boss = bound
    browser = signed_in(boss)
    address = reverse("verification:machine-certificate", args=[client.pk])
    assert SHA256 in browser.get(address).content.decode()
    wrong = browser.post(address, {"certificate": "nonsense"})
    assert wrong.status_code == 422
    assert "Paste the certificate in PEM" in wrong.content.decode()
    other = hashlib.sha256(ssl.PEM_cert_to_DER_cert(OTHER)).hexdigest()
    page = browser.post(address, {"certificate": OTHER}, follow=True).content.decode()
    assert other in page
    page = browser.post(address, {"certificate": ""}, follow=True).content.decode()
    assert "without a certificate from now on" in page
    with agency_scope(agency.pk):
        noted = AuditEvent.objects.filter(verb="client.certificate_bound").order_by("id")
        assert [event.data["sha256"] for event in noted] == [SHA256, other, ""]
    settings.CLIENT_CERTIFICATE_HEADER = ""
    page = browser.get(address, follow=True).content.decode()
    assert "asks for no certificates" in page
