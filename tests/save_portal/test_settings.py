"""Production starts on values of its own, and on nothing that is fit for a demonstration only."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

OWN = {
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "save.example.gov",
    "BASE_URL": "https://save.example.gov",
    "EMAIL_URL": "smtp+tls://mail.example.gov:587",
    "DEFAULT_FROM_EMAIL": "save@example.gov",
    "TOLL_FREE_NUMBER": "800-555-0100",
    "G845_MAIL_TO": "Status Verification Office|1 Example Street|Anytown, MD 20000",
}


def start(**given: str) -> subprocess.CompletedProcess[str]:
    """A process of its own that reads the settings as the web server does."""
    kept = {name: os.environ[name] for name in ("PATH", "LOCAL_DIR") if name in os.environ}
    code = "from save_portal import settings as s; print(s.DEBUG, s.DEMO, s.SESSION_COOKIE_SECURE)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=kept | {name: value for name, value in given.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_values_of_its_own_production_starts_closed():
    started = start(**OWN)
    assert started.returncode == 0, started.stderr
    assert started.stdout.split() == ["False", "False", "True"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "") for name in OWN),
        ("SECRET_KEY", "k" * 49),
        ("ALLOWED_HOSTS", "localhost,127.0.0.1"),
        ("BASE_URL", "http://127.0.0.1:8000"),
        ("TOLL_FREE_NUMBER", "000-000-0000"),
    ],
)
def test_a_value_of_the_demonstration_stops_the_start_and_is_named(name, value):
    stopped = start(**OWN | {name: value})
    assert stopped.returncode != 0
    assert f"ImproperlyConfigured: {name}: production needs" in stopped.stderr


def test_a_demonstration_needs_nothing():
    started = start(DEMO="1")
    assert started.returncode == 0, started.stderr
    assert started.stdout.split() == ["False", "True", "False"]


@pytest.mark.parametrize("field", ["CLIENT_ADDRESS_HEADER", "CLIENT_CERTIFICATE_HEADER"])
def test_a_field_of_a_proxy_is_believed_from_named_proxies_or_not_at_all(field):
    stopped = start(**OWN | {field: "X-From-The-Proxy"})
    assert stopped.returncode != 0
    assert f"ImproperlyConfigured: {field}: name in TRUSTED_PROXIES" in stopped.stderr
    assert start(**OWN | {field: "X-From-The-Proxy", "TRUSTED_PROXIES": "unix"}).returncode == 0
