"""One answer out of several statuses: each rule, and which goes before which."""

import inspect
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from verification.records import answer as answers
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
    deciding = inspect.getsource(status) + inspect.getsource(answers)
    assert all(f'"{name}"' in deciding for name in RULES)


def test_every_rule_of_a_step_is_told_in_the_documentation():
    told = (Path(__file__).parents[3] / "docs" / "answer.md").read_text(encoding="utf-8")
    assert all(f"{number}. " in told for number in range(1, len(status.STEPS) + 1))
    assert re.findall(r'"""(\d+)\.', inspect.getsource(status)) == [
        str(number) for number in range(1, len(status.STEPS) + 1)
    ]


YESTERDAY, LAST_YEAR = "2026-11-19", "2025-11-20"
SWORN = {"form": "N-400", "decision": "APPROVED", "oath_date": "2026-11-15"}


@pytest.mark.parametrize(
    ("rule", "records"),
    [
        (
            "naturalized_but_index_says_otherwise",
            [cis("IR6"), held("RNACS", certificate_number="20120001", **SWORN)],
        ),
        (
            "naturalized_but_index_says_otherwise",
            [cis("IR6"), held("CLAIMS4", **SWORN)],
        ),
        (
            "naturalized_but_index_says_otherwise",
            [cis("IR6"), held("MIDAS", naturalization_date="1951-07-04")],
        ),
        ("microfilm_only", [held("MIDAS", certificate_number="6120001")]),
        ("citizenship_lost", [cis("DNA", naturalization_date="2001-01-01")]),
        ("order_of_removal", [cis("IR6"), held("EID", final_order_date=LAST_YEAR)]),
        ("court_decision", [cis("IR6"), held("EOIR", decision="ORDERED REMOVED")]),
        ("removal_on_record", [cis("IR6"), held("EID", removed_on=LAST_YEAR)]),
        ("residence_given_up", [cis("IR6"), held("CLAIMS3", form="I-407", decision="APPROVED")]),
        (
            "adjustment_not_in_index",
            [cis("AS1"), held("CLAIMS3", form="I-485", decision="APPROVED")],
        ),
        (
            "asylum_grant_not_in_index",
            [cis("B2", ead_provision="C08", ead_end=SOON), held("RAPS", decision="GRANTED")],
        ),
        ("court_grant_not_in_index", [cis("B2"), held("EOIR", decision="GRANTED")]),
        ("asylum_ended", [cis("AS1"), held("RAPS", decision="TERMINATED")]),
        ("conditions_have_run_out", [cis("CR6", status_date="2024-11-19")]),
        (
            "conditions_have_run_out",
            [cis("CR6", status_date=LAST_YEAR), held("MFAS", conditional_to=YESTERDAY)],
        ),
        ("conditions_not_removed", [cis("CR6"), held("MFAS", outcome="DENIED")]),
        ("parole_has_run_out", [cis("DT"), held("RAPS", parole_until=YESTERDAY)]),
        ("parole_dates_disagree", [cis("DT"), adis("DT", PAST), held("RAPS", parole_until=SOON)]),
        ("work_permission_has_run_out", [cis("TPS", ead_provision="A12", ead_end=PAST)]),
        (
            "renewal_not_in_index",
            [
                cis("B2", ead_provision="C09", ead_end=PAST),
                held("CLAIMS3", form="I-765", received_on=LAST_YEAR),
            ],
        ),
        ("work_permission_reviewed", [cis("B2", ead_provision="C18", ead_end=SOON)]),
        ("class_protected", [cis("B2", ead_provision="C31", ead_end=SOON)]),
        ("class_protected", [adis("U1", "D/S")]),
        ("class_protected", [adis("B2", SOON), held("CLAIMS3", form="I-914")]),
        ("departure_on_record", [adis("B2", SOON, departure_date="2026-10-01")]),
        (
            "later_approval_not_in_admission",
            [
                adis("H1B", SOON),
                held(
                    "CLAIMS3",
                    form="I-129",
                    requested_class="H1B",
                    decision="APPROVED",
                    decided_on="2026-10-01",
                    valid_to="2029-01-01",
                ),
            ],
        ),
        ("extension_pending", [adis("H1B", PAST), held("CLAIMS3", form="I-129")]),
        (
            "petition_ended",
            [
                adis("H1B", SOON),
                held(
                    "CLAIMS3",
                    form="I-129",
                    requested_class="H1B",
                    decision="REVOKED",
                    decided_on="2026-10-01",
                ),
            ],
        ),
        ("visa_revoked", [adis("B2", SOON), held("CCD", revoked_on="2026-10-01")]),
        ("in_removal_proceedings", [adis("B2", SOON), held("EID", charge_date="2026-10-01")]),
        ("in_removal_proceedings", [adis("B2", SOON), held("EOIR", received_on="2026-10-01")]),
        (
            "admissions_disagree",
            [adis("B2", SOON), held("NIIS", class_of_admission="F1", arrival_date="2026-01-05")],
        ),
        (
            "student_class_disagrees",
            [adis("F1", "D/S"), held("SEVIS", class_of_admission="J1", status="ACTIVE")],
        ),
        (
            "program_has_ended",
            [held("SEVIS", class_of_admission="F1", status="ACTIVE", program_end="2026-09-20")],
        ),
    ],
)
def test_what_a_newer_system_knows_goes_to_a_verifier_and_says_no_more(rule, records):
    choice = choose(records, today=TODAY)
    assert (choice.rule, choice.statement_code, choice.reasons) == (
        rule, 5, ("status_needs_review",),
    )  # fmt: skip
    assert choice.source is None


@pytest.mark.parametrize(
    ("rule", "records"),
    [
        ("citizen_by_certificate", [held("RNACS", certificate_number="20120001", **SWORN)]),
        (
            "permanent_resident",
            [cis("IR6"), held("EOIR", decision="ORDERED REMOVED", appeal_pending="YES")],
        ),
        ("permanent_resident", [cis("IR6"), held("EOIR", decision="RELIEF GRANTED")]),
        ("permanent_resident", [cis("AS6"), held("RAPS", decision="GRANTED")]),
        ("permanent_resident", [cis("IR6"), held("EID", charge_date=LAST_YEAR)]),
        ("conditional_resident", [cis("CR6", status_date="2024-11-20")]),
        (
            "conditions_removed",
            [cis("CR6", status_date="2020-01-01"), held("MFAS", outcome="APPROVED")],
        ),
        (
            "parolee",
            [cis("DT"), held("RAPS", parole_class="DT", parole_until=SOON, decision="GRANTED")],
        ),
        ("asylum_pending", [cis("EWI", ead_provision="C08", ead_end=SOON)]),
        ("work_permission_alone", [cis("B2", ead_provision="A10", ead_end=SOON)]),
        (
            "nonimmigrant_with_work_permission",
            [adis("H4", SOON), cis("", ead_provision="C26", ead_end=SOON)],
        ),
        (
            "visitor_admitted",
            [
                adis("B2", SOON),
                held(
                    "ADIS",
                    class_of_admission="B2",
                    arrival_date="2025-06-01",
                    departure_date="2025-12-01",
                ),
            ],
        ),
        ("worker_admitted", [adis("H1B", SOON), held("CCD", revoked_on="2020-10-01")]),
    ],
)
def test_what_only_looks_like_a_contradiction_is_confirmed(rule, records):
    choice = choose(records, today=TODAY)
    assert (choice.rule, choice.statement_code) == (rule, CODES[rule])


@pytest.mark.parametrize("card_status", ["LOST", "STOLEN", "REPLACED", "REVOKED"])
def test_a_card_that_is_no_longer_valid_asks_for_the_newest_one(card_status):
    card = held("ISRS", card_number="MSC2155330947", card_status=card_status)
    shown = frozenset({("card", "MSC2155330947")})
    choice = choose([cis("IR6"), card], today=TODAY, shown=shown)
    assert (choice.statement_code, choice.reasons) == (37, ("document_mismatch",))
    assert choose([cis("IR6"), card], today=TODAY).rule == "permanent_resident"


def test_of_two_joined_files_the_one_they_were_joined_to_counts():
    old = held("CIS", class_of_admission="F1", consolidated_to="123456789")
    new = replace(cis("IR6"), a_number="123456789", record_id="R2")
    assert choose([old, new], today=TODAY).rule == "permanent_resident"
