"""Behind a proxy a client is who the proxies say, as far as they can know, and nobody else."""

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from casecheck import lookup
from casecheck.models import Miss
from save_portal.web.client_address import client_address, counted_as, of_limits

PROXY, INNER = "10.0.0.5", "10.0.0.9"
CLIENT, LIE = "198.51.100.7", "203.0.113.99"


@pytest.fixture
def behind_proxies(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8", "fd00::/8", "unix"]
    settings.CLIENT_ADDRESS_HEADER = "X-Forwarded-For"


@pytest.fixture(autouse=True)
def nobody_was_counted_before():
    cache.clear()


def seen(forwarded=None, *, at=PROXY, field="HTTP_X_FORWARDED_FOR"):
    meta = {"REMOTE_ADDR": at}
    if forwarded is not None:
        meta[field] = forwarded
    return client_address(meta)


def test_without_the_setting_no_field_of_the_request_counts(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert seen(CLIENT) == PROXY


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (CLIENT, CLIENT),
        (f"{LIE}, {CLIENT}", CLIENT),
        (f"{LIE}, {CLIENT}, {INNER}", CLIENT),
        (f"{LIE},{CLIENT},{INNER},10.1.1.1", CLIENT),
        (f"{CLIENT}:51022", CLIENT),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:DB8:0::7]:51022", "2001:db8::7"),
        (f"::ffff:{CLIENT}", CLIENT),
        (INNER, INNER),
    ],
)
def test_it_is_the_right_most_address_that_is_no_proxys(behind_proxies, forwarded, client):
    assert seen(forwarded) == client


@pytest.mark.parametrize(
    "forwarded",
    [
        None,
        "",
        "unknown",
        f"{LIE}, unknown",
        f"{LIE}, ",
        "localhost",
        "1.2.3",
        "fe80::1%eth0",
        f"{LIE}; DROP TABLE",
        "9" * 5000,
        "," * 5000,
    ],
)
def test_what_the_nearest_proxy_adds_and_is_no_address_leaves_the_proxys_own(
    behind_proxies, forwarded
):
    assert seen(forwarded) == PROXY


def test_a_part_that_is_no_address_ends_what_is_believed(behind_proxies):
    assert seen(f"{LIE}, unknown, {INNER}") == INNER


def test_who_is_no_proxy_names_nobody_else(behind_proxies):
    assert seen(LIE, at=CLIENT) == CLIENT
    assert seen(LIE, at="not an address") == ""


def test_over_a_socket_of_the_machine(behind_proxies, settings):
    assert seen(CLIENT, at="") == CLIENT
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert seen(CLIENT, at="") == ""


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (f"for={CLIENT}", CLIENT),
        (f'for={LIE}, For="{CLIENT}:4711";proto=https', CLIENT),
        ('proto=https;for="[2001:db8::7]:4711"', "2001:db8::7"),
        ("for=unknown", PROXY),
        ("for=_hidden", PROXY),
        ("by=10.0.0.5", PROXY),
        (f'for="{LIE}, for={CLIENT}', CLIENT),  # a quote left open hides nothing
    ],
)
def test_the_standard_field_is_read_too(behind_proxies, settings, forwarded, client):
    settings.CLIENT_ADDRESS_HEADER = "Forwarded"
    assert seen(forwarded, field="HTTP_FORWARDED") == client
    assert seen(LIE) == PROXY  # the other field then says nothing


def test_limits_take_an_ipv6_address_by_its_network():
    assert counted_as("2001:db8:1:2:3:4:5:6") == counted_as("2001:db8:1:2::1") == "2001:db8:1:2::"
    assert counted_as("2001:db8:1:3::1") != "2001:db8:1:2::"
    assert counted_as(CLIENT) == CLIENT
    assert counted_as("") == ""
    assert of_limits(RequestFactory().get("/", REMOTE_ADDR="")) is None


def guess(forwarded, remote=PROXY):
    typed = {"number": "A277777777", "month": 1, "day": 2, "year": 1980}
    headers = {"X-Forwarded-For": forwarded}
    return Client().post("/casecheck/en/", typed, headers=headers, REMOTE_ADDR=remote)


@pytest.mark.django_db
def test_casecheck_counts_each_client_of_a_proxy_by_itself(behind_proxies):
    guess(CLIENT)
    guess(f"{LIE}, {CLIENT}")
    guess("198.51.100.8")
    guess(LIE, remote="192.0.2.1")
    guess("2001:db8:1:2::1")
    guess("2001:db8:1:2::2")
    numbers = sorted(
        Miss.objects.filter(digest=lookup.proofs.digest("address", address)).count()
        for address in (CLIENT, "198.51.100.8", "192.0.2.1", "2001:db8:1:2::", LIE, PROXY)
    )
    assert numbers == [0, 0, 1, 1, 2, 2]


@pytest.mark.django_db
@pytest.mark.parametrize("trusted", [[], ["10.0.0.0/8"]])
def test_a_made_up_field_gives_no_further_tries_at_signing_in(settings, caseworker, trusted):
    """With none trusted the peer is counted; behind a proxy, what the proxy added."""
    settings.TRUSTED_PROXIES = trusted
    settings.CLIENT_ADDRESS_HEADER = "X-Forwarded-For" if trusted else ""

    def tried(n, email):
        return Client().post(
            reverse("account_login"),
            {"login": email, "password": "wrong-wrong-wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{n}, {CLIENT}"},
            REMOTE_ADDR=PROXY,
        )

    for n in range(3):
        assert tried(n, caseworker.email).status_code == 200
    (attempt,) = AccessAttempt.objects.all()
    assert attempt.ip_address == (CLIENT if trusted else PROXY)
    assert attempt.failures_since_start == 3
    # And allauth's own limit, of whatever address is tried from one client.
    pages = [tried(n, f"nobody{n}@example.org").content.decode() for n in range(10)]
    assert "Too many failed login attempts" not in pages[0]
    assert "Too many failed login attempts" in pages[-1]
