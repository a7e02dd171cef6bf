"""What initial verification finds, gives back, and never says (S1.4, S3.1, S8.2)."""

import json
from dataclasses import asdict, replace
from datetime import date

import pytest

from tests.verification.records.files import row, write
from verification.records import index
from verification.records.loading import load
from verification.records.question import Query
from verification.records.reading import from_one_index
from verification.records.search import initial_search, photo, search_all

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
ASKED = Query(
    document_type="other_a_number",
    family_name="López García",
    given_name="María Elena",
    date_of_birth=date(1980, 2, 29),
    a_number="123456789",
)


@pytest.fixture
def on_record(tmp_path):
    """Load rows of systems and index them."""

    def put(**rows_by_system):
        for system, rows in rows_by_system.items():
            rows = rows if isinstance(rows, list) else [rows]
            load(system, write(tmp_path, system, *[row(system, **each) for each in rows]))
        index.build()

    return put


def ask(**changes):
    return initial_search(replace(ASKED, **changes), today=TODAY)


def test_the_applicants_own_record_comes_back_with_system_and_age(on_record):
    on_record(CIS={"country_of_birth": "MEX"})
    answer = ask()
    assert (answer.outcome, answer.statement_code, answer.reasons) == ("confirmed", 1, ())
    assert answer.statement == "Lawful Permanent Resident – Employment Authorized"
    assert answer.returned["family_name"] == {
        "value": "LOPEZ GARCIA", "system": "CIS", "record_date": "2026-11-01",
    }  # fmt: skip
    assert answer.returned["class_of_admission"]["value"] == "IR6"
    assert answer.returned["grant_date"]["value"] == "2010-05-01"
    assert answer.record_refs == ("CIS:R1",)
    assert answer.searched == (("CIS", "2026-11-01"),)
    json.dumps(asdict(answer))


def test_all_systems_that_share_the_persons_numbers_are_drawn_on(on_record):
    on_record(CIS={}, CLAIMS3={}, ISRS={})
    answer = ask()
    assert answer.record_refs == ("CIS:R1", "CLAIMS3:R1", "ISRS:R1")
    assert answer.returned["card_expires"]["system"] == "ISRS"


def test_no_passport_or_visa_number_ever_comes_back(on_record):
    on_record(
        CIS={},
        ADIS={"a_number": "123456789", "visa_number": "87654321"},
        SEVIS={"a_number": "123456789", "passport_number": "X1234567", "passport_country": "MEX"},
        CCD={"a_number": "123456789"},
    )
    answer = ask()
    assert answer.outcome == "confirmed"
    said = json.dumps(asdict(answer))
    assert "X1234567" not in said
    assert "87654321" not in said


def test_a_passport_with_its_country_leads_to_the_record(on_record):
    on_record(ADIS={})
    asked = {"a_number": "", "passport_number": "X1234567"}
    assert ask(**asked, passport_country="MEX").outcome == "confirmed"
    assert ask(**asked, passport_country="BRA").reasons == ("no_record",)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"a_number": "999999999"}, ("no_record",)),
        ({"given_name": "Rosa"}, ("name_mismatch",)),
        ({"date_of_birth": date(1980, 2, 28)}, ("date_of_birth_mismatch",)),
        (
            {"given_name": "Rosa", "date_of_birth": date(1980, 2, 28)},
            ("name_mismatch", "date_of_birth_mismatch"),
        ),
    ],
)
def test_another_persons_record_is_never_returned(on_record, changes, reasons):
    on_record(CIS={})
    answer = ask(**changes)
    assert (answer.outcome, answer.reasons) == ("additional_verification", reasons)
    assert (answer.statement_code, answer.returned, answer.record_refs) == (37, None, ())
    assert (answer.person_ref, answer.photo_id) == ("", None)


def test_the_number_of_someone_else_says_nothing_of_them(on_record):
    other = {"record_id": "R2", "a_number": "123456780", "card_number": "LIN9999999999"}
    on_record(CIS=[{}, {**other, "given_name": "ROSA"}])
    answer = ask(a_number="123456780")
    assert answer.reasons == ("name_mismatch",)
    assert "ROSA" not in json.dumps(asdict(answer))


def test_there_is_no_search_by_name(on_record):
    on_record(CIS={})
    assert ask(a_number="").reasons == ("no_record",)


def test_two_numbers_of_one_document_must_be_one_persons(on_record):
    other = {"record_id": "R2", "a_number": "123456780", "card_number": "LIN9999999999"}
    on_record(CIS=[{}, {**other, "given_name": "ROSA"}])
    assert ask(card_number="LIN0123456789").outcome == "confirmed"
    assert ask(card_number="LIN9999999999").reasons == ("document_mismatch",)
    assert ask(card_number="LIN0000000000").reasons == ("document_mismatch",)


def test_two_people_alike_in_name_and_birth_are_told_apart_by_the_number_or_not_at_all(on_record):
    twin = {"record_id": "R2", "a_number": "123456780", "card_number": ""}
    on_record(CIS=[{}, twin])
    assert ask().record_refs == ("CIS:R1",)
    both = ask(a_number="123456789", card_number="")
    assert both.outcome == "confirmed"


def test_a_number_that_two_people_have_is_ambiguous(on_record):
    on_record(CIS=[{}, {"record_id": "R2", "given_name": "ROSA"}])
    assert ask().reasons == ("ambiguous",)
    assert ask().returned is None


def test_two_files_with_different_a_numbers_on_one_card_are_ambiguous(on_record):
    on_record(CIS=[{}, {"record_id": "R2", "a_number": "123456780"}])
    assert ask(a_number="", card_number="LIN0123456789").reasons == ("ambiguous",)


def test_a_consolidated_file_is_found_by_its_old_and_its_new_number(on_record):
    on_record(CIS={"a_number": "000000012", "consolidated_to": "123456789"})
    assert ask().outcome == "confirmed"
    assert ask(a_number="000000012").outcome == "confirmed"


def test_a_name_changed_in_one_system_only_is_still_the_person(on_record):
    on_record(
        CIS={"family_name": "GOMEZ", "aliases": "LOPEZ GARCIA, MARIA ELENA"},
        CLAIMS3={"family_name": "GOMEZ"},
    )
    assert ask().record_refs == ("CIS:R1", "CLAIMS3:R1")


def test_another_name_that_the_applicant_gives_counts(on_record):
    on_record(CIS={"family_name": "GOMEZ"})
    assert ask().reasons == ("name_mismatch",)
    assert ask(also_known_as=("Gomez, María Elena",)).outcome == "confirmed"


def test_what_was_loaded_answers_from_the_next_index_on_and_not_before(on_record, tmp_path):
    on_record(CIS={})
    before = ask()
    corrected = row("CIS", a_number="555555555", updated_at="2026-11-02")
    load("CIS", write(tmp_path, "CIS", corrected))
    assert ask() == before
    assert ask(a_number="555555555").reasons == ("no_record",)
    index.build()
    assert ask().reasons == ("no_record",)
    assert ask(a_number="555555555").outcome == "confirmed"


def test_a_closed_record_confirms_nothing_from_the_next_index_on(on_record, tmp_path):
    on_record(CIS=[{}, {"record_id": "R2", "a_number": "123456780", "card_number": ""}])
    keep = row("CIS", record_id="R2", a_number="123456780", card_number="")
    load("CIS", write(tmp_path, "CIS", keep), full=True)
    assert ask().outcome == "confirmed"
    index.build()
    assert ask().reasons == ("no_record",)


def test_a_system_that_was_never_loaded_is_said_to_be_unavailable(on_record):
    on_record(CLAIMS3={})
    answer = ask(a_number="999999999")
    assert (answer.reasons, answer.statement_code) == (("source_unavailable",), 5)
    assert ask(a_number="", sevis_id="N0000000001").reasons == ("source_unavailable",)


def test_a_student_without_a_sevis_record_is_asked_for_the_id(on_record):
    on_record(
        ADIS={"class_of_admission": "F1", "admitted_until": "D/S"},
        SEVIS={"sevis_id": "N0099999999", "family_name": "OTHER"},
    )
    answer = ask(a_number="", i94_number="123456789A1")
    assert (answer.reasons, answer.statement_code) == (("sevis_id_required",), 32)
    assert answer.returned is None


def test_the_newest_cards_photo_comes_with_the_answer(on_record, tmp_path):
    for name in ("old", "new"):
        drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><text>{name}</text></svg>'
        (tmp_path / f"{name}.svg").write_text(drawing)
    on_record(
        CIS={},
        ISRS=[
            {"record_id": "R1", "photo": "old.svg", "issued_on": "2010-01-01"},
            {"record_id": "R2", "photo": "new.svg", "issued_on": "2020-01-01"},
        ],
    )
    content, content_type = photo(ask().photo_id)
    assert b"new" in content
    assert content_type == "image/svg+xml"


@pytest.mark.parametrize("people", [1, 30])
def test_the_search_needs_two_queries_however_many_are_on_record(
    on_record, django_assert_num_queries, people
):
    more = [
        {"record_id": f"X{n}", "a_number": f"2000000{n:02d}", "card_number": ""}
        for n in range(people)
    ]
    on_record(CIS=[{}, *more])
    with django_assert_num_queries(4):  # with the uploads of this index and their columns
        assert ask().outcome == "confirmed"
    with django_assert_num_queries(2):
        assert ask().outcome == "confirmed"
    with django_assert_num_queries(1):
        assert ask(a_number="999999999").reasons == ("no_record",)


def test_names_typed_otherwise_cost_two_queries_more_for_a_batch_too(
    on_record, django_assert_num_queries
):
    typed_otherwise = [
        replace(ASKED, given_name=given)
        for given in (ASKED.given_name[:-1], ASKED.given_name[1:], "Zzyxw", ASKED.given_name)
    ]
    on_record(CIS=[{}])
    ask()
    with django_assert_num_queries(4):
        answers = from_one_index(
            lambda records: search_all(typed_otherwise, today=TODAY, records=records)
        )
    assert answers[-1].outcome == "confirmed"
    assert answers[2].reasons == ("name_mismatch",)
    assert answers == [initial_search(query, today=TODAY) for query in typed_otherwise]


TWO_FILES = [{"i94_number": "123456789A1"}, {"record_id": "R2", "a_number": "123456780",
             "card_number": "LIN9999999999", "i94_number": "123456789A1"}]  # fmt: skip


class TestOneMoreNumber:
    """What is ambiguous by one number is settled by a second that is the person's alone."""

    def test_of_two_people_with_one_number_the_second_number_says_which(self, on_record):
        on_record(CIS=[{}, {"record_id": "R2", "given_name": "ROSA", "card_number": ""}])
        assert ask().reasons == ("ambiguous",)
        answer = ask(card_number="LIN0123456789")
        assert (answer.outcome, answer.record_refs) == ("confirmed", ("CIS:R1",))
        assert ask(given_name="Rosa", card_number="LIN0123456789").returned is None

    def test_of_two_files_with_one_number_the_second_number_says_which(self, on_record):
        on_record(CIS=TWO_FILES)
        i94 = {"i94_number": "123456789A1"}
        assert ask(a_number="", **i94).reasons == ("ambiguous",)
        for number, ref in (("123456789", "CIS:R1"), ("123456780", "CIS:R2")):
            answer = ask(a_number=number, **i94)
            assert (answer.outcome, answer.record_refs) == ("confirmed", (ref,))

    def test_one_number_alone_says_not_which_of_two_files(self, on_record):
        on_record(CIS=TWO_FILES)
        assert ask().reasons == ("ambiguous",)

    def test_two_numbers_that_both_have_say_nothing(self, on_record):
        on_record(CIS=[{}, {"record_id": "R2", "given_name": "ROSA"}])
        assert ask(card_number="LIN0123456789").reasons == ("ambiguous",)

    def test_two_numbers_of_two_files_say_nothing(self, on_record):
        on_record(CIS=TWO_FILES)
        assert ask(card_number="LIN9999999999").reasons == ("ambiguous",)

    @pytest.mark.parametrize(
        "other",
        [
            {"order_date": "2026-10-01"},
            {"death_date": "2026-10-01"},
            {"class_of_admission": "B2", "status_date": "2026-01-01"},
        ],
        ids=str,
    )
    def test_what_would_change_the_answer_is_for_a_verifier_whoever_s_it_is(self, on_record, other):
        theirs = {"record_id": "R2", "a_number": "123456780", "card_number": "",
                  "i94_number": "123456789A1"}  # fmt: skip
        first = {"i94_number": "123456789A1", "class_of_admission": "RE1"}
        on_record(CIS=[first, {**first, **theirs, **other}])
        answer = ask(i94_number="123456789A1")
        assert (answer.reasons, answer.returned) == (("ambiguous",), None)

    def test_an_order_under_another_name_is_never_set_aside(self, on_record):
        on_record(
            CIS={},
            EOIR={"family_name": "OKAFOR", "decision": "REMOVAL", "decided_on": "2026-09-01",
                  "appeal_pending": ""},
        )  # fmt: skip
        assert ask(card_number="LIN0123456789").outcome != "confirmed"

    def test_a_name_that_somebody_else_bears_is_settled_by_no_number(self, on_record):
        twin = {"record_id": "R2", "a_number": "123456780", "card_number": "",
                "given_name": "MARIA"}  # fmt: skip
        on_record(CIS=[{}, twin])
        typed = {"given_name": "Maria", "card_number": "LIN0123456789"}
        assert ask(**typed).reasons == ("ambiguous",)

    def test_who_bears_the_name_just_as_typed_is_not_set_aside_by_numbers(self, on_record):
        first, other = TWO_FILES
        on_record(CIS=[first, {**other, "given_name": "MARIA"}])
        mine = {"i94_number": "123456789A1"}
        assert ask(given_name="Maria", **mine).reasons == ("ambiguous",)
        assert ask(**mine).record_refs == ("CIS:R1",)

    def test_a_batch_of_them_takes_no_more_queries(self, on_record, django_assert_num_queries):
        on_record(CIS=[*TWO_FILES, {"record_id": "R3", "a_number": "123456781", "card_number": "",
                       "given_name": "MARIA", "i94_number": "123456789A1"}])  # fmt: skip
        names = ("Maria Elena", "Maria", "Elena Maria", "Maria E", "Mari")
        queries = [
            replace(ASKED, i94_number="123456789A1", given_name=name, a_number=number)
            for name in names
            for number in ("123456789", "123456780", "123456781", "")
        ]
        from_one_index(lambda records: search_all(queries, today=TODAY, records=records))
        with django_assert_num_queries(3):
            from_one_index(lambda records: search_all(queries, today=TODAY, records=records))

    def test_a_number_that_hundreds_share_does_not_hide_whom_another_names(self, on_record):
        many = [
            {"record_id": f"M{n}", "i94_number": f"{300000000 + n}A1", "family_name": "OKAFOR"}
            for n in range(70)
        ]
        on_record(CIS={}, ADIS=[{"a_number": "123456789"}, *many])
        passport = {"passport_number": "X1234567", "passport_country": "MEX"}
        assert ask(a_number="", **passport).reasons == ("ambiguous",)
        answer = ask(a_number="", i94_number="123456789A1", **passport)
        assert answer.outcome == "confirmed"
        assert set(answer.record_refs) <= {"CIS:R1", "ADIS:R1"}
