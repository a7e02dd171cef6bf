"""Programs that are not ours, over a socket: an OAuth client, and one that tries everything.

A short run is part of the suite. The whole one, with every boundary of every field, in random
order and one request after the other's answer:
`SCHEMATHESIS=all make test ARGS=tests/verification/api/test_from_outside.py`
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from authlib.integrations.requests_client import OAuth2Session

from save_portal.machines.views import description_of_the_api
from tests.conftest import load_three_people, make_agency
from tests.verification.api.conftest import asked, make_machine
from tests.verification.api.test_sandbox import sandbox_of

SHORT = ("--phases", "examples,fuzzing", "--max-examples", "1")
WHOLE = ("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "50")
HOW = WHOLE if os.environ.get("SCHEMATHESIS") == "all" else SHORT
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")

# The whole run takes some minutes on an idle machine, and many on a busy one.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300 if HOW is SHORT else 7_200),
]


@pytest.fixture
def session(live_server, tmp_path):
    """A client of the agency with a token, got by authlib."""
    agency = make_agency("CALHOUN")
    load_three_people(tmp_path)
    client, secret = make_machine(agency)
    session = OAuth2Session(client.client_id, secret, scope="save")
    session.trust_env = False
    session.fetch_token(f"{live_server.url}/oauth/token/", grant_type="client_credentials")
    return session


def test_an_oauth_client_gets_a_token_and_begins_a_case(live_server, session):
    answer = session.post(
        f"{live_server.url}/api/v1/cases", json=asked(), headers={"Idempotency-Key": "1"}
    )
    assert answer.status_code == 201, answer.text
    case = session.get(f"{live_server.url}{answer.headers['Location']}")
    assert case.json()["case_number"] == answer.json()["case_number"]
    large = b'{"agency_reference": "' + b"x" * 10_000_000 + b'"}'
    refused = session.post(
        f"{live_server.url}/api/v1/cases", large, headers={"Content-Type": "application/json"}
    )
    assert refused.status_code == 413


def test_nothing_that_the_description_permits_or_forbids_breaks_the_api(
    live_server, session, tmp_path, settings
):
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    try_everything(live_server, session.token["access_token"], tmp_path)


def test_nor_does_it_break_the_sandbox(live_server, tmp_path, settings):
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    tester, _ = sandbox_of(make_agency("CALHOUN"))
    try_everything(live_server, tester.token, tmp_path, "--include-path-regex", "/api/v1/sandbox")


def try_everything(live_server, token, folder, *more):
    description_of_the_api()  # made once a process, which takes its time
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
            *("run", f"{live_server.url}/api/schema/", "--checks", "all"),
            *("--header", f"Authorization: Bearer {token}"),
            *(*HOW, "--seed", "1", "--generation-database", "none", "--no-color", *more),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_PROXY": "*"},
        check=False,
    )
    (folder / "report.txt").write_text(done.stdout)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
