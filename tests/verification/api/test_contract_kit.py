"""The contract tests that an agency runs in its CI, against the running portal."""

import importlib.util
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.conf import settings

from save_portal.accounts.tenancy import agency_scope
from save_portal.machines import sandbox as sandboxes
from save_portal.machines.services import make_client
from tests.conftest import make_agency
from tests.verification.api.conftest import NOW, make_machine

pytestmark = pytest.mark.django_db(transaction=True)

FILE = Path(settings.BASE_DIR) / "docs" / "integrators" / "contract_tests.py"


@pytest.fixture
def kit(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    spec = importlib.util.spec_from_file_location("contract_tests", FILE)
    loaded = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "contract_tests", loaded)
    spec.loader.exec_module(loaded)
    return loaded


def credentials(monkeypatch, live_server, client, secret):
    monkeypatch.setenv("SAVE_URL", live_server.url)
    monkeypatch.setenv("SAVE_CLIENT_ID", client.client_id)
    monkeypatch.setenv("SAVE_CLIENT_SECRET", secret)


def test_the_contract_tests_pass_and_tell_what_fails_and_what_to_do(
    live_server, kit, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("verification.services.federal_records.time.sleep", lambda seconds: None)
    agency = make_agency("CALHOUN")
    with agency_scope(agency.pk):
        home = sandboxes.opened(agency=agency, by=None, at=NOW)
    with agency_scope(home.pk):
        client, secret = make_client(
            agency=home,
            name="Our CI",
            access_mode="web_services",
            benefits=["snap"],
            by=None,
            at=NOW,
        )
    credentials(monkeypatch, live_server, client, secret)
    own = tmp_path / "our_checks.py"
    own.write_text(
        "from contract_tests import check\n"
        "@check('our mapping knows every benefit', remedy='Add it to mapping.csv.')\n"
        "def ours(portal):\n"
        "    found = portal.get('/api/v1/reference/benefits').body['items']\n"
        "    assert not found, 'tanf is not mapped'\n"
    )
    report = tmp_path / "report.xml"
    assert kit.main(["--also", str(own), "--junit", str(report)]) == 1
    said = capsys.readouterr().out
    failed = [line for line in said.splitlines() if line.startswith("FAIL")]
    assert [line.partition("  (")[0] for line in failed] == [
        "FAIL  our mapping knows every benefit"
    ], said
    assert "tanf is not mapped" in said
    assert "What to do: Add it to mapping.csv." in said
    suite = ET.parse(report).getroot()
    assert suite.attrib["failures"] == "1"
    assert int(suite.attrib["tests"]) == len(kit.CHECKS) >= 22
    assert kit.main(["--only", "unknown to everybody"]) == 1

    production, of_production = make_machine(agency)
    credentials(monkeypatch, live_server, production, of_production)
    assert kit.main([]) == 2
    assert "not those of a sandbox" in capsys.readouterr().err
    monkeypatch.setenv("SAVE_CLIENT_SECRET", "wrong")
    assert kit.main([]) == 2
    assert "gives no token" in capsys.readouterr().err
