"""What a caseworker must and must not do while nothing confirms, by benefit."""

import pytest

from verification.enums import Benefit
from verification.lifecycles.case import CaseStatus
from verification.rules.benefit_duties import sentences_for


def rules(*benefits: str, status="initial_unconfirmed", outcome="additional_verification"):
    musts, must_nots = sentences_for(status=status, outcome=outcome, benefits=benefits)
    assert all(sentence.must for sentence in musts)
    assert not any(sentence.must for sentence in must_nots)
    return [sentence.rule for sentence in (*musts, *must_nots)]


def test_every_benefit_has_the_duties_of_the_agreement():
    for benefit in Benefit.values:
        assert {"S2.3", "S5.2"} <= set(rules(benefit))


def test_snap_has_rules_of_its_own_and_other_programs_theirs():
    assert rules("snap").count("S5.4") == 3
    assert "S5.5" not in rules("snap")
    assert "S5.4" not in rules("tanf")
    assert rules("tanf").count("S5.5") == 2
    assert {"S5.4", "S5.5"} <= set(rules("snap", "tanf"))


def test_several_benefits_show_a_sentence_once():
    assert len(rules("tanf", "ssi", "housing")) == len(rules("tanf"))


def test_medicaid_and_licenses_hear_what_is_theirs():
    assert "S6" in rules("medicaid")
    assert "S6.2" in rules("drivers_license")
    assert not {"S5.4", "S5.5", "S6"} & set(rules("drivers_license"))


@pytest.mark.parametrize("status", [s.value for s in CaseStatus])
def test_they_are_shown_from_the_prompt_to_the_last_answer_and_not_after(status):
    shown = bool(rules("snap", status=status))
    assert shown == (status not in ("initial_confirmed", "closed"))


def test_a_confirmed_answer_that_is_doubted_confirms_still():
    assert rules("snap", status="additional_requested", outcome="confirmed") == []
