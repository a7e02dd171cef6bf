"""The case page says how sure the answer is, from which records, and what follows from it."""

import pytest

from save_portal.accounts.tenancy import scope_for
from tests.conftest import AT, resident, signed_in, unknown_person
from verification.services import initial

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(caseworker, people_on_record):
    def page(submission, where=""):
        with scope_for(caseworker):
            case = initial.initiate(by=caseworker, at=AT, submission=submission)
        return signed_in(caseworker).get(f"/cases/{case.number}/{where}").content.decode()

    return page


def test_the_answer_says_how_sure_it_is_and_from_which_records_of_which_day(page_of):
    page = page_of(resident())
    assert "Very sure: why, and from which records" in page
    assert "Central Index System, USCIS" in page
    assert "CIS, record of Nov 1, 2026; ISRS, record of Nov 1, 2026" in page
    assert "C1" not in page.split("Record system")[1].split("</table>")[0]


def test_a_name_written_differently_makes_it_less_sure(page_of):
    page = page_of(resident(given_name="Ana"))
    assert "Sure: why, and from which records" in page
    assert "Very sure" not in page


def test_the_photo_says_from_which_card_of_which_day_it_is(page_of):
    page = page_of(resident())
    assert "Photo from the Permanent Resident Card issued on April 18, 2023" in page


def test_derived_facts_stand_apart_with_their_law_and_decide_nothing(page_of):
    page = page_of(resident())
    box = page.split('class="infobox"')[1].split("</section>")[0]
    assert "For information: SNAP" in box
    assert "end on March 14, 2028" in box
    assert "8 U.S.C. 1613(a)" in box
    assert "CIS, record of November 1, 2026" in box
    assert "SAVE decides nothing about eligibility" in box


def test_work_is_told_apart_from_the_class_of_admission(page_of):
    page = page_of(resident())
    assert "<dt>Work</dt><dd>Allowed by the status itself, without an end.</dd>" in page


def test_on_paper_the_grade_and_the_records_stand_too(page_of):
    page = page_of(resident(), "print/")
    assert "Very sure." in page
    assert "Drawn from CIS (record of Nov 1, 2026), ISRS (record of Nov 1, 2026)." in page


def test_what_did_not_confirm_shows_no_grade_no_rule_and_no_facts(page_of):
    page = page_of(unknown_person())
    for word in ("why, and from which records", "For information", "Rule that decided"):
        assert word not in page
    assert "No record was found under the number as typed." in page
