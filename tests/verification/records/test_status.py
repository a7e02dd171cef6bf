"""One answer out of several statuses: each rule, and which goes before which."""

import inspect
import re
from datetime import date, timedelta

import pytest

from verification.records import status
from verification.records.classes import GROUPS, classes, group_of, plain_words
from verification.records.held import Held
from verification.records.statements import TEXTS
from verification.records.status import choose
from verification.records.status_rules import CODES, RULES

TODAY = date(2026, 11, 20)
SOON = (TODAY + timedelta(days=90)).isoformat()
PAST = (TODAY - timedelta(days=30)).isoformat()


def held(system, **own):
    return Held(
        pk=1, system=system, record_id="R1", updated_on=date(2026, 11, 1), family_name="A",
        given_name="B", own=own,
    )  # fmt: skip


def answer(*records, shown=frozenset()):
    choice = choose(records, today=TODAY, shown=shown)
    return choice.statement_code, choice.reasons


def cis(code, **own):
    return held("CIS", class_of_admission=code, **own)


def adis(code, until="", **own):
    more = {"admitted_until": until} if until else {}
    return held("ADIS", class_of_admission=code, arrival_date="2026-01-05", **more, **own)


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([cis("IR6")], 1),
        ([cis("RE6")], 1),
        ([cis("CR1", status_date="2026-01-01")], 1),
        ([cis("RE1")], 18),
        ([cis("AS1")], 20),
        ([cis("DT")], 13),
        ([cis("DT", ead_provision="C11", ead_end=SOON)], 10),
        ([cis("DT", ead_provision="C11", ead_end=PAST)], 13),
        ([cis("TPS")], 189),
        ([cis("EWI", ead_provision="C33", ead_end=SOON)], 188),
        ([cis("B2", ead_provision="C08", ead_end=SOON)], 148),
        ([cis("B2", ead_provision="C09")], 7),
        ([adis("H1B", SOON)], 128),
        ([adis("B2", SOON)], 13),
        ([adis("MIS", "D/S")], 13),
        ([adis("CW1", SOON)], 168),
        ([adis("F1", "D/S"), held("SEVIS", class_of_admission="F1", status="ACTIVE")], 122),
        ([adis("F2", "D/S"), held("SEVIS", class_of_admission="F2", status="ACTIVE")], 13),
        ([cis("IR6", naturalization_date="2020-01-01")], 24),
        ([cis("IR6", citizenship_certificate="A123456")], 24),
    ],
)
def test_each_status_has_its_statement(records, code):
    assert answer(*records) == (code, ())


@pytest.mark.parametrize(
    "records",
    [
        [cis("ABD")],
        [cis("PEN")],
        [cis("TRM")],
        [cis("DEP")],
        [cis("EWI")],
        [cis("EWI", ead_provision="C33", ead_end=PAST)],
        [cis("IR6", order_date="2026-01-01")],
        [cis("IR6", removal_date="2026-01-01")],
        [cis("IR6", death_date="2026-01-01")],
        [cis("B11")],
        [cis("CR1", status_date="2022-01-01")],
        [adis("H1B", PAST)],
        [adis("ZZ9", SOON)],
        [held("CLAIMS3", form="I-90")],
        [held("CCD")],
    ],
)
def test_what_is_lost_undecided_or_run_out_goes_to_a_verifier(records):
    assert answer(*records) == (5, ("status_needs_review",))


def test_a_removal_of_conditions_approved_settles_an_old_conditional_residence():
    approved = held("CLAIMS3", form="I-751", decision="approved")
    assert answer(cis("CR1", status_date="2022-01-01"), approved) == (1, ())


def test_an_order_goes_before_citizenship_and_residence():
    assert answer(cis("IR6", naturalization_date="2020-01-01", order_date="2021-01-01"))[0] == 5


def test_a_new_citizen_whom_the_index_calls_resident_needs_the_certificate():
    sworn = held(
        "CLAIMS4", form="N-400", decision="approved", oath_date="2026-11-15",
        certificate_number="40120001",
    )  # fmt: skip
    assert answer(cis("IR6"), sworn) == (5, ("status_needs_review",))
    assert answer(cis("IR6"), sworn, shown=frozenset({("naturalization", "40120001")})) == (24, ())


def test_an_oath_still_to_come_makes_no_citizen():
    to_come = held(
        "CLAIMS4", form="N-400", decision="approved", oath_date=SOON, certificate_number="40120001"
    )
    assert answer(cis("IR6"), to_come) == (1, ())


def test_residence_goes_before_an_earlier_visit():
    assert answer(adis("B2", PAST), cis("IR6")) == (1, ())


def test_a_student_needs_an_active_sevis_record():
    assert answer(adis("F1", "D/S")) == (32, ("sevis_id_required",))
    ended = held("SEVIS", class_of_admission="F1", status="TERMINATED")
    assert answer(adis("F1", "D/S"), ended) == (119, ("sevis_inactive",))
    assert answer(ended) == (119, ("sevis_inactive",))


def test_a_change_to_worker_that_the_admission_does_not_show_goes_to_a_verifier():
    change = held(
        "CLAIMS3", form="I-129", requested_class="H1B", decision="approved", decided_on="2026-09-01"
    )
    active = held("SEVIS", class_of_admission="F1", status="ACTIVE")
    assert answer(adis("F1", "D/S"), active, change) == (5, ("status_needs_review",))


def test_a_stay_shorter_than_the_petition_is_the_right_one():
    petition = held(
        "CLAIMS3", form="I-129", requested_class="H1B", decision="approved",
        decided_on="2025-11-01", valid_to="2029-01-01",
    )  # fmt: skip
    assert answer(adis("H1B", SOON), petition) == (128, ())


def test_every_group_has_words_and_every_statement_a_text():
    assert {group for group, _ in classes().values()} <= set(GROUPS)
    assert set(CODES.values()) <= set(TEXTS)
    assert all(text for _, text in classes().values())


def test_codes_are_read_with_or_without_a_hyphen():
    assert group_of("f-1") == group_of("F1") == "student"
    assert plain_words("ZZ9") == GROUPS["unknown"]


def test_every_rule_is_said_in_words_and_every_confirming_rule_has_a_statement():
    named = set(re.findall(r'(?:confirm|review)\(\s*"([a-z_]+)"', inspect.getsource(status)))
    assert named <= set(RULES)
    assert set(CODES) <= set(RULES)
    assert all(f'"{name}"' in inspect.getsource(status) for name in RULES)
