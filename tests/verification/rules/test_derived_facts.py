"""What follows from a status for benefits: derived, dated, with its law, and never a decision."""

from datetime import date

import pytest

from verification.enums import Benefit
from verification.rules.derived_facts import (
    CHECKED_ON,
    Status,
    facts_of,
    kind_of,
    program_rules,
    programs,
    rule_for,
    years_after,
)

TODAY = date(2026, 11, 20)
KINDS = (
    "lpr", "lpr_exempt", "refugee", "asylee", "cuban_haitian", "withheld", "compact", "parolee",
    "nonimmigrant", "other",
)  # fmt: skip


def status(code=1, class_code="IR6", group="lpr", **more):
    return Status(statement_code=code, class_code=class_code, group=group, **more)


def fact(title, of, on=TODAY):
    return next(found for found in facts_of(of, on=on) if found.title == title)


def test_the_five_years_of_a_resident_count_from_the_grant_of_residence():
    five = fact("Five-year wait", status(granted_on=date(2023, 3, 14)))
    assert "end on March 14, 2028" in five.text
    assert (five.law, five.counted_from) == ("8 U.S.C. 1613(a)", "grant_date")


def test_five_years_that_are_over_are_said_to_have_ended():
    five = fact("Five-year wait", status(granted_on=date(2020, 11, 20)), on=date(2025, 11, 20))
    assert "ended on November 20, 2025" in five.text
    five = fact("Five-year wait", status(granted_on=date(2020, 11, 21)), on=date(2025, 11, 20))
    assert "end on November 21, 2025" in five.text


def test_five_years_from_a_leap_day_end_with_february():
    assert years_after(date(2024, 2, 29), 5) == date(2029, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_an_entry_before_the_act_of_1996_has_no_wait():
    before = status(granted_on=date(2024, 1, 1), entered_on=date(1996, 8, 21))
    assert "Does not apply" in fact("Five-year wait", before).text
    on_the_day = status(granted_on=date(2024, 1, 1), entered_on=date(1996, 8, 22))
    assert "January 1, 2029" in fact("Five-year wait", on_the_day).text


@pytest.mark.parametrize(
    ("code", "class_code", "group"),
    [
        (18, "RE1", "refugee"),
        (20, "AS1", "asylee"),
        (4, "DHR", "cuban_haitian"),
        (1, "RE6", "lpr_humanitarian"),
        (1, "AS6", "lpr_humanitarian"),
        (1, "CU6", "lpr_humanitarian"),
        (1, "AM1", "lpr"),
        (1, "SQ1", "lpr"),
    ],
)
def test_who_came_for_protection_is_qualified_without_a_wait(code, class_code, group):
    of = status(code, class_code, group, granted_on=date(2024, 5, 1))
    assert fact("Qualified alien", of).text.startswith("Yes")
    assert fact("Five-year wait", of).law == "8 U.S.C. 1613(b)(1)"


@pytest.mark.parametrize(
    ("code", "class_code", "group"),
    [
        (188, "EWI", "review"),
        (189, "TPS", "tps"),
        (148, "DT", "parolee"),
        (13, "B2", "nonimmigrant"),
    ],
)
def test_other_statuses_are_not_said_to_be_qualified(code, class_code, group):
    assert fact("Qualified alien", status(code, class_code, group)).text.startswith("Not by this")


def test_parole_counts_when_it_is_for_at_least_a_year():
    def paroled(until):
        return fact(
            "Qualified alien",
            status(13, "DT", "parolee", entered_on=date(2026, 1, 5), until=until),
        ).text

    assert paroled(date(2027, 1, 5)).startswith("Yes")
    assert paroled(date(2027, 1, 4)).startswith("Not by this parole")
    assert paroled(None).startswith("If paroled")


def test_the_seven_years_of_a_refugee_count_from_the_admission():
    seven = fact("Seven years of SSI", status(18, "RE1", "refugee", granted_on=date(2024, 5, 1)))
    assert "May 1, 2031" in seven.text


def test_citizens_of_compact_states_are_qualified_for_all_programs_since_march_2024():
    of = status(13, "FSM", "compact")
    assert fact("Qualified alien", of, on=date(2024, 3, 8)).text.startswith("Not by this")
    assert fact("Qualified alien", of, on=date(2024, 3, 9)).text.startswith("Yes")


def test_a_cuban_on_parole_is_told_that_only_a_verifier_knows_of_an_entrant():
    of = status(13, "CC", "parolee", country="CUB")
    assert "additional verification" in fact("Cuban or Haitian entrant", of).text
    assert all(
        found.title != "Cuban or Haitian entrant"
        for found in facts_of(status(13, "DT", "parolee", country="UKR"), on=TODAY)
    )


def test_nothing_for_noncitizens_is_said_of_a_citizen():
    of = status(24)
    assert kind_of(of) == "citizen"
    assert [found.title for found in facts_of(of, on=TODAY)] == ["Rules for non-citizens"]
    assert programs("citizen", ["snap"], on=TODAY) == []


@pytest.mark.parametrize(
    ("on", "counts"), [(date(2025, 7, 3), "No wait"), (date(2025, 7, 4), "does not count")]
)
def test_the_law_of_the_day_of_the_answer_is_read(on, counts):
    assert counts in rule_for("snap", "refugee", on).text


def test_medicaid_changed_for_refugees_in_october_2026():
    assert "seven years" in rule_for("medicaid", "refugee", date(2026, 9, 30)).text
    assert "emergencies" in rule_for("medicaid", "refugee", date(2026, 10, 1)).text


def test_no_two_rules_hold_at_once_and_every_rule_has_its_law_and_source():
    assert {rule.benefit for rule in program_rules()} <= set(Benefit.values)
    for rule in program_rules():
        assert rule.kinds <= set(KINDS)
        assert all((rule.text, rule.law, rule.source))
        assert rule.starts <= rule.ends
        for other in program_rules():
            if other is not rule and other.benefit == rule.benefit and other.kinds & rule.kinds:
                assert other.ends < rule.starts or rule.ends < other.starts


@pytest.mark.parametrize(
    "benefit", ["tanf", "ssi", "snap", "medicaid", "unemployment", "title_iv", "housing"]
)
def test_each_program_of_the_table_says_something_for_every_kind_of_status(benefit):
    assert [kind for kind in KINDS if rule_for(benefit, kind, CHECKED_ON) is None] == []
    assert [kind for kind in KINDS if rule_for(benefit, kind, TODAY) is None] == []
