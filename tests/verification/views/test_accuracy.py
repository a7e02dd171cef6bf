"""The page of error rates: from what verifiers found later, small groups hidden."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from save_portal.accounts.models import Office
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, make_user, resident, signed_in
from tests.verification.services.test_correction import decided, sent, upload_of_cis
from tests.verification.services.test_review import (
    RESIDENT,
    asked,
    taken,
)
from verification.models import CorrectionNotice, VerifierAnswer
from verification.rules.review import AnswerInput
from verification.services import additional, correction, initial, review, second_review
from verification.services.accuracy import accuracy

pytestmark = pytest.mark.django_db
PERIOD = {"first": AT - timedelta(days=1), "end": AT + timedelta(days=1)}
NOTHING = AnswerInput(comment="Nothing in any system speaks of this person.")
AFTER_ALL = replace(NOTHING, correction_note="The record is of somebody else.")
NOT_VALID = AnswerInput(items=({"item": 20, "appears": ["altered"]},))


@pytest.fixture
def officer():
    office = Office.objects.create(code="PROGRAM", name="Program Office")
    return make_user("Paul", Role.PROGRAM_OFFICER, office=office)


def settled(case, verifier, given):
    case = taken(case, verifier)
    with scope_for(verifier):
        review.answer(
            case_number=case.number,
            version=case.version,
            given=given,
            by=verifier,
            at=AT,
        )


@pytest.fixture
def twelve(caseworker, verifier):
    """Twelve refused by initial verification: a verifier settles eleven, and confirms nine."""
    cases = [asked(caseworker, a_number=f"2000000{n:02}") for n in range(12)]
    for n, case in enumerate(cases[:11]):
        settled(case, verifier, RESIDENT if n < 9 else NOTHING)


def test_what_initial_verification_missed_is_counted_by_reason_and_document(
    twelve, django_assert_num_queries
):
    with system_scope(), django_assert_num_queries(3):
        found = accuracy(**PERIOD)
    assert (found.missed.part, found.missed.whole) == (9, 11)
    by = {table.title: table.shares for table in found.missed_by}
    assert [share.label for share in by["By the reason given"]] == [
        "A record system that is needed did not answer."
    ]
    assert by["Status that the verifier found"] == [], "nine are too few"
    assert (found.wrong.whole, found.looks, found.misled) == (0, [], 0)


def test_outside_the_period_nothing_is_counted(twelve):
    with system_scope():
        found = accuracy(first=AT + timedelta(days=1), end=AT + timedelta(days=9))
    assert found.missed.whole == found.corrected.whole == 0


def test_a_confirmed_case_whose_document_a_verifier_finds_not_valid_was_wrong(
    caseworker, verifier, people_on_record
):
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=resident())
        case = additional.request(
            case_number=case.number,
            version=case.version,
            reason="document_doubtful",
            comment="The seal looks drawn.",
            by=caseworker,
            at=AT,
        )
    settled(case, verifier, NOT_VALID)
    with system_scope():
        found = accuracy(**PERIOD)
    assert (found.wrong.part, found.wrong.whole, found.missed.whole) == (1, 1, 0)


def test_second_looks_and_corrected_answers_are_counted(caseworker, verifier, office):
    chief = make_user("Grace", Role.VERIFIER_SUPERVISOR, office=office)
    luis = make_user("Luis", Role.STATUS_VERIFIER, office=office)
    with scope_for(chief):
        second_review.set_share(percent=100, by=chief, at=AT)
    settled(asked(caseworker), verifier, RESIDENT)
    with scope_for(luis):
        look = second_review.take_next(by=luis, at=AT)
        second_review.conclude(look_id=look.pk, given=RESIDENT, by=luis, at=AT)
    with system_scope():
        found = accuracy(**PERIOD)
    assert [(look.label, look.part, look.whole) for look in found.looks] == [
        ("Additional verification", 1, 1)
    ]


def test_answers_that_were_corrected_are_counted(twelve):
    with system_scope():
        given = VerifierAnswer.objects.select_related("by").order_by("id")[:2]
        for answer in given:
            review.correct_answer(answer_id=answer.pk, given=AFTER_ALL, by=answer.by, at=AT)
        found = accuracy(**PERIOD)
    assert (found.corrected.part, found.corrected.whole) == (2, 13)
    assert (found.missed.part, found.missed.whole) == (7, 11), "the correction is what counts"


def test_agencies_that_were_told_of_a_corrected_record_are_counted(
    caseworker, verifier, office, people_on_record, tmp_path
):
    """The record says one name, the applicant bears another; the source is corrected."""
    grace = make_user("Grace", Role.RECORDS_OFFICER, office=office)
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=resident(given_name="Ana Luz"))
    with scope_for(verifier):
        request = sent(verifier, proposed="ANA LUZ")
    with scope_for(grace):
        decided(request, grace)
    upload_of_cis(tmp_path, given_name="ANA LUZ")
    with system_scope():
        correction.settle(at=AT)
        assert CorrectionNotice.objects.get().case_id == case.pk
        assert accuracy(**PERIOD).misled == 1
        assert accuracy(first=AT + timedelta(days=1), end=AT + timedelta(days=9)).misled == 0


def test_the_officers_see_the_page_and_few_cases_are_no_figure(
    officer, caseworker, verifier, twelve
):
    monitor = make_user("Cora", Role.COMPLIANCE_OFFICER, office=officer.office)
    days = f"from={AT:%Y-%m-%d}&to={AT:%Y-%m-%d}"
    for user in (officer, monitor):
        page = signed_in(user).get(f"/program/accuracy/?{days}").content.decode()
        assert "<b>81.8 %</b> (52.3 to 94.9)" in page
        assert "Fewer than 10 confirmed cases" in page
        assert "says nothing about a person" in page
    for user in (caseworker, verifier):
        assert signed_in(user).get("/program/accuracy/").status_code == 403
        assert signed_in(user).get("/program/accuracy.csv").status_code == 403
    answer = signed_in(officer).get(f"/program/accuracy.csv?{days}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1] == [
        "false_no_match",
        "All",
        "False no-matches",
        "9",
        "11",
        "81.82",
        "52.30",
        "94.86",
    ]
    assert [
        "wrong_confirmation",
        "All",
        "Wrong confirmations",
        "",
        "fewer than 10",
        "",
        "",
        "",
    ] in rows


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("from=2026-02-30", "From is no date"),
        ("to=yesterday", "To is no date"),
        ("from=2026-11-02&to=2026-11-01", "From lies after To"),
        ("from=2020-01-01&to=2026-01-01", "more than two years"),
    ],
)
def test_days_that_cannot_be_are_named_with_the_remedy_and_kept(officer, typed, said):
    answer = signed_in(officer).get(f"/program/accuracy/?{typed}")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert typed.split("&")[0].partition("=")[2] in page
    assert signed_in(officer).get(f"/program/accuracy.csv?{typed}").status_code == 422
