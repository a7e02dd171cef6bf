"""The chain from petition to stay: what joins its links, whose each is, and what contradicts."""

import csv
import random
from datetime import date

import pytest

from verification.records.chain import ABOUT, Stage, chain, joins_of
from verification.records.held import Held
from verification.records.index import build
from verification.records.loading import load
from verification.records.population import (
    AS_OF,
    SITUATIONS,
    situations,
    write_uploads,
)
from verification.records.population import contradictions_of_status as contradictions
from verification.records.population.background import add_background
from verification.records.population.person import new_person
from verification.records.population.world import settle
from verification.records.reading import Records
from verification.records.search import along_the_chain, neighborhood
from verification.records.systems import SYSTEMS, Viewer


def records_of(situation, country="IND", number=8):
    person = new_person(number, 3, AS_OF, country)
    situation(person)
    add_background(person)
    settle(person)
    return person.held()


def stages(links):
    return [link.stage for link in links]


def joins(link):
    return {join.ref.partition(":")[0]: join.kind for join in link.joins}


def linked(records):
    return chain(records, joins_of(records))


def about(records, viewer=Viewer.VERIFIER):
    return [found.about for found in chain(records, joins_of(records), viewer).contradictions]


def test_petition_visa_admission_extension_and_end_of_stay_hang_on_each_other():
    links = linked(records_of(contradictions.extension_not_in_admission)).links
    assert stages(links) == [
        Stage.PETITION, Stage.VISA, Stage.ADMISSION, Stage.EXTENSION, Stage.STAY_ENDS,
    ]  # fmt: skip
    petition, visa, admission, extension, _ = links
    assert petition.joins == ()
    assert joins(visa) == {"CLAIMS3": "petition"}
    assert joins(admission)["CCD"] == "visa"
    assert joins(extension)["ADIS"] == "i94"
    assert [link.owner for link in links[:4]] == ["USCIS", "Department of State", "CBP", "USCIS"]


def test_every_link_tells_its_day_its_record_and_the_record_s_age():
    for link in linked(records_of(contradictions.extension_not_in_admission)).links:
        assert link.on is not None
        assert link.ref.partition(":")[0] in SYSTEMS
        assert link.on <= AS_OF.replace(year=2040)
        assert link.as_of <= AS_OF
        assert link.values["family_name"]


def test_the_same_admission_in_two_systems_is_one_link():
    adis = Held(1, "ADIS", "A", AS_OF, "DOE", "ANN", own=entry("H1B", "2026-01-05"))
    niis = Held(2, "NIIS", "N", AS_OF, "DOE", "ANN", own=entry("H1B", "2026-01-05"))
    links = linked([niis, adis]).links
    assert stages(links) == [Stage.ADMISSION, Stage.STAY_ENDS]
    assert (links[0].ref, links[0].also) == ("ADIS:A", ("NIIS:N",))


def test_a_departure_ends_the_stay():
    left = Held(
        1, "ADIS", "A", AS_OF, "DOE", "ANN",
        own={**entry("B2", "2026-01-05"), "departure_date": "2026-02-01"},
    )  # fmt: skip
    assert stages(linked([left]).links) == [Stage.ADMISSION, Stage.DEPARTURE]


def entry(code, arrived, until="2027-01-05"):
    return {
        "i94_number": "123456789A1", "class_of_admission": code, "arrival_date": arrived,
        "admitted_until": until, "visa_number": "12345678",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (contradictions.extension_not_in_admission, "stay_not_extended"),
        (contradictions.stay_cut_to_passport, "stay_shorter_than_petition"),
        (contradictions.student_now_worker, "class_not_changed"),
        (contradictions.student_ended, "school_ended"),
        (contradictions.sevis_id_missing, "school_differs"),
        (contradictions.naturalized_last_week, "index_not_citizen"),
        (contradictions.final_order_still_resident, "index_not_ordered"),
    ],
)
def test_what_contradicts_is_named_with_both_owners_columns(situation, expected):
    found = [c for c in linked(records_of(situation)).contradictions if c.about == expected]
    assert found
    for side in (found[0].left, found[0].right):
        system = side.ref.partition(":")[0]
        assert side.owner == SYSTEMS[system].owner
        assert side.column in {column.name for column in SYSTEMS[system].columns}
        assert side.value
    assert found[0].left.owner != found[0].right.owner or expected == "index_not_citizen"


@pytest.mark.parametrize(
    "situation",
    [situations.worker, situations.student, situations.family_resident, situations.naturalized],
)
def test_records_that_agree_contradict_nothing(situation):
    for number in range(2, 40):
        assert about(records_of(situation, number=number)) == []


@pytest.mark.parametrize(
    ("visa", "admission", "expected"),
    [
        ({"visa_class": "H1B"}, "H4", "visa_of_another_class"),
        ({"visa_class": "H1B", "revoked_on": "2026-03-01"}, "H1B", "visa_revoked"),
    ],
)
def test_a_visa_and_its_admission_may_disagree(visa, admission, expected):
    records = [
        Held(1, "CCD", "V", AS_OF, "DOE", "ANN", own={"visa_number": "12345678", **visa}),
        Held(2, "ADIS", "A", AS_OF, "DOE", "ANN", own=entry(admission, "2026-01-05")),
    ]
    assert about(records) == [expected]


def test_two_records_of_one_admission_and_two_births_may_disagree():
    one = Held(
        1, "ADIS", "A", AS_OF, "DOE", "ANN", date_of_birth=date(1990, 1, 2),
        own=entry("H1B", "2026-01-05"),
    )  # fmt: skip
    two = Held(
        2, "NIIS", "N", AS_OF, "DOE", "ANN", date_of_birth=date(1990, 2, 1),
        own=entry("H4", "2026-01-05"),
    )  # fmt: skip
    assert about([one, two]) == ["admissions_differ", "birth_differs"]


def test_a_petition_withdrawn_after_the_admission_is_named():
    claim = {
        "receipt_number": "EAC2190000001", "form": "I-129", "requested_class": "H1B",
        "decision": "withdrawn", "decided_on": "2026-05-01",
    }  # fmt: skip
    records = [
        Held(1, "CLAIMS3", "C", AS_OF, "DOE", "ANN", own=claim),
        Held(2, "ADIS", "A", AS_OF, "DOE", "ANN", own=entry("H1B", "2026-01-05")),
    ]
    assert about(records) == ["petition_withdrawn"]


def test_a_records_officer_sees_neither_visas_nor_what_depends_on_them():
    records = records_of(contradictions.extension_not_in_admission)
    links = chain(records, joins_of(records), Viewer.RECORDS).links
    assert Stage.VISA not in stages(links)
    assert all("passport_number" not in link.values for link in links)


def test_the_order_of_the_records_changes_nothing():
    records = records_of(contradictions.student_now_worker)
    expected = linked(records)
    for seed in range(5):
        random.Random(seed).shuffle(records)
        assert linked(records) == expected


def test_each_contradiction_has_its_sentence():
    assert all(text.endswith(".") for text in ABOUT.values())


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["i94", "card"])
def test_petition_and_visa_are_found_from_either_end(tmp_path, number):
    """CLAIMS 3 knows no admission, ADIS no petition: State's visa joins them."""
    write_uploads(tmp_path, len(SITUATIONS), 4)
    for system in ("ADIS", "CLAIMS3", "CCD"):
        load(system, tmp_path / f"{system}.csv")
    build()
    with (tmp_path / "CLAIMS3.csv").open(encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file) if r["form"] == "I-129" and not r["i94_number"])
    with (tmp_path / "ADIS.csv").open(encoding="utf-8") as file:
        entry = next(r for r in csv.DictReader(file) if r["record_id"] == row["record_id"])
    value = entry["i94_number"] if number == "i94" else row["receipt_number"]
    records = Records()
    person = neighborhood(records.find([(number, value)]), records)
    person += along_the_chain(person, records)
    person = neighborhood(person, records)
    person += along_the_chain(person, records)
    assert {"ADIS", "CLAIMS3", "CCD"} == {record.system for record in person}
    assert {record.record_id.partition("-")[0] for record in person} == {row["record_id"]}
