"""The person-centric query: by system and by person, read-only, and still if one fails."""

from datetime import date

import pytest
from django.db import DatabaseError, connection

from tests.verification.records.files import row, write
from verification.records import index
from verification.records.loading import load
from verification.records.models import SourceUpload
from verification.records.pcqs import PersonQuery, State, ask, read_only
from verification.records.systems import SYSTEMS, Viewer

pytestmark = pytest.mark.django_db
MARIA = {"a_number": "123456789"}


@pytest.fixture
def on_record(tmp_path):
    def put(**rows_by_system):
        for system, rows in rows_by_system.items():
            rows = rows if isinstance(rows, list) else [rows]
            load(system, write(tmp_path, system, *[row(system, **each) for each in rows]))
        index.build()

    return put


def asked(viewer=Viewer.CLEARED, **query):
    return ask(PersonQuery(**query), viewer=viewer)


def box(result, system):
    return next(found for found in result.systems if found.system == system)


KEYS = [
    {"a_number": "123456789"},
    {"i94_number": "123456789A1"},
    {"sevis_id": "N0012345678"},
    {"card_number": "LIN0123456789"},
    {"naturalization_certificate": "40120001"},
    {"passport_number": "X1234567", "passport_country": "MEX"},
    {"visa_number": "81330001"},
    {
        "family_name": "López García",
        "given_name": "Maria Elena",
        "date_of_birth": date(1980, 2, 29),
    },
]
ALL_OF_MARIA = {
    "CIS": {},
    "ADIS": MARIA,
    "SEVIS": MARIA,
    "CLAIMS3": {},
    "CLAIMS4": {},
    "CCD": MARIA | {"visa_number": "81330001"},
}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: "+".join(key))
def test_each_key_leads_to_all_records_of_one_person(on_record, key):
    on_record(**ALL_OF_MARIA)
    result = asked(**key)
    (person,) = result.people
    assert {entry.system for entry in person.entries} == set(ALL_OF_MARIA)
    assert person.ref == "CIS:R1"
    assert (result.shared, result.restricted, result.cut_off) == ((), False, False)


def test_what_ties_records_together_is_named(on_record):
    on_record(CIS={}, CLAIMS3={})
    (person,) = asked(**MARIA).people
    assert {(tie.kind, tie.refs) for tie in person.ties} == {
        ("a_number", ("CIS:R1", "CLAIMS3:R1")),
        ("card", ("CIS:R1", "CLAIMS3:R1")),
    }


def test_the_chain_and_its_contradictions_come_with_the_person(on_record):
    on_record(CIS={}, CLAIMS4={})
    (person,) = asked(**MARIA).people
    assert [link.stage.value for link in person.chain.links] == ["residence", "citizenship"]
    assert [found.about for found in person.chain.contradictions] == ["index_not_citizen"]


def test_every_system_has_its_box_and_says_what_became_of_it(on_record):
    on_record(CIS={}, SEVIS={"a_number": "", "record_id": "R9"})
    result = asked(**MARIA)
    assert [found.system for found in result.systems] == list(SYSTEMS)
    assert box(result, "CIS").state is State.FOUND
    assert box(result, "CIS").as_of == date(2026, 11, 1)
    assert box(result, "SEVIS").state is State.NOTHING
    assert box(result, "EOIR").state is State.NOT_LOADED
    only = ask(PersonQuery(**MARIA, systems=frozenset({"SEVIS"})), viewer=Viewer.CLEARED)
    assert box(only, "CIS").state is State.NOT_ASKED
    assert only.people == ()


def test_a_system_that_fails_says_so_and_the_others_answer(on_record, caplog):
    on_record(CIS={}, SEVIS=MARIA)
    SourceUpload.objects.filter(system="SEVIS").update(columns=["sevis_id"])  # a damaged upload
    result = asked(**MARIA)
    assert box(result, "SEVIS").state is State.FAILED
    assert [entry.ref for entry in result.people[0].entries] == ["CIS:R1"]
    assert "123456789" not in caplog.text


def test_nothing_can_be_written_while_systems_are_asked_and_afterwards_it_can(on_record):
    on_record(CIS={})
    with pytest.raises(DatabaseError, match="read-only"), read_only():
        SourceUpload.objects.update(rejected=1)
    asked(**MARIA)
    assert SourceUpload.objects.update(rejected=1) == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()
        with read_only():
            pass
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == before


def test_two_people_with_one_number_stay_two_and_the_number_is_named(on_record):
    other = {"record_id": "R2", "family_name": "OKAFOR", "given_name": "CHIDI",
             "date_of_birth": "1975-01-30", "a_number": "987654321"}  # fmt: skip
    on_record(CIS=[{}, other])
    result = asked(card_number="LIN0123456789")
    assert [[entry.ref for entry in person.entries] for person in result.people] == [
        ["CIS:R1"], ["CIS:R2"],
    ]  # fmt: skip
    assert [(number.kind, number.refs) for number in result.shared] == [
        ("card", ("CIS:R1", "CIS:R2"))
    ]


def test_namesakes_born_on_one_day_are_two_people(on_record):
    twin = {"record_id": "R2", "a_number": "987654321", "card_number": ""}
    on_record(CIS=[{}, twin])
    result = asked(
        family_name="Lopez Garcia", given_name="Maria Elena", date_of_birth=date(1980, 2, 29)
    )
    assert len(result.people) == 2


def test_a_name_without_given_names_and_a_swapped_day_find_the_person(on_record):
    on_record(CIS={"date_of_birth": "1980-02-11"})
    swapped = asked(
        family_name="Lopez Garcia", given_name="Maria Elena", date_of_birth=date(1980, 11, 2)
    )
    assert len(swapped.people) == 1


def test_asylum_is_asked_for_cleared_verifiers_alone(on_record):
    on_record(CIS={}, RAPS={})
    assert box(asked(**MARIA), "RAPS").state is State.FOUND
    uncleared = asked(Viewer.VERIFIER, **MARIA)
    assert box(uncleared, "RAPS").state is State.NOT_PERMITTED
    assert "RAPS" not in {e.system for person in uncleared.people for e in person.entries}


def test_a_protected_person_shows_nothing_to_who_is_not_cleared(on_record):
    on_record(CIS={"class_of_admission": "B11"}, ADIS=MARIA)
    uncleared = asked(Viewer.VERIFIER, **MARIA)
    (person,) = uncleared.people
    assert ([entry.system for entry in person.entries], person.hidden) == (["ADIS"], 1)
    assert box(uncleared, "CIS").state is State.NOTHING
    assert "CIS:R1" not in str(uncleared.people)
    assert len(asked(**MARIA).people[0].entries) == 2


def test_somebody_wholly_protected_is_only_said_to_be_kept(on_record):
    on_record(CIS={"class_of_admission": "B11"})
    uncleared = asked(Viewer.VERIFIER, **MARIA)
    assert (uncleared.people, uncleared.restricted) == ((), True)
    assert "LOPEZ" not in str(uncleared)


def test_whoever_holds_more_than_one_person_can_is_cut_off_and_it_is_said(on_record):
    on_record(CIS=[{"record_id": f"R{n}", "a_number": f"{100000000 + n}"} for n in range(70)])
    assert asked(card_number="LIN0123456789").cut_off


def test_the_order_of_records_never_matters(on_record, tmp_path):
    on_record(**dict(reversed(ALL_OF_MARIA.items())))
    (person,) = asked(**MARIA).people
    assert [entry.ref for entry in person.entries] == sorted(e.ref for e in person.entries)


def test_the_number_of_queries_does_not_grow_with_the_records(
    on_record, django_assert_max_num_queries
):
    on_record(**ALL_OF_MARIA)
    with django_assert_max_num_queries(110):
        asked(**MARIA)


CHAINED = {
    "CLAIMS3": {"a_number": "", "form": "I-129", "receipt_number": "EAC2190000001"},
    "CCD": {"visa_number": "81330001", "petition_receipt": "EAC2190000001"},
    "ADIS": {"visa_number": "81330001"},
}


@pytest.mark.parametrize(
    "number", [{"card_number": "EAC2190000001"}, {"i94_number": "123456789A1"}], ids=str
)
def test_from_either_end_the_whole_chain_is_found_and_hangs_together(on_record, number):
    """CLAIMS 3 knows no admission, ADIS no petition: State's visa links them."""
    on_record(**CHAINED)
    (person,) = asked(**number).people
    links = {link.ref: link for link in person.chain.links}
    assert set(links) == {"CLAIMS3:R1", "CCD:R1", "ADIS:R1"}
    joins = {
        (ref, join.kind, join.ref)
        for ref, link in links.items() for join in link.joins
        if join.kind in ("petition", "visa")
    }  # fmt: skip
    assert {(kind, frozenset((one, other))) for one, kind, other in joins} == {
        ("petition", frozenset(("CLAIMS3:R1", "CCD:R1"))),
        ("visa", frozenset(("CCD:R1", "ADIS:R1"))),
    }


def test_who_else_the_petition_was_for_is_not_found_with_the_person(on_record):
    stranger = {"record_id": "R2", "family_name": "OKAFOR", "given_name": "CHIDI",
                "date_of_birth": "1975-01-30", "visa_number": "81330002",
                "passport_number": "Y7654321"}  # fmt: skip
    on_record(**CHAINED | {"CCD": [CHAINED["CCD"], CHAINED["CCD"] | stranger]})
    result = asked(card_number="EAC2190000001")
    assert [{entry.ref for entry in person.entries} for person in result.people] == [
        {"CLAIMS3:R1", "CCD:R1", "ADIS:R1"}
    ]
