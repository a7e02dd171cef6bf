"""A batch is what the user would have entered row by row, and survives being stopped."""

import csv
import os
import signal
import threading
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent, DisclosureEvent
from tests.conftest import AT, load_three_people, make_agency, make_user, resident, unknown_person
from verification.errors import CaseError, DuplicateCase
from verification.models import Case, ChargeEvent, InitialAnswer
from verification.services import batch, initial
from verification.services.apart import WorkerLost

pytestmark = pytest.mark.django_db

RESIDENT = {
    "family_name": "Arreola-Quiñones",
    "given_name": "Ana Lucia",
    "date_of_birth": "1990-05-31",
    "document_type": "i551",
    "a_number": "A209448177",
    "card_number": "MSC2155330947",
    "benefit": "snap",
    "agency_reference": "HH-20571",
}
MARTA = {
    **RESIDENT,
    "family_name": "Tesfaye",
    "given_name": "Marta",
    "date_of_birth": "1991-12-05",
    "a_number": "209448188",
    "card_number": "MSC2155330948",
}
MISTYPED = {**MARTA, "date_of_birth": "1993-07-19"}


def nobody(number: int) -> dict[str, str]:
    """A row about a person without a record, unlike every other."""
    return {
        **RESIDENT,
        "family_name": "Bautista",
        "a_number": f"{200_000_000 + number}",
        "card_number": f"MSC{2_000_000_000 + number}",
    }


def file_of(path, rows):
    with path.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, batch.INPUT, restval="")
        writer.writeheader()
        writer.writerows({"row_id": f"R{n}", **row} for n, row in enumerate(rows, 1))
    return path


def verify(directory, by, rows, *, clock=lambda: AT, name="in"):
    """The result, and the answers by row id in the order of the file."""
    target = directory / f"{name}.out.csv"
    result = batch.verify_batch(
        file_of(directory / f"{name}.csv", rows), target, by=by, clock=clock
    )
    return result, answers_in(target)


def answers_in(target):
    with target.open(newline="", encoding="utf-8") as opened:
        return {row["row_id"]: row for row in csv.DictReader(opened)}


def counts():
    with system_scope():
        return (
            Case.objects.count(),
            InitialAnswer.objects.count(),
            ChargeEvent.objects.count(),
            AuditEvent.objects.filter(subject_type="case").count(),
            DisclosureEvent.objects.count(),
            Case.history.count(),
        )


def written_for(agency):
    """All that stands of the agency's cases, without keys, numbers and people."""
    passed_over = {"id", "number", "case_id", "agency_id", "department_id", "by_id", "digest"}
    passed_over |= {"created_by_id", "handled_by_id", "changed_by_id", "fingerprint"}
    passed_over |= {"subject_id", "case_number", "actor_id", "actor_name"}
    passed_over |= {"history_id", "history_date", "history_user_id", "group_id"}

    def plain(rows):
        return [
            {name: value for name, value in row.items() if name not in passed_over}
            for row in rows.values()
        ]

    with system_scope():
        return {
            "case": plain(Case.objects.filter(agency=agency).order_by("applicant_key")),
            "answer": sorted(
                plain(InitialAnswer.objects.filter(agency=agency)), key=lambda row: str(row)
            ),
            "charge": plain(ChargeEvent.objects.filter(agency=agency)),
            "event": sorted(
                plain(AuditEvent.objects.filter(agency_id=agency.pk)), key=lambda row: str(row)
            ),
            "disclosure": sorted(
                plain(DisclosureEvent.objects.filter(agency_id=agency.pk)),
                key=lambda row: str(row),
            ),
            "history": plain(
                Case.history.filter(agency=agency).order_by("family_name", "given_name")
            ),
        }


def test_a_batch_leaves_what_the_user_would_have_left_row_by_row(
    caseworker, stranger, people_on_record, tmp_path
):
    verify(tmp_path, caseworker, [RESIDENT, MISTYPED, nobody(1)])
    entered = [
        resident(),
        resident(
            family_name="Tesfaye",
            given_name="Marta",
            a_number="209448188",
            card_number="MSC2155330948",
            date_of_birth=AT.date().replace(1993, 7, 19),
        ),
        unknown_person(given_name="Ana Lucia", a_number="200000001", card_number="MSC2000000001"),
    ]
    for submission in entered:
        with scope_for(stranger):
            initial.initiate(by=stranger, at=AT, submission=submission)
    by_batch, by_hand = written_for(caseworker.agency), written_for(stranger.agency)
    for answer in by_batch["answer"]:
        assert answer["asked"].pop("channel") == "batch"
    for answer in by_hand["answer"]:
        assert answer["asked"].pop("channel") == "browser"
    assert by_batch == by_hand
    assert len(by_batch["case"]) == 3


def test_each_row_has_its_answer_in_the_order_of_the_file(caseworker, people_on_record, tmp_path):
    result, answers = verify(tmp_path, caseworker, [nobody(1), RESIDENT, MISTYPED])
    assert list(answers) == ["R1", "R2", "R3"]
    assert (result.rows, result.confirmed, result.unconfirmed, result.refused) == (3, 1, 2, 0)
    assert (answers["R1"]["outcome"], answers["R1"]["reasons"]) == (
        "additional_verification",
        "no_record",
    )
    assert answers["R1"]["record_refs"] == ""
    assert answers["R2"]["class_of_admission"] == "IR6"
    assert "CIS:C1" in answers["R2"]["record_refs"]
    assert answers["R3"]["reasons"] == "date_of_birth_mismatch"


def test_a_row_that_is_asked_already_gives_that_case_and_costs_nothing(
    caseworker, people_on_record, tmp_path
):
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=resident())
    before = counts()
    _, answers = verify(tmp_path, caseworker, [RESIDENT])
    assert answers["R1"]["case_number"] == case.number
    assert answers["R1"]["outcome"] == "confirmed"
    assert counts() == before


def test_equal_rows_of_one_file_make_one_case_and_one_charge(
    caseworker, people_on_record, tmp_path
):
    _, answers = verify(tmp_path, caseworker, [RESIDENT, nobody(1), RESIDENT, nobody(1)])
    assert answers["R1"]["case_number"] == answers["R3"]["case_number"]
    assert answers["R2"]["case_number"] == answers["R4"]["case_number"]
    assert counts() == (2, 2, 2, 2, 1, 2)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"date_of_birth": "31.05.1990"}, "YYYY-MM-DD"),
        ({"document_expires_on": "soon"}, "YYYY-MM-DD"),
        ({"family_name": "", "given_name": ""}, "family name"),
        ({"benefit": "title_iv"}, "does not cover"),
        ({"agency_reference": "HH\x002"}, "reference"),
        ({"document_type": "library_card"}, "document"),
    ],
)
def test_a_row_that_cannot_be_asked_says_why_and_the_others_go_on(
    change, word, caseworker, people_on_record, tmp_path
):
    result, answers = verify(tmp_path, caseworker, [{**RESIDENT, **change}, nobody(1)])
    assert (result.refused, result.unconfirmed) == (1, 1)
    assert answers["R1"]["outcome"] == "refused"
    assert word in answers["R1"]["statement"]
    assert answers["R1"]["case_number"] == ""


def test_a_file_without_a_column_is_refused_whole(caseworker, people_on_record, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("row_id,family_name\nR1,Arreola\n")
    with pytest.raises(CaseError, match="lacks"):
        batch.verify_batch(source, tmp_path / "out.csv", by=caseworker, clock=lambda: AT)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (lambda raw: raw.replace(b"Bautista", "Ba\xfctista".encode("latin-1")), "Line 3"),
        (lambda raw: raw.decode().encode("utf-16"), "Line 1 is not UTF-8"),
        (lambda raw: raw.replace(b"R2,", b'R2,"', 1), "ends in line 3 cannot be read"),
        (lambda raw: raw.replace(b"visa_number", b"a_number"), "lacks"),
        (lambda raw: raw.replace(b"agency_reference\r", b"agency_reference,benefit\r"), "twice"),
        (lambda raw: b"", "lacks"),
    ],
    ids=["latin-1", "utf-16", "open quotation mark", "no column", "twice", "empty"],
)
def test_a_file_that_cannot_be_read_is_refused_before_anything_is_asked(
    broken, sentence, caseworker, people_on_record, tmp_path
):
    source = file_of(tmp_path / "in.csv", [RESIDENT, nobody(1)])
    source.write_bytes(broken(source.read_bytes()))
    with pytest.raises(CommandError, match=sentence):
        call_command(
            "verify_batch",
            *(str(source), str(tmp_path / "out.csv")),
            agency=caseworker.agency.code,
            user=caseworker.email,
            workers=1,
        )
    assert counts() == (0, 0, 0, 0, 0, 0)
    assert [path.name for path in tmp_path.glob("out.csv*")] == []


def test_a_line_cut_off_costs_itself_alone(caseworker, people_on_record, tmp_path):
    source = file_of(tmp_path / "in.csv", [RESIDENT, nobody(1), nobody(2)])
    source.write_bytes(source.read_bytes()[:-40])
    target = tmp_path / "out.csv"
    result = batch.verify_batch(source, target, by=caseworker, clock=lambda: AT)
    assert (result.rows, result.refused) == (3, 1)
    assert "cells, the header 18" in answers_in(target)["R3"]["statement"]
    assert counts()[0] == 2


class TestStopped:
    """A batch that is killed goes on behind its last whole chunk."""

    @pytest.fixture
    def two_a_chunk(self, monkeypatch):
        monkeypatch.setattr(batch, "CHUNK", 2)

    def stopped_after(self, chunks):
        seen = count(1)

        def clock():
            if next(seen) > chunks:
                raise KeyboardInterrupt
            return AT

        return clock

    def test_it_goes_on_where_it_stopped_and_charges_nothing_twice(
        self, two_a_chunk, caseworker, people_on_record, tmp_path
    ):
        rows = [nobody(1), RESIDENT, nobody(2), nobody(3), MISTYPED]
        with pytest.raises(KeyboardInterrupt):
            verify(tmp_path, caseworker, rows, clock=self.stopped_after(2))
        assert not (tmp_path / "in.out.csv").exists()
        assert counts()[0] == 4
        result, answers = verify(tmp_path, caseworker, rows)
        assert (result.rows, result.resumed) == (5, 4)
        assert (result.confirmed, result.unconfirmed) == (1, 4)
        assert list(answers) == ["R1", "R2", "R3", "R4", "R5"]
        assert counts()[:3] == (5, 5, 5)
        assert not (tmp_path / "in.out.csv.partial").exists()

    def test_a_half_written_line_is_asked_again_and_finds_its_case(
        self, two_a_chunk, caseworker, people_on_record, tmp_path
    ):
        rows = [nobody(1), RESIDENT, nobody(2)]
        with pytest.raises(KeyboardInterrupt):
            verify(tmp_path, caseworker, rows, clock=self.stopped_after(1))
        partial = tmp_path / "in.out.csv.partial"
        whole = partial.read_bytes()
        partial.write_bytes(whole[:-20])
        result, answers = verify(tmp_path, caseworker, rows)
        assert result.resumed == 1
        assert answers["R2"]["outcome"] == "confirmed"
        assert counts()[:3] == (3, 3, 3)

    def test_answers_to_another_file_are_not_continued(
        self, two_a_chunk, caseworker, people_on_record, tmp_path
    ):
        with pytest.raises(KeyboardInterrupt):
            verify(
                tmp_path, caseworker, [nobody(1), RESIDENT, nobody(2)], clock=self.stopped_after(1)
            )
        source = tmp_path / "in.csv"
        source.write_text(source.read_text().replace("R1,", "X1,"))
        with pytest.raises(CaseError, match="other rows"):
            batch.verify_batch(source, tmp_path / "in.out.csv", by=caseworker, clock=lambda: AT)


def test_one_row_and_a_hundred_take_the_same_queries(caseworker, people_on_record):
    def asked(first, last):
        submissions = [
            unknown_person(a_number=f"{200_000_100 + n}", card_number=f"MSC{2_000_000_100 + n}")
            for n in range(first, last)
        ]
        with scope_for(caseworker), CaptureQueriesContext(connection) as caught:
            initial.initiate_all(by=caseworker, at=AT, submissions=submissions)
        return len(caught)

    asked(0, 1)  # the calendar is at hand from now on
    assert asked(1, 2) == asked(2, 102) <= 8


def test_results_stand_in_the_order_of_the_submissions(caseworker, people_on_record):
    with scope_for(caseworker):
        first = initial.initiate(by=caseworker, at=AT, submission=resident())
        asked, refused, begun = initial.initiate_all(
            by=caseworker,
            at=AT,
            submissions=[resident(), resident(benefits=("title_iv",)), unknown_person()],
        )
    assert isinstance(asked, DuplicateCase)
    assert asked.number == first.number
    assert "title_iv" in str(refused) or "does not cover" in str(refused)
    assert begun.row["status"] == "initial_unconfirmed"


def test_the_command_verifies_a_file_and_counts_it(caseworker, people_on_record, tmp_path, capsys):
    source = file_of(tmp_path / "in.csv", [RESIDENT, nobody(1)])
    call_command(
        "verify_batch",
        str(source),
        str(tmp_path / "out.csv"),
        agency=caseworker.agency.code,
        user=caseworker.email,
        workers=1,
    )
    assert "2 rows: 1 confirmed, 1 not confirmed" in capsys.readouterr().out
    assert set(answers_in(tmp_path / "out.csv")) == {"R1", "R2"}


@pytest.mark.django_db(transaction=True)
def test_two_batches_of_the_same_people_in_opposite_order_make_one_case_each(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "CHUNK", 7)
    load_three_people(tmp_path)
    agency = make_agency("CALHOUN")
    users = [make_user(f"User{n}", "general_user", agency=agency) for n in range(2)]
    people = [RESIDENT, MARTA, *(nobody(n) for n in range(40))]
    found = {}

    def ask(by, rows, name):
        try:
            _, answers = verify(
                tmp_path, by, rows, name=name, clock=lambda: AT + timedelta(hours=1)
            )
            found[name] = [answer["case_number"] for answer in answers.values()]
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=ask, args=(users[0], people, "forward")),
        threading.Thread(target=ask, args=(users[1], people[::-1], "backward")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found["forward"] == found["backward"][::-1]
    assert len(set(found["forward"])) == len(people)
    assert counts()[:3] == (42, 42, 42)


@dataclass
class KilledAtTheThirdChunk:
    """A clock that ends its process when it is asked for the third time, by whichever process."""

    asked: Path

    def __call__(self):
        (self.asked / f"{os.getpid()}-{len(list(self.asked.iterdir()))}").touch()
        if len(list(self.asked.iterdir())) >= 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return AT


def still():
    return AT


@pytest.mark.django_db(transaction=True)
def test_several_processes_answer_in_order_and_one_that_is_killed_loses_nothing(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(batch, "CHUNK", 3)
    load_three_people(tmp_path)
    by = make_user("Dana", "general_user", agency=make_agency("CALHOUN"))
    source = file_of(
        tmp_path / "in.csv", [RESIDENT, MISTYPED, *(nobody(n) for n in range(20)), MARTA]
    )
    target = tmp_path / "out.csv"
    asked = tmp_path / "asked"
    asked.mkdir()

    with pytest.raises(WorkerLost):
        batch.verify_batch(source, target, by=by, clock=KilledAtTheThirdChunk(asked), workers=2)
    assert not target.exists()
    result = batch.verify_batch(source, target, by=by, clock=still, workers=2)
    assert (result.rows, result.confirmed, result.unconfirmed) == (23, 2, 21)
    answers = answers_in(target)
    assert list(answers) == [f"R{n}" for n in range(1, 24)]
    assert answers["R23"]["outcome"] == "confirmed"
    assert counts()[:3] == (23, 23, 23)
