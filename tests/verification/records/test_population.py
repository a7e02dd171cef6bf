"""The synthetic world: the same each time, consistent, and answered as its truth table says."""

import csv
import hashlib
from datetime import date

import pytest
from django.db import connection

from verification.immigration_documents import normalize
from verification.records import index, loading
from verification.records.names import fold
from verification.records.photos import content_type_of
from verification.records.population import SITUATIONS, write_uploads
from verification.records.population.name_lists import CULTURES
from verification.records.population.portraits import portrait
from verification.records.question import Query
from verification.records.search import initial_search
from verification.records.systems import SYSTEMS

NUMBERS = (
    "a_number", "i94_number", "sevis_id", "card_number", "naturalization_certificate",
    "citizenship_certificate", "passport_number", "passport_country", "visa_number",
)  # fmt: skip
TODAY = date(2026, 11, 20)


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def digest(directory):
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def test_the_same_seed_gives_the_same_world(tmp_path):
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        write_uploads(tmp_path / name, 60, seed)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert digest(tmp_path / "one") != digest(tmp_path / "three")


def test_even_a_small_world_has_every_situation(tmp_path):
    write_uploads(tmp_path, len(SITUATIONS), 3)
    found = {row["situation"] for row in rows(tmp_path / "truth.csv")}
    assert found == {situation.__name__ for situation in SITUATIONS}


def test_names_come_from_many_countries():
    assert len({culture.country for culture in CULTURES}) >= 15
    assert all(fold(name) for culture in CULTURES for name in culture.surnames)


def test_no_two_people_share_a_number(tmp_path):
    write_uploads(tmp_path, 2000, 5)
    for system, column in (("CIS", "a_number"), ("ADIS", "i94_number"), ("ISRS", "card_number")):
        values = [row[column] for row in rows(tmp_path / f"{system}.csv")]
        assert len(values) == len(set(values))


def test_portraits_are_small_plain_and_different():
    drawings = [portrait(number, woman=number % 2 == 0) for number in range(200)]
    assert len(set(drawings)) == 200
    assert max(map(len, drawings)) < 4000
    assert {content_type_of(drawing.encode()) for drawing in drawings} == {"image/svg+xml"}


@pytest.mark.django_db
def test_initial_verification_answers_the_world_as_its_truth_says(tmp_path):
    write_uploads(tmp_path, 700, 11)
    for system in SYSTEMS:
        result = loading.load(system, tmp_path / f"{system}.csv")
        assert (result.rejected, result.inserted) == (0, result.read)
    index.build()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE records_sourcerecord, records_indexentry")
    wrong = []
    for row in rows(tmp_path / "truth.csv"):
        if row["outcome"] == "refused":
            continue
        query = Query(
            document_type=row["document_type"],
            family_name=row["family_name"],
            given_name=row["given_name"],
            middle_name=row["middle_name"],
            date_of_birth=date.fromisoformat(row["date_of_birth"]),
            **{name: normalize(name, row[name]) if row[name] else "" for name in NUMBERS},
        )
        answer = initial_search(query, today=TODAY)
        expected = (row["outcome"], row["statement_code"], row["has_photo"] == "yes")
        found = (answer.outcome, str(answer.statement_code), answer.photo_id is not None)
        theirs = all(f":{row['record_id']}" in ref for ref in answer.record_refs)
        if (
            found != expected
            or not theirs
            or (row["reason"] and row["reason"] not in answer.reasons)
        ):
            wrong.append((row["situation"], row["typed"], found, answer.reasons))
    assert wrong == []


@pytest.mark.django_db
def test_while_a_source_is_missing_the_answer_is_that_and_never_no_record(tmp_path):
    write_uploads(tmp_path, len(SITUATIONS), 4)
    for system in ("CIS", "ADIS"):
        loading.load(system, tmp_path / f"{system}.csv")
    index.build()
    student = next(
        row for row in rows(tmp_path / "truth.csv") if row["situation"] == "source_may_be_missing"
    )
    query = Query(
        document_type="i20",
        family_name=student["family_name"],
        given_name=student["given_name"],
        date_of_birth=date.fromisoformat(student["date_of_birth"]),
        sevis_id=student["sevis_id"],
    )
    answer = initial_search(query, today=TODAY)
    assert (answer.statement_code, answer.reasons) == (5, ("source_unavailable",))
