"""What holds of every answer, whatever the records: properties, over records made at random."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from verification.records.answer import answer_from
from verification.records.certainty import GRADES, Identification, Standing
from verification.records.held import Held
from verification.records.status import choose
from verification.records.status_rules import CODES, RULES
from verification.records.systems import SYSTEMS, Viewer

TODAY = date(2026, 11, 20)
CLASSES = (
    "IR6", "CR6", "RE1", "AS1", "RE6", "DT",
    "CC", "TPS", "EWI", "B2", "H1B", "F1", "F2", "J1", "MIS",
    "CW1", "ABD", "PEN", "B11", "T1", "USC", "DNA", "ZZ9", "",
)  # fmt: skip
DAYS = st.integers(-900, 900).map(lambda n: (TODAY + timedelta(days=n)).isoformat())
VALUES = {
    "class_of_admission": st.sampled_from(CLASSES),
    "requested_class": st.sampled_from(CLASSES),
    "form": st.sampled_from(
        ("I-485", "I-129", "I-539", "I-765", "I-751", "I-918", "N-400", "N-600")
    ),
    "decision": st.sampled_from(
        ("APPROVED", "DENIED", "PENDING", "", "REVOKED", "ORDERED REMOVED", "RELIEF GRANTED")
    ),
    "status": st.sampled_from(("ACTIVE", "TERMINATED", "COMPLETED", "INITIAL")),
    "ead_provision": st.sampled_from(("", "A12", "C08", "C09", "C33", "C31", "A10", "C26", "C18")),
    "card_status": st.sampled_from(("ACTIVE", "LOST", "STOLEN", "REPLACED", "")),
    "card_type": st.sampled_from(("I-551", "I-766")),
    "outcome": st.sampled_from(("PENDING", "APPROVED", "DENIED", "")),
    "appeal_pending": st.sampled_from(("YES", "NO", "")),
    "requested_action": st.sampled_from(("A", "B", "C", "")),
    "joint_or_waiver": st.sampled_from(("JOINT", "WAIVER")),
    "card_number": st.just("MSC2155330947"),
    "certificate_number": st.just("40120001"),
    "passport_number": st.just("SECRETPASS1"),
    "passport_country": st.just("MEX"),
    "visa_number": st.just("SECRETVISA1"),
    "spouse_name": st.just("SECRETSPOUSE"),
    "criminal_history": st.just("SECRETCRIME"),
    "petitioner": st.just("SECRETPETITIONER"),
}
DATED = {
    column.name
    for system in SYSTEMS.values()
    for column in system.own
    if column.kind.name in ("date", "until")
}


@st.composite
def record(draw, pk=0):
    system = draw(st.sampled_from(sorted(SYSTEMS)))
    own = {}
    for column in SYSTEMS[system].own:
        if draw(st.booleans()):
            value = draw(DAYS if column.name in DATED else VALUES.get(column.name, st.just("")))
            if value:
                own[column.name] = value
    return Held(
        pk=pk, system=system, record_id=f"{system}-{draw(st.integers(1, 3))}",
        updated_on=TODAY - timedelta(days=draw(st.integers(0, 30))),
        family_name="LOPEZ", given_name="ANA", date_of_birth=date(1980, 2, 29),
        a_number="123456789", own=own, photo_id=5 if system == "ISRS" else None,
    )  # fmt: skip


def one_each(records):
    unique = {held.ref: held for held in records}
    return [replace(held, pk=number) for number, held in enumerate(unique.values())]


ENDS = (
    ("CIS", "order_date"),
    ("EID", "final_order_date"),
    ("CIS", "death_date"),
    ("EID", "removed_on"),
)
PEOPLE = st.lists(record(), min_size=1, max_size=7).map(one_each)
SHOWN = st.sampled_from(
    (
        frozenset(),
        frozenset({("card", "MSC2155330947")}),
        frozenset({("naturalization", "40120001")}),
    )
)


def answer(person, shown=frozenset(), exactly=True):
    return answer_from(person, today=TODAY, shown=shown, exactly=exactly, searched=())


@settings(max_examples=120, deadline=None)
@given(PEOPLE, SHOWN, st.randoms())
def test_the_order_in_which_records_come_never_matters(person, shown, random):
    shuffled = random.sample(person, len(person))
    assert answer(person, shown) == answer(shuffled, shown)


@settings(max_examples=120, deadline=None)
@given(PEOPLE, SHOWN)
def test_every_answer_has_a_rule_in_words_and_the_statement_of_its_rule(person, shown):
    given_answer = answer(person, shown)
    assert given_answer.rule in RULES
    assert (given_answer.outcome == "confirmed") == (given_answer.rule in CODES)
    if given_answer.outcome == "confirmed":
        assert given_answer.statement_code == CODES[given_answer.rule]
        assert given_answer.returned
        assert given_answer.person_ref in given_answer.record_refs
        assert given_answer.grade in {grade.value for grade in GRADES.values()}
    else:
        assert given_answer.reasons
        assert given_answer.returned is None
        assert (given_answer.grounds, given_answer.record_refs) == ({}, ())


@settings(max_examples=120, deadline=None)
@given(PEOPLE)
def test_nothing_goes_out_that_its_owner_keeps_from_agencies(person):
    given_answer = answer(person)
    said = f"{given_answer.returned} {given_answer.grounds}"
    assert "SECRET" not in said
    for system in SYSTEMS.values():
        if not system.shown_to(Viewer.AGENCY):
            assert f"'{system.name}'" not in said


@settings(max_examples=120, deadline=None)
@given(
    PEOPLE,
    st.sampled_from(
        (
            ("CIS", "order_date"),
            ("EID", "final_order_date"),
            ("CIS", "death_date"),
            ("EID", "removed_on"),
        )
    ),
)
def test_an_order_a_removal_or_a_death_is_never_confirmed(person, fact):
    system, column = fact
    ended = Held(
        pk=99, system=system, record_id="END", updated_on=TODAY, family_name="LOPEZ",
        given_name="ANA", own={column: "2020-01-01"},
    )  # fmt: skip
    assert answer([*person, ended]).outcome != "confirmed"


@settings(max_examples=100, deadline=None)
@given(PEOPLE)
def test_a_lost_card_is_never_confirmed_and_gives_no_photo(person):
    lost = Held(
        pk=99, system="ISRS", record_id="LOST", updated_on=TODAY, family_name="LOPEZ",
        given_name="ANA", own={"card_number": "SRC0000000001", "card_status": "LOST"}, photo_id=66,
    )  # fmt: skip
    assert answer([*person, lost], frozenset({("card", "SRC0000000001")})).outcome != "confirmed"
    assert answer([*person, lost]).photo_id != 66


@settings(max_examples=100, deadline=None)
@given(PEOPLE)
def test_an_old_visit_never_changes_the_answer_for_a_status_without_end(person):
    choice = choose(person, today=TODAY)
    if choice.source is None or choice.source.system != "CIS":
        return
    if choice.rule not in ("permanent_resident", "asylee", "refugee", "citizen_in_central_index"):
        return
    visit = Held(
        pk=99, system="NIIS", record_id="OLD", updated_on=TODAY - timedelta(days=60),
        family_name="LOPEZ", given_name="ANA",
        own={"class_of_admission": "B2", "arrival_date": "1999-01-01"},
    )  # fmt: skip
    assert choose([*person, visit], today=TODAY) == choice


def test_a_better_identification_or_agreement_never_lowers_the_grade():
    order = ["fairly_sure", "sure", "very_sure"]
    rank = {key: order.index(grade.value) for key, grade in GRADES.items()}
    for standing in Standing:
        assert rank[Identification.EXACT, standing] >= rank[Identification.VARIANT, standing]
    for identification in Identification:
        agreed, alone, differs = (rank[identification, standing] for standing in Standing)
        assert agreed >= alone >= differs
