"""A case over the API, from the first question to its end."""

import pytest

from tests.verification.api.conftest import asked

pytestmark = pytest.mark.django_db


def test_a_confirmed_case_comes_back_with_its_answer_and_what_can_be_done(
    machine, people_on_record
):
    answer = machine.post("cases", asked())
    case = answer.json()
    assert answer.status_code == 201, case
    assert case["status"] == "initial_confirmed"
    assert case["response"]["statement_code"] == 1
    assert case["response"]["class_of_admission"] == "IR6"
    assert case["allowed_actions"][0] == "photo-match"
    assert answer["Location"] == f"/api/v1/cases/{case['case_number']}"
    again = machine.get(f"cases/{case['case_number']}")
    assert again.json() == case
    assert again["ETag"] == answer["ETag"]
