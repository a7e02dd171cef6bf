"""The index follows what was loaded, by the changes only, and all or nothing (S8)."""

import pytest
from django.core.management import call_command

from tests.verification.records.files import row, write
from verification.records import index
from verification.records.loading import load
from verification.records.models import IndexEntry, SourceRecord

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
