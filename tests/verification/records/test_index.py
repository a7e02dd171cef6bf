"""The index follows what was loaded, by the changes only, and all or nothing (S8)."""

import threading
import time
from itertools import cycle

import pytest
from django.core.management import call_command
from django.db import connection

from tests.verification.records.files import row, write
from verification.records import index
from verification.records.held import Held
from verification.records.loading import load
from verification.records.models import IndexEntry, SourceRecord, SourceUpload
from verification.records.reading import Records, from_one_index
from verification.records.systems import SYSTEMS

pytestmark = pytest.mark.django_db


def entries():
    return set(IndexEntry.objects.values_list("kind", "value"))


def test_every_identifier_leads_to_its_record(tmp_path):
    load("CIS", write(tmp_path, "CIS", row(consolidated_to="987654321", i94_number="123456789a1")))
    load("ADIS", write(tmp_path, "ADIS", row("ADIS", visa_number="12345678")))
    index.build()
    assert entries() == {
        ("a_number", "123456789"), ("a_number", "987654321"), ("card", "LIN0123456789"),
        ("i94", "123456789A1"), ("passport", "MEX:X1234567"), ("visa", "12345678"),
    }  # fmt: skip


@pytest.mark.parametrize(("form", "kind"), [("N-400", "naturalization"), ("N-600K", "citizenship")])
def test_a_certificate_is_indexed_by_the_form_it_came_from(tmp_path, form, kind):
    load("CLAIMS4", write(tmp_path, "CLAIMS4", row("CLAIMS4", form=form)))
    index.build()
    assert (kind, "40120001") in entries()


def test_only_changes_since_the_last_build_are_taken_in(tmp_path):
    load("CIS", write(tmp_path, "CIS", row(), row(record_id="R2", a_number="123456780")))
    assert index.build().records == 2
    assert index.build().records == 0
    changed = row(updated_at="2026-11-02", a_number="111111111", card_number="")
    load("CIS", write(tmp_path, "CIS", changed))
    result = index.build()
    assert (result.records, result.entries) == (1, 1)
    assert ("a_number", "123456789") not in entries()
    assert {("a_number", "111111111"), ("a_number", "123456780")} <= entries()


def test_a_closed_record_leaves_the_index(tmp_path):
    load("CIS", write(tmp_path, "CIS", row(), row(record_id="R2", a_number="123456780")))
    index.build()
    load("CIS", write(tmp_path, "CIS", row()), full=True)
    index.build()
    gone = SourceRecord.objects.filter(record_id="R2").values("pk")
    assert gone.count() == 2
    assert not IndexEntry.objects.filter(record_pk__in=gone).exists()


def test_the_command_says_what_it_did(tmp_path, capsys):
    load("CIS", write(tmp_path, "CIS", row()))
    call_command("build_index", "--json")
    assert capsys.readouterr().out.strip() == '{"records": 1, "entries": 2, "uploads": 1}'
    call_command("build_index")
    assert "0 uploads, 0 changed records" in capsys.readouterr().out


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_the_index_holds_just_the_identifiers_that_the_record_gives(tmp_path, system):
    load(system, write(tmp_path, system, row(system)))
    index.build()
    record = SourceRecord.objects.get()
    held = Held(
        pk=record.pk, system=system, record_id="R1", updated_on=record.updated_at.date(),
        family_name="", given_name="", a_number=record.a_number, own=record.own,
    )  # fmt: skip
    assert entries() == held.identifiers


def test_several_uploads_of_a_record_are_taken_in_as_the_newest(tmp_path):
    load("CIS", write(tmp_path, "CIS", row(card_number="")))
    index.build()
    for day, number in (("02", "111111111"), ("03", "222222222")):
        changed = row(updated_at=f"2026-11-{day}", a_number=number, card_number="")
        load("CIS", write(tmp_path, "CIS", changed))
    index.build()
    assert entries() == {("a_number", "222222222")}


def test_the_index_says_of_which_day_each_system_speaks(tmp_path):
    load("CIS", write(tmp_path, "CIS", row()))
    index.build()
    load("CIS", write(tmp_path, "CIS", row(updated_at="2026-11-05")))
    assert Records().uploads == (("CIS", "2026-11-01"),)
    index.build()
    assert Records().uploads == (("CIS", "2026-11-05"),)


def test_a_load_that_dies_leaves_nothing_and_runs_again(tmp_path, monkeypatch):
    path = write(tmp_path, "CIS", row(), row(record_id="R2"))

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr("verification.records.loading.write_rejects", die)
        with pytest.raises(KeyboardInterrupt):
            load("CIS", path)
    assert not SourceRecord.objects.exists()
    assert not SourceUpload.objects.exists()
    assert load("CIS", path).inserted == 2


PEOPLE = 40
FIRST = 100000000
DAYS = ("FIRST", "SECOND", "THIRD")


def load_day(name, directory):
    """A day's rows of everybody in two systems, one after the other, the day as family name."""
    stamp = f"2026-11-{DAYS.index(name) + 1:02d}"
    for system in ("CIS", "ADIS"):
        rows = [
            row(
                system,
                record_id=f"R{number}",
                a_number=f"{FIRST + number}",
                family_name=name,
                updated_at=stamp,
                **(
                    {"card_number": ""}
                    if system == "CIS"
                    else {"i94_number": f"{FIRST + number}A1"}
                ),
            )
            for number in range(PEOPLE)
        ]
        load(system, write(directory, system, *rows), full=True)
        time.sleep(0.2)


def one_person(number):
    """The days of which one look at a person speaks, and in how many places the person is."""

    def ask(records):
        found = records.find([("a_number", str(number))])
        time.sleep(0.002)  # long enough for a switch to come between
        around = records.find({each for held in found for each in held.identifiers})
        days = {held.family_name for held in (*found, *around)}
        days |= {DAYS[int(day[-2:]) - 1] for _, day in records.uploads}
        return days, len({held.system for held in around})

    return from_one_index(ask)


@pytest.mark.django_db(transaction=True)
def test_a_reader_sees_one_day_or_the_other_in_every_system_and_never_nobody(tmp_path):
    load_day("FIRST", tmp_path)
    index.build()
    seen, wrong, done = set(), [], threading.Event()

    def read():
        try:
            for number in cycle(range(FIRST, FIRST + PEOPLE)):
                if done.is_set():
                    break
                days, places = one_person(number)
                seen.update(days)
                if len(days) != 1 or places != 2:
                    wrong.append((days, places))
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for day in DAYS[1:]:
            load_day(day, tmp_path)
            index.build()
            time.sleep(0.2)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert seen == set(DAYS)


def test_what_a_delta_costs_does_not_grow_with_what_is_on_record(tmp_path):
    """PostgreSQL counts the rows that it reads by passing over a table: not one."""
    changed = [
        row(record_id=f"R{n}", a_number=f"{300000000 + n}", card_number="", updated_at="2026-11-05")
        for n in range(20)
    ]

    rows = [
        row(record_id=f"R{n}", a_number=f"{100000000 + n}", card_number="") for n in range(4000)
    ]
    load("CIS", write(tmp_path, "CIS", *rows), full=True)
    index.build()
    before = read_in_whole()
    assert load("CIS", write(tmp_path, "CIS", *changed, name="delta.csv")).updated == 20
    assert index.build().records == 20
    assert read_in_whole() == before


def read_in_whole():
    """Rows that this transaction read by passing over the records or the index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables"
            " WHERE relname IN ('records_sourcerecord', 'records_indexentry')"
        )
        return cursor.fetchone()[0]
