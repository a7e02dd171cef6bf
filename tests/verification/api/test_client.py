"""The client that integrators take from docs/integrators, against the running portal."""

import importlib.util
import json
from pathlib import Path

import pytest
from django.conf import settings

from save_portal.accounts.tenancy import system_scope
from tests.conftest import load_three_people, make_agency
from tests.verification.api.conftest import asked, make_machine, unknown
from tests.verification.api.test_sandbox import sandbox_of
from tests.verification.services.test_batch import RESIDENT, nobody
from tests.verification.services.test_batches import content, work
from verification.models import Batch

pytestmark = pytest.mark.django_db(transaction=True)

FILE = Path(settings.BASE_DIR) / "docs" / "integrators" / "save_client.py"


class Worker:
    """Does what the portal's worker does, whenever the client waits."""

    def __call__(self, seconds):
        with system_scope():
            waiting = list(Batch.objects.underway())
        for batch in waiting:
            work(batch)


@pytest.fixture
def module(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    spec = importlib.util.spec_from_file_location("save_client", FILE)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_the_client_and_its_command_line_do_what_the_guide_says(
    live_server, module, tmp_path, monkeypatch, capsys
):
    agency = make_agency("CALHOUN")
    load_three_people(tmp_path)
    client, secret = make_machine(agency)
    save = module.SaveClient(live_server.url, client.client_id, secret, sleep=lambda _: None)
    case = save.begin(unknown(), key="mine")
    assert save.begin(unknown(), key="mine") == case
    number = case["case_number"]
    told = save.act(number, "duties", {"told_applicant": True, "wish": "wants"})
    assert told["duties"]["wish"] == "wants"
    sent = save.act(number, "additional-verification", {"reason": "prompted"})
    assert sent["status"] == "additional_requested"
    with pytest.raises(module.Problem) as refused:
        save.begin(asked(document__a_number="1"))
    assert refused.value.kind == "invalid-fields"
    assert refused.value.errors[0]["pointer"] == "#/document/a_number"
    save.begin(asked())
    assert len(list(save.cases(limit="1"))) == 2
    assert list(save.events()) == []

    monkeypatch.setenv("SAVE_URL", live_server.url)
    monkeypatch.setenv("SAVE_CLIENT_ID", client.client_id)
    monkeypatch.setenv("SAVE_CLIENT_SECRET", secret)
    question = tmp_path / "question.json"
    question.write_text(json.dumps(asked(agency_reference="x" * 41)))
    assert module.main(["begin", str(question)]) == 1
    assert "#/agency_reference" in capsys.readouterr().err
    assert module.main(["case", number]) == 0
    assert json.loads(capsys.readouterr().out)["case_number"] == number
    assert module.main(["events"]) == 0


def test_the_command_line_speaks_with_the_sandbox(live_server, module, monkeypatch, capsys):
    _, home = sandbox_of(make_agency("CALHOUN"))
    client, secret = make_machine(home)
    monkeypatch.setenv("SAVE_URL", live_server.url)
    monkeypatch.setenv("SAVE_CLIENT_ID", client.client_id)
    monkeypatch.setenv("SAVE_CLIENT_SECRET", secret)
    assert module.main(["people"]) == 0
    people = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    save = module.SaveClient(live_server.url, client.client_id, secret)
    question = next(one["question"] for one in people if one["key"] == "item-10")
    number = save.begin(question)["case_number"]
    save.act(number, "additional-verification", {"reason": "prompted"})
    assert module.main(["forward", "7"]) == 0
    assert json.loads(capsys.readouterr().out)["done"]["verifier_answers"] == 1
    assert save.case(number)["status"] == "additional_answered"
    [event] = save.events()
    save.acknowledge(event)
    assert module.main(["reset"]) == 0
    assert json.loads(capsys.readouterr().out)["cases"] == 0
    assert list(save.events()) == []
    assert module.main(["forward", "-1"]) == 1
    assert "#/days" in capsys.readouterr().err


def test_a_file_from_the_command_line_becomes_cases(
    live_server, module, tmp_path, monkeypatch, capsys
):
    agency = make_agency("CALHOUN")
    load_three_people(tmp_path)
    client, secret = make_machine(agency)
    monkeypatch.setenv("SAVE_URL", live_server.url)
    monkeypatch.setenv("SAVE_CLIENT_ID", client.client_id)
    monkeypatch.setenv("SAVE_CLIENT_SECRET", secret)
    monkeypatch.setattr(module.SaveClient.__init__, "__kwdefaults__", {"sleep": Worker()})
    file = tmp_path / "november.csv"
    file.write_bytes(content([RESIDENT, nobody(1), {**RESIDENT, "benefit": "x"}]))
    assert module.main(["batch", str(file), "--check"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["rows"]["faulty"] == 1
    assert json.loads(told.err)["line"] == 4
    assert module.main(["batch", str(file), "--refuse-faults"]) == 1
    assert "Some rows cannot be asked." in capsys.readouterr().err
    assert module.main(["batch", str(file)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["outcome"] for row in rows] == ["confirmed", "additional_verification", "refused"]
    save = module.SaveClient(live_server.url, client.client_id, secret)
    assert save.case(rows[1]["case_number"])["status"] == "initial_unconfirmed"
