"""Nobody else's record comes back: twins, relatives, strangers, impostors, numbers misread."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verification.records.files import row, write
from verification.records import index
from verification.records.loading import load
from verification.records.question import Query
from verification.records.search import initial_search

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
BORN = date(1994, 10, 1)
PEDRO = {
    "record_id": "R1", "a_number": "087310116", "card_number": "LIN0210270148", "sex": "M",
    "family_name": "CRUZ PAREDES", "given_name": "PEDRO JOSE", "date_of_birth": "1994-10-01",
    "country_of_birth": "COL", "country_of_citizenship": "COL",
}  # fmt: skip
TWIN = PEDRO | {
    "record_id": "R2", "a_number": "087310117", "card_number": "MSC0210270149",
    "given_name": "PEDRO",
}  # fmt: skip
ASKED = Query(
    document_type="other_a_number", family_name="Cruz Paredes", given_name="Pedro José",
    date_of_birth=BORN, a_number="087310116",
)  # fmt: skip


@pytest.fixture
def on_record(tmp_path):
    def put(*people, day=1):
        rows = [row("CIS", **{**person, "updated_at": f"2026-11-{day:02d}"}) for person in people]
        load("CIS", write(tmp_path, "CIS", *rows))
        index.build()

    return put


def ask(**changes):
    return initial_search(replace(ASKED, **changes), today=TODAY)


def test_a_middle_name_left_out_is_no_obstacle(on_record):
    on_record(PEDRO)
    assert ask(given_name="Pedro").record_refs == ("CIS:R1",)


def test_who_is_called_just_so_and_born_that_day_makes_it_doubtful(on_record):
    on_record(PEDRO, TWIN)
    answer = ask(given_name="Pedro")
    assert (answer.reasons, answer.rule) == (("ambiguous",), "somebody_else_bears_the_name")
    assert answer.returned is None
    assert ask().record_refs == ("CIS:R1",)
    assert ask(given_name="Pedro", a_number="087310117").record_refs == ("CIS:R2",)


@pytest.mark.parametrize(
    "changes",
    [
        {"given_name": "Ernesto"},
        {"given_name": "Pedra"},
        {"given_name": "José"},
        {"family_name": "Cruz Mora"},
        {"family_name": "Rojas", "given_name": "Pedro"},
        {"date_of_birth": date(1994, 10, 2)},
        {"date_of_birth": date(1995, 10, 1)},
        {"given_name": "Pedr", "date_of_birth": date(1994, 1, 10)},
        {"family_name": "Cruz", "date_of_birth": date(1994, 1, 10)},
        {"family_name": "Ctuz Paredes", "given_name": "Pdero"},
    ],
)
def test_a_twin_a_relative_or_an_impostor_gets_nothing(on_record, changes):
    on_record(PEDRO, {**TWIN, "given_name": "PEDRA", "sex": "F"})
    answer = ask(**changes)
    assert (answer.outcome, answer.returned) == ("additional_verification", None)


def test_day_and_month_may_be_swapped_when_the_whole_name_is_right(on_record):
    on_record(PEDRO)
    assert ask(date_of_birth=date(1994, 1, 10)).record_refs == ("CIS:R1",)


def test_a_slip_that_is_a_name_on_record_is_no_slip(on_record):
    woman = {**PEDRO, "given_name": "NIREETA", "sex": "F"}
    on_record(woman)
    assert ask(given_name="Nireets").outcome == "confirmed"
    other = {**TWIN, "given_name": "NIREETS", "family_name": "ROJAS", "date_of_birth": "1970-01-01"}
    on_record(woman, other, day=2)
    assert ask(given_name="Nireets").reasons == ("name_mismatch",)


def test_a_misread_passport_number_leads_to_the_holder_and_to_nobody_else(tmp_path, on_record):
    on_record(PEDRO)
    entry = row("ADIS", **{
        **{name: PEDRO[name] for name in ("family_name", "given_name", "date_of_birth")},
        "record_id": "A1", "a_number": PEDRO["a_number"], "country_of_birth": "COL",
        "passport_number": "AV120501", "passport_country": "COL",
    })  # fmt: skip
    load("ADIS", write(tmp_path, "ADIS", entry))
    index.build()
    asked = {"a_number": "", "passport_country": "COL"}
    assert ask(**asked, passport_number="AVI2O5O1").outcome == "confirmed"
    assert ask(**asked, passport_number="AV120501", given_name="Rosa").returned is None
    assert ask(**asked, passport_number="AVI2O5O1", given_name="Rosa").returned is None


OTHERS = st.lists(
    st.fixed_dictionaries(
        {
            "family_name": st.sampled_from(["CRUZ PAREDES", "CRUZ", "PAREDES", "ROJAS"]),
            "given_name": st.sampled_from(["PEDRO", "PEDRO JOSE", "PEDRA", "JOSE", "PEDOR"]),
            "date_of_birth": st.sampled_from(["1994-10-01", "1994-01-10", "1980-05-05"]),
            "sex": st.sampled_from("FM"),
        }
    ),
    max_size=4,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(OTHERS, st.sampled_from(["Pedro José", "Pedro", "pedro jose", "Pedor José"]))
def test_adding_people_never_makes_an_answer_wrong(tmp_path_factory, others, given_name):
    """It stays the same person's, or becomes a doubt."""
    folder = tmp_path_factory.mktemp("people")
    more = [
        {**PEDRO, **other, "record_id": f"X{n}", "a_number": f"20000000{n}", "card_number": ""}
        for n, other in enumerate(others)
    ]
    rows = [row("CIS", **person) for person in (PEDRO, *more)]
    load("CIS", write(folder, "CIS", *rows), full=True)
    index.build()
    assert ask(given_name=given_name).record_refs in {("CIS:R1",), ()}


def test_the_order_of_loading_changes_no_answer(on_record):
    people = [
        PEDRO,
        TWIN,
        {**TWIN, "record_id": "R3", "a_number": "087310118", "given_name": "ROSA"},
    ]
    answers = set()
    for day, order in enumerate(permutations(people), start=1):
        for person in order:
            on_record(person, day=day)
        answers.add(
            (ask(given_name="Pedro").reasons, ask().record_refs, ask(given_name="Rsoa").rule)
        )
    assert len(answers) == 1


@pytest.mark.parametrize(
    "write_as", [str.lower, str.upper, lambda text: f"  {text.replace(' ', '-')}"]
)
@pytest.mark.parametrize("given_name", ["Pedro José", "Pedro", "Pedor José", "Pedra"])
def test_letter_case_and_spacing_change_no_answer(on_record, write_as, given_name):
    on_record(PEDRO, {**TWIN, "given_name": "ROSA"})
    plain = ask(given_name=given_name)
    again = ask(given_name=write_as(given_name), family_name=write_as("Cruz Paredes"))
    assert (again.outcome, again.reasons, again.record_refs) == (
        plain.outcome, plain.reasons, plain.record_refs,
    )  # fmt: skip
