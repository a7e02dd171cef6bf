"""Each way in which systems and documents disagree ends as its truth says, and tells nothing more.

The real path: upload files, loaded, indexed, asked by a caseworker through the service, and the
pages that the caseworker then sees.
"""

import csv
import json
from dataclasses import replace

import pytest
from django.db import transaction

from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for
from tests.conftest import AT, make_agency, make_user, signed_in
from verification.errors import DuplicateCase, InvalidSubmission
from verification.records import index, loading
from verification.records.population import CONTRADICTIONS, SITUATIONS, write_uploads
from verification.rules.unconfirmed import RETRY, one_more
from verification.services import initial
from verification.services.batch_row import submission_of

NAMES = [entry.name for entry in CONTRADICTIONS]
LATE = {"not_yet_loaded"}
REFUSED = {"i94_of_ten_characters"}  # before anything is asked


@pytest.fixture(scope="module")
def world(tmp_path_factory, django_db_setup, django_db_blocker):
    """One person in each situation, on record in all systems; a caseworker who asks."""
    folder = tmp_path_factory.mktemp("world")
    write_uploads(folder, len(SITUATIONS), 4)
    with django_db_blocker.unblock(), transaction.atomic():
        for file in sorted(folder.glob("[A-Z]*.csv")):
            result = loading.load(file.stem, file)
            assert (result.rejected, result.inserted) == (0, result.read), file.stem
        index.build()
        yield World(folder, make_user("Dana", Role.GENERAL_USER, agency=make_agency("CALHOUN")))
        transaction.set_rollback(True)


class World:
    def __init__(self, folder, by):
        self.folder, self.by = folder, by
        with (folder / "truth.csv").open(encoding="utf-8") as file:
            self.truth = {row["situation"]: row for row in csv.DictReader(file)}

    def submission(self, name, **changes):
        row = self.truth[name]
        return replace(submission_of({**row, "benefit": "snap"}), **changes)

    def ask(self, name, **changes):
        with scope_for(self.by):
            case = initial.initiate(by=self.by, at=AT, submission=self.submission(name, **changes))
            return case, case.initial_answers.get()

    def retry(self, case, **changes):
        with scope_for(self.by):
            case = initial.retry(
                case_number=case.number, version=case.version, by=self.by, at=AT, **changes
            )
            return case, case.initial_answers.last()


def as_typed(name, value):
    return (value,) if name == "also_known_as" else value


def pairs(text):
    return dict(pair.split("=", 1) for pair in text.split(";") if pair)


def all_the_agency_gets(case, answer, by):
    """The stored answer as the agency's own row, and every page of the case."""
    client = signed_in(by)
    pages = [
        client.get(f"/cases/{case.number}/{page}").content.decode()
        for page in ("", "print/", "correction-sheet/")
    ]
    said = [answer.statement, *answer.reasons, json.dumps(answer.returned, ensure_ascii=False)]
    return "\n".join([*said, *pages]).casefold()


def test_the_list_has_all_forty():
    assert {entry.number for entry in CONTRADICTIONS} == set(range(1, 41))
    assert {entry.settled_at for entry in CONTRADICTIONS} == {
        "initial", "retry", "additional", "g845",
    }  # fmt: skip
    assert all(entry.situation.__doc__ for entry in CONTRADICTIONS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in NAMES if name not in REFUSED])
def test_it_is_answered_as_its_truth_says_and_nothing_leaks(world, name):
    truth = world.truth[name]
    case, answer = world.ask(name)
    found = (answer.outcome, str(answer.statement_code), *answer.reasons)
    expected = (truth["outcome"], truth["statement_code"], *filter(None, [truth["reason"]]))
    assert found == expected, answer.rule
    for ref in answer.record_refs:
        assert ref.partition(":")[2].partition("-")[0] == truth["record_id"]
    for field, value in pairs(truth["must_show"]).items():
        assert answer.returned[field]["value"] == value
    received = all_the_agency_gets(case, answer, world.by)
    leaked = [v for v in truth["must_not_disclose"].split("|") if v and v.casefold() in received]
    assert leaked == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", [e.name for e in CONTRADICTIONS if e.settled_at == "retry" and e.name not in LATE]
)
def test_typed_again_with_what_was_asked_for_it_is_confirmed(world, name):
    truth = world.truth[name]
    more = {field: as_typed(field, value) for field, value in pairs(truth["retry"]).items()}
    if truth["outcome"] == "refused":
        with pytest.raises(InvalidSubmission) as refused:
            world.ask(name)
        assert set(refused.value.field_errors) == set(more)
        _, answer = world.ask(name, **more)
    else:
        case, first = world.ask(name)
        wanted = one_more(case.document_type, case.enumerators(), first.reasons)
        assert set(more) <= {one.field for one in wanted if one.act == RETRY}
        _, answer = world.retry(case, submission=world.submission(name, **more))
    assert (answer.outcome, str(answer.statement_code)) == (
        "confirmed", truth["retry_statement_code"],
    )  # fmt: skip


@pytest.mark.django_db
def test_who_arrived_yesterday_is_found_after_the_next_upload(world):
    case, _ = world.ask("not_yet_loaded")
    loading.load("ADIS", world.folder / "next_day" / "ADIS.csv")
    index.build()
    _, answer = world.retry(case, submission=world.submission("not_yet_loaded"))
    assert (answer.outcome, answer.statement_code) == ("confirmed", 13)


@pytest.mark.django_db
def test_a_passport_alone_is_refused_in_the_browser(world):
    with pytest.raises(InvalidSubmission) as refused:
        world.ask("passport_alone", channel="browser")
    assert "i94_number" in refused.value.field_errors


@pytest.mark.django_db
def test_asked_twice_the_open_case_answers(world):
    case, _ = world.ask("asked_twice")
    with pytest.raises(DuplicateCase) as refused:
        world.ask("asked_twice")
    assert refused.value.number == case.number
