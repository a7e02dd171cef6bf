"""Daily uploads: what is taken over, what is kept, what is refused, and with which words (S8)."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tests.verification.records.files import PERSON, rejects, row, write
from verification.records.errors import FileRefused
from verification.records.loading import load
from verification.records.models import Photo, SourceRecord, SourceUpload
from verification.records.systems import SYSTEMS

pytestmark = pytest.mark.django_db


def newest(record_id="R1"):
    return SourceRecord.objects.get(record_id=record_id, replaced_in=None)


def counts(result):
    return (result.read, result.inserted, result.updated, result.unchanged, result.rejected)


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_a_file_of_every_system_is_taken_over(tmp_path, system):
    path = write(tmp_path, system, row(system))
    assert counts(load(system, path)) == (1, 1, 0, 0, 0)
    assert counts(load(system.lower(), path)) == (1, 0, 0, 1, 0)
    assert SourceRecord.objects.get().system == system


def test_values_are_held_in_one_form(tmp_path):
    load("CIS", write(tmp_path, "CIS", row(a_number="1234567", card_number="lin0123456789")))
    record = SourceRecord.objects.get()
    assert record.a_number == "001234567"
    assert record.own["card_number"] == "LIN0123456789"
    assert "aliases" not in record.own


def test_the_same_file_twice_changes_nothing(tmp_path):
    path = write(tmp_path, "CIS", row(), row(record_id="R2", a_number="123456780"))
    load("CIS", path)
    before = list(SourceRecord.objects.order_by("pk").values())
    assert counts(load("CIS", path)) == (2, 0, 0, 2, 0)
    assert list(SourceRecord.objects.order_by("pk").values()) == before
    assert SourceUpload.objects.count() == 1
    assert not SourceRecord.objects.exclude(replaced_in=None).exists()


def test_a_newer_row_replaces_and_the_old_one_is_kept(tmp_path):
    load("CIS", write(tmp_path, "CIS", row()))
    newer = row(updated_at="2026-11-02T00:00:00Z", class_of_admission="ABD")
    assert counts(load("CIS", write(tmp_path, "CIS", newer))) == (1, 0, 1, 0, 0)
    assert newest().own["class_of_admission"] == "ABD"
    replaced = SourceRecord.objects.get(replaced_in=newest().upload_id)
    assert replaced.own["class_of_admission"] == "IR6"


def test_an_older_row_changes_nothing(tmp_path):
    load("CIS", write(tmp_path, "CIS", row()))
    older = row(updated_at="2026-10-01T00:00:00Z", class_of_admission="ABD")
    assert counts(load("CIS", write(tmp_path, "CIS", older))) == (1, 0, 0, 1, 0)
    assert SourceRecord.objects.get().own["class_of_admission"] == "IR6"


def test_other_values_with_the_same_instant_are_rejected(tmp_path):
    load("CIS", write(tmp_path, "CIS", row()))
    path = write(tmp_path, "CIS", row(class_of_admission="ABD"))
    assert counts(load("CIS", path)) == (1, 0, 0, 0, 1)
    assert "same instant but other values" in rejects(path)[2]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_sourcerecord SET family_name = 'X'",
        "UPDATE records_sourcerecord SET own_values = '{}' WHERE replaced_in IS NULL",
        "UPDATE records_sourcerecord SET replaced_in = NULL WHERE replaced_in IS NOT NULL",
        "DELETE FROM records_sourcerecord",
    ],
)
def test_versions_cannot_be_changed_or_deleted(tmp_path, statement):
    load("CIS", write(tmp_path, "CIS", row()))
    load("CIS", write(tmp_path, "CIS", row(updated_at="2026-11-02")))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_full_upload_closes_what_it_lacks_and_a_later_one_opens_it_again(tmp_path):
    both = write(tmp_path, "CIS", row(), row(record_id="R2", a_number="123456780"))
    load("CIS", both)
    result = load("CIS", write(tmp_path, "CIS", row(), name="one.csv"), full=True)
    assert (result.closed, result.unchanged) == (1, 1)
    assert newest("R2").closed_at is not None
    assert load("CIS", both, full=True).updated == 1
    assert newest("R2").closed_at is None


def test_rows_with_a_fault_are_left_out_with_line_and_reason(tmp_path):
    path = write(
        tmp_path,
        "CIS",
        row(),
        row(record_id="R2", date_of_birth="1981-02-29"),
        row(record_id="R3", a_number="12"),
        row(record_id="", a_number="123456781"),
        row(record_id="R5", updated_at="yesterday"),
        row(record_id="R6", family_name="", given_name=""),
        row(record_id="R7", status_date="2010-13-01"),
        row(record_id="R8", family_name="X" * 81),
        row(record_id="R9", a_number="123456788"),
    )
    assert counts(load("CIS", path)) == (9, 2, 0, 0, 7)
    found = rejects(path)
    assert set(found) == {3, 4, 5, 6, 7, 8, 9}
    assert found[3] == "date_of_birth: not a date written YYYY-MM-DD"
    assert found[4] == "a_number: not an A-number of seven to nine digits"
    assert found[5] == "record_id: empty, but every row needs it"
    assert found[7] == "family_name, given_name: both are empty"


def test_an_instant_far_ahead_is_rejected_since_nothing_could_ever_replace_it(tmp_path):
    path = write(tmp_path, "CIS", row(updated_at="2126-11-01"))
    load("CIS", path)
    assert rejects(path)[2] == "updated_at: lies more than a year ahead"


def test_leap_days_and_dates_in_every_century_on_record_are_good(tmp_path):
    days = ("2000-02-29", "1996-02-29", "1899-12-31", "2026-10-31")
    rows = [row(record_id=f"R{n}", date_of_birth=day) for n, day in enumerate(days)]
    assert load("CIS", write(tmp_path, "CIS", *rows)).inserted == 4


def test_of_two_rows_for_one_record_the_newer_counts(tmp_path):
    path = write(
        tmp_path, "CIS", row(updated_at="2026-11-02", class_of_admission="RE6"), row(), row()
    )
    assert counts(load("CIS", path)) == (3, 1, 0, 0, 2)
    assert SourceRecord.objects.get().own["class_of_admission"] == "RE6"
    assert rejects(path)[3].startswith("record_id: line 2 of this file has the same record")


def test_the_list_of_rejects_goes_when_the_file_is_mended(tmp_path):
    path = write(tmp_path, "CIS", row(date_of_birth="x"))
    load("CIS", path)
    write(tmp_path, "CIS", row())
    load("CIS", path)
    assert not path.with_name("CIS.csv.rejects.csv").exists()


def test_a_missing_column_is_named_and_nothing_is_taken_over(tmp_path):
    rows = {
        name: value for name, value in row().items() if name not in ("updated_at", "given_name")
    }
    with pytest.raises(FileRefused, match=r"CIS.csv lacks: updated_at, given_name\."):
        load("CIS", write(tmp_path, "CIS", rows))
    assert not SourceRecord.objects.exists()


def test_an_unknown_column_is_named(tmp_path):
    with pytest.raises(FileRefused, match="does not know: social_security_number"):
        load("CIS", write(tmp_path, "CIS", row(social_security_number="1")))


def test_an_unknown_system_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(FileRefused, match="Known: CIS, ADIS"):
        load("TECS", write(tmp_path, "CIS", row()))


def test_a_missing_or_empty_file_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="cannot be read"):
        load("CIS", tmp_path / "none.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(FileRefused, match="is empty"):
        load("CIS", tmp_path / "empty.csv")


def test_a_file_in_another_encoding_is_refused_or_its_lines_rejected(tmp_path):
    path = write(tmp_path, "CIS", row(), row(record_id="R2", family_name="PEÑA"))
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(FileRefused, match="UTF-16"):
        load("CIS", path)
    path.write_bytes(text.encode("latin-1"))
    assert counts(load("CIS", path)) == (2, 1, 0, 0, 1)
    assert rejects(path) == {3: "not UTF-8"}


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    path = write(tmp_path, "CIS", row())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load("CIS", path).inserted == 1


@pytest.mark.parametrize("cut", [1, 4, 30])
def test_a_file_cut_off_in_its_last_line_loses_only_that_line(tmp_path, cut):
    path = write(tmp_path, "CIS", row(), row(record_id="R2"), row(record_id="R3"))
    path.write_bytes(path.read_bytes().rstrip(b"\r\n")[:-cut])
    assert counts(load("CIS", path)) == (3, 2, 0, 0, 1)
    assert list(rejects(path)) == [4]


def test_a_line_with_too_many_or_too_few_fields_costs_only_itself(tmp_path):
    path = write(tmp_path, "CIS", row(), row(record_id="R2"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"only,three,fields\r\n" + lines[1] + lines[2])
    assert counts(load("CIS", path)) == (3, 2, 0, 0, 1)
    assert rejects(path) == {2: "3 fields where 9 are named"}


def test_quoted_commas_and_names_in_any_script_are_taken_as_they_are(tmp_path):
    load("CIS", write(tmp_path, "CIS", row(aliases='О\'НИЛ, Мария;LOPEZ, "M"', given_name="李 娜")))
    record = SourceRecord.objects.get()
    assert record.given_name == "李 娜"
    assert record.own["aliases"] == 'О\'НИЛ, Мария;LOPEZ, "M"'


def test_a_passport_number_without_its_country_is_rejected(tmp_path):
    path = write(tmp_path, "ADIS", row("ADIS", passport_country=""))
    load("ADIS", path)
    assert rejects(path)[2] == "passport_country: needed with a passport number"


def test_the_day_of_the_newest_upload_is_known(tmp_path):
    load("CIS", write(tmp_path, "CIS", row(), row(record_id="R2", updated_at="2026-11-03")))
    assert SourceUpload.objects.get().as_of == datetime(2026, 11, 3, tzinfo=UTC)


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'


def test_photos_beside_the_file_are_kept_once(tmp_path):
    (tmp_path / "photos").mkdir()
    for name in ("a.svg", "b.svg"):
        (tmp_path / "photos" / name).write_text(DRAWING)
    rows = [row("ISRS", record_id=f"R{n}", photo=f"photos/{n}.svg") for n in "ab"]
    load("ISRS", write(tmp_path, "ISRS", *rows))
    assert Photo.objects.get().content_type == "image/svg+xml"
    assert set(SourceRecord.objects.values_list("photo_id", flat=True)) == {Photo.objects.get().pk}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("../secret.svg", DRAWING, "name of a file beside the CSV"),
        ("/etc/passwd", "", "name of a file beside the CSV"),
        ("none.svg", None, "there is no such file"),
        ("text.svg", "hello", "neither PNG, JPEG, nor a plain SVG"),
        ("bad.svg", DRAWING.replace("<rect", "<script>1</script><rect"), "plain shapes only"),
        ("on.svg", DRAWING.replace("<rect", "<rect onclick='x()'"), "plain shapes only"),
        ("ref.svg", DRAWING.replace("<rect", "<image href='http://x'/><rect"), "plain shapes only"),
    ],
)
def test_a_photo_that_is_no_photo_rejects_its_row(tmp_path, name, content, reason):
    if content is not None and not name.startswith(("/", "..")):
        (tmp_path / name).write_text(content)
    path = write(tmp_path, "ISRS", row("ISRS", photo=name))
    assert load("ISRS", path).rejected == 1
    assert reason in rejects(path)[2]
    assert not Photo.objects.exists()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    outside = tmp_path / "outside.svg"
    outside.write_text(DRAWING)
    folder = tmp_path / "upload"
    folder.mkdir()
    (folder / "link.svg").symlink_to(outside)
    path = write(folder, "ISRS", row("ISRS", photo="link.svg"))
    load("ISRS", path)
    assert "outside the folder" in rejects(path)[2]


def test_the_command_tells_the_counts_and_fails_when_rows_were_rejected(tmp_path, capsys):
    path = write(tmp_path, "CIS", row())
    call_command("load_source", "CIS", str(path), "--json")
    assert json.loads(capsys.readouterr().out)["inserted"] == 1
    call_command("load_source", "CIS", str(path))
    assert "1 read / 0 inserted / 0 updated / 1 unchanged / 0 rejected" in capsys.readouterr().out
    write(tmp_path, "CIS", {**PERSON, "class_of_admission": "IR6", "a_number": "x"})
    with pytest.raises(CommandError, match=r"CIS\.csv\.rejects\.csv"):
        call_command("load_source", "CIS", str(path))
    with pytest.raises(CommandError, match="TECS is no system"):
        call_command("load_source", "TECS", str(path))
