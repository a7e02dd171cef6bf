"""Daily uploads: what is taken over, what is kept, what is refused, and with which words (S8)."""

import json
import re
import tracemalloc
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import OperationalError, sql

from tests.verification.records.files import PERSON, rejects, row, write
from verification.records import staging
from verification.records.errors import FileRefused
from verification.records.loading import load
from verification.records.models import Photo, SourceRecord, SourceUpload
from verification.records.systems import SYSTEMS, Column

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


# -- files that mean harm, or that met with an accident ------------------------------------------


def test_a_zero_byte_costs_its_line(tmp_path):
    path = write(tmp_path, "CIS", row(), row(record_id="R2", given_name="MA\x00RIA"))
    assert counts(load("CIS", path)) == (2, 1, 0, 0, 1)
    assert rejects(path) == {3: "holds a zero byte"}


def test_a_line_that_would_end_copy_ends_nothing(tmp_path):
    path = write(tmp_path, "CIS", row(), row(record_id="R2"), row(record_id="R3"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"\\.\r\n", *lines[2:]]))
    assert counts(load("CIS", path)) == (4, 3, 0, 0, 1)
    assert list(rejects(path)) == [3]


def test_a_quotation_mark_without_its_fellow_costs_one_line(tmp_path):
    path = write(tmp_path, "CIS", row(), row(record_id="R2"), row(record_id="R3"))
    path.write_bytes(path.read_bytes().replace(b"R2", b'"R2'))
    assert counts(load("CIS", path)) == (3, 2, 0, 0, 1)
    assert rejects(path)[3].startswith("cannot be read as CSV")


def test_a_line_break_inside_quotes_makes_no_later_line_miscounted(tmp_path):
    path = write(
        tmp_path, "CIS", row(given_name="MARIA\nELENA"), row(record_id="R2", date_of_birth="x")
    )
    load("CIS", path)
    found = rejects(path)
    assert set(found) == {2, 3, 4}
    assert found[4] == "date_of_birth: not a date written YYYY-MM-DD"


@pytest.mark.parametrize("size", [500, 200_000, 3_000_000])
def test_a_huge_field_costs_its_line(tmp_path, size):
    path = write(tmp_path, "CIS", row(aliases="X" * size), row(record_id="R2"))
    assert counts(load("CIS", path)) == (2, 1, 0, 0, 1)
    assert list(rejects(path)) == [2]


def test_a_huge_first_line_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "bomb.csv"
    with path.open("wb") as file:
        file.write(b"record_id," * 300_000)
    with pytest.raises(FileRefused, match="lacks"):
        load("CIS", path)


def test_quoted_nothing_is_nothing(tmp_path):
    path = write(tmp_path, "CIS", row(middle_name="X"))
    path.write_bytes(path.read_bytes().replace(b",X,", b',"",').replace(b",X\r", b',""\r'))
    assert load("CIS", path).inserted == 1
    assert newest().middle_name == ""


@pytest.mark.parametrize("name", ["\tMARIA", "MA\rRIA", "MARIA\x7f", "\x1b[2J"])
def test_control_characters_in_a_name_are_rejected(tmp_path, name):
    path = write(tmp_path, "CIS", row(), row(record_id="R2", given_name=name))
    assert load("CIS", path).inserted == 1
    assert 3 in rejects(path)


def test_lines_may_end_as_on_unix_or_as_on_windows(tmp_path):
    path = write(tmp_path, "CIS", row(), row(record_id="R2"))
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    assert load("CIS", path).inserted == 2


def test_a_hundred_thousand_broken_lines_take_no_memory(tmp_path):
    path = write(tmp_path, "CIS", row())
    good = path.read_bytes().splitlines(keepends=True)[1]
    with path.open("ab") as file:
        for number in range(2, 20_002):
            file.write(good.replace(b"R1", b"R%d" % number, 1))
            file.write(b'"' + b"x" * 400 + b"\n")
    tracemalloc.start()
    result = load("CIS", path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (result.inserted, result.rejected) == (20_001, 20_000)
    assert len(rejects(path)) == 20_000
    assert peak < 8_000_000 < path.stat().st_size


# -- full files ------------------------------------------------------------------------------------


def test_a_full_file_with_an_unreadable_line_closes_nothing(tmp_path):
    load("CIS", write(tmp_path, "CIS", row(), row(record_id="R2"), row(record_id="R3")))
    path = write(tmp_path, "CIS", row(), row(record_id="R2"), name="cut.csv")
    path.write_bytes(path.read_bytes()[:-20])
    result = load("CIS", path, full=True)
    assert (result.closed, result.rejected) == (0, 1)


def test_a_full_file_that_comes_late_closes_nothing_newer_and_opens_nothing_closed(tmp_path):
    old = write(tmp_path, "CIS", row(), row(record_id="GONE"), name="old.csv")
    load("CIS", old, full=True)
    new = row(record_id="NEW", updated_at="2026-11-09")
    latest = write(tmp_path, "CIS", row(updated_at="2026-11-09"), new, name="new.csv")
    assert load("CIS", latest, full=True).closed == 1
    result = load("CIS", old, full=True)
    assert (result.updated, result.closed) == (0, 0)
    assert newest("NEW").closed_at is None
    assert newest("GONE").closed_at is not None


def test_a_day_without_changes_counts_as_an_upload_but_the_same_file_does_not(tmp_path):
    load("CIS", write(tmp_path, "CIS", row()))
    load("CIS", write(tmp_path, "CIS", row()))
    assert SourceUpload.objects.count() == 1
    load("CIS", write(tmp_path, "CIS", row(middle_name="")))
    assert SourceUpload.objects.count() == 2
    assert SourceUpload.objects.latest("pk").unchanged == 1


def test_a_file_with_other_columns_is_compared_by_their_names(tmp_path):
    load("CIS", write(tmp_path, "CIS", row()))
    wider = write(tmp_path, "CIS", row(aliases="", entry_date=""), name="wider.csv")
    assert counts(load("CIS", wider)) == (1, 0, 0, 1, 0)
    said = write(tmp_path, "CIS", row(aliases="LOPEZ, M"), name="said.csv")
    assert load("CIS", said).rejected == 1


@pytest.mark.parametrize("system", [name for name, system in SYSTEMS.items() if system.images])
def test_the_image_of_any_system_is_kept_once(tmp_path, system):
    (tmp_path / "one.svg").write_text(DRAWING)
    column = SYSTEMS[system].images[0].name
    rows = [row(system, record_id=f"R{n}", **{column: "one.svg"}) for n in range(3)]
    load(system, write(tmp_path, system, *rows))
    assert {each.photo_id for each in SourceRecord.objects.all()} == {Photo.objects.get().pk}


# -- the cheap look and the exact one --------------------------------------------------------------

KINDS = sorted(
    {column.kind for system in SYSTEMS.values() for column in system.columns},
    key=lambda kind: kind.name,
)
ODD = ["", " ", "0", "-", "9" * 7, "A1234567890", "2026-02-30", "2024-02-29", "2100-02-29", "D/S",
       "1599-12-31", "2026-1-1", "2026-11-01T24:00:00Z", "2026-11-01T06:00:00Z", "é" * 3, "ÀÉÎ",
       "2026-11-01 06:00", "N123456789", "ABC1234567890", "ab/c", "x\ty", "M", "m", "Y", "٣٣٣٣٣٣٣",
       "2026-11-01T06:00:00.5+05:30", "x" * 401, "../x", "a.svg", "\u2028"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("printable", [True, False])
@given(
    value=st.one_of(st.sampled_from(ODD), st.text(max_size=45), st.from_regex("[0-9A-Z-]{1,14}"))
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_cheap_look_lets_pass_is_good(kind, printable, value):
    if "\x00" in value or (printable and any(c < " " or c == "\x7f" for c in value)):
        return
    column = Column("value", kind)
    looks = sql.SQL(" OR ").join(
        sql.SQL("({})").format(each) for each in staging.suspicions([column], printable=printable)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL('SELECT {} FROM (SELECT {} COLLATE "C" AS value) AS staged').format(
                looks, sql.Literal(value)
            )
        )
        suspect = cursor.fetchone()[0]
    good = re.fullmatch(kind.pattern, value) and len(value) <= (kind.longest or 1 << 30)
    assert good or suspect


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_broke_off_leaves_nothing_and_is_taken_up_by_the_same_command(tmp_path):
    path = write(tmp_path, "CIS", *[row(record_id=f"R{n}") for n in range(300)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()

    def break_off(done, size):
        """The server ends the connection while the file is on its way."""
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
        other.close()

    with pytest.raises(OperationalError):
        load("CIS", path, progress=break_off)
    connection.close()
    assert not SourceRecord.objects.exists()
    assert not SourceUpload.objects.exists()
    result = load("CIS", path)
    assert (result.inserted, result.rejected) == (300, 0)
