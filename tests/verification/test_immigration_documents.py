"""Numbers as people copy them, in one canonical form; and case numbers that catch slips."""

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from casecheck.guide import DOCUMENT_NAMES
from verification import case_number
from verification.correction_offices import DOCUMENTS as OFFICES_OF
from verification.immigration_documents import DOCUMENT_TYPES, FIELDS, normalize, show_number

ACCEPTED = [
    ("a_number", "A 209-448-177", "209448177"),
    ("a_number", "a9041237", "009041237"),
    ("a_number", "1234567", "001234567"),
    ("a_number", "21,456,782", "021456782"),
    ("i94_number", "021 300 016 j6", "021300016J6"),
    ("i94_number", "12345678901", "12345678901"),
    ("sevis_id", "n0031450003", "N0031450003"),
    ("sevis_id", "00 3145 0003", "N0031450003"),
    ("card_number", "MSC*0190151551", "MSC0190151551"),
    ("card_number", "src 20 901 44218", "SRC2090144218"),
    ("naturalization_certificate", "40 120 005", "40120005"),
    ("passport_country", "mex", "MEX"),
    ("visa_number", "8133 0001", "81330001"),
    ("sevis_id", "N31450003", "N0031450003"),
]
# A character that the format forbids at its place is read as the one that looks like it.
MISREAD = [
    ("a_number", "2O5 4OI 98S", "205401985"),
    ("i94_number", "0Z13O0016J6", "021300016J6"),
    ("i94_number", "02130001606", "02130001606"),
    ("sevis_id", "N0O314500B3", "N0031450083"),
    ("card_number", "1OE0l90150005", "IOE0190150005"),
    ("card_number", "5RC01901S0005", "SRC0190150005"),
]
REFUSED = [
    ("a_number", "123456"),
    ("a_number", "1234567890"),
    ("a_number", "12E456789"),
    ("a_number", "000000000"),
    ("i94_number", "0213000164"),
    ("i94_number", "02130001AJ6"),
    ("sevis_id", "N003145000"),
    ("card_number", "MS0190151551"),
    ("naturalization_certificate", "ABCDEF"),
    ("passport_number", "A1"),
    ("passport_country", "Mexico"),
    ("document_description", ""),
    ("document_description", "x" * 36),
]


@pytest.mark.parametrize(("name", "typed", "kept"), ACCEPTED)
def test_a_number_is_accepted_as_copied(name, typed, kept):
    assert normalize(name, typed) == kept


@pytest.mark.parametrize(("name", "typed", "kept"), MISREAD)
def test_a_misread_character_is_put_right_where_the_format_allows_one_reading(name, typed, kept):
    assert normalize(name, typed) == kept


@pytest.mark.parametrize(("name", "typed"), REFUSED)
def test_a_number_that_cannot_be_is_refused_with_the_rule(name, typed):
    with pytest.raises(ValueError, match=r"[.?]$"):
        normalize(name, typed)


@pytest.mark.parametrize(("name", "typed", "kept"), ACCEPTED)
def test_what_is_shown_can_be_typed_again(name, typed, kept):
    assert normalize(name, show_number(name, kept)) == kept


def test_every_document_uses_known_fields():
    used = {use.name for document in DOCUMENT_TYPES.values() for use in document.fields}
    assert used <= set(FIELDS)


def test_every_document_is_drawn_has_an_office_and_is_named_to_applicants():
    drawings = settings.BASE_DIR / "templates" / "verification" / "documents"
    for code in DOCUMENT_TYPES:
        assert (drawings / f"{code}.svg").exists(), code
        assert (drawings / f"{code}_marks.html").exists(), code
    assert frozenset().union(*OFFICES_OF.values()) == set(DOCUMENT_TYPES)
    assert set(DOCUMENT_NAMES) == set(DOCUMENT_TYPES)


BODY = st.text(case_number.ALPHABET, min_size=13, max_size=13)


@given(BODY)
def test_a_made_number_is_a_case_number(body):
    assert case_number.is_case_number(body + case_number.check_letters(body))


@given(BODY, st.integers(0, 14), st.sampled_from(case_number.ALPHABET))
def test_one_wrong_character_is_always_caught(body, place, wrong):
    number = body + case_number.check_letters(body)
    mistyped = number[:place] + wrong + number[place + 1 :]
    assert mistyped == number or not case_number.is_case_number(mistyped)


@given(BODY, st.integers(0, 13))
def test_two_swapped_neighbors_are_always_caught(body, place):
    number = body + case_number.check_letters(body)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not case_number.is_case_number(swapped)


def test_a_number_is_found_again_however_it_is_written():
    number = case_number.new_case_number()
    written = case_number.grouped(number).lower().replace(" ", " - ")
    assert case_number.canonical(written) == number
