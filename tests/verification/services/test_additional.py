"""Asking a status verifier (S3.7): prompted by SAVE, or in doubt about its answer."""

from datetime import date, timedelta

import pytest

from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, resident, unknown_person
from verification.errors import CaseError, InvalidSubmission, NotPermitted, StaleCase, WrongStatus
from verification.models import AdditionalRequest, Case, ChargeEvent
from verification.services import additional, closing, initial

pytestmark = pytest.mark.django_db


def initiate(by, submission):
    with scope_for(by):
        return initial.initiate(by=by, at=AT, submission=submission)


def ask(case, by, reason="prompted", comment="", version=1):
    with scope_for(by):
        return additional.request(
            case_number=case.number,
            version=version,
            reason=reason,
            comment=comment,
            by=by,
            at=AT,
        )


def test_a_prompted_case_goes_to_the_verifiers_and_is_charged_once(caseworker, people_on_record):
    case = ask(initiate(caseworker, unknown_person()), caseworker)
    assert (case.status, case.due_on) == ("additional_requested", date(2026, 11, 30))
    with system_scope():
        assert [c.kind for c in ChargeEvent.objects.all()] == ["initial", "additional"]
        assert AdditionalRequest.objects.get().reason == "prompted"


def test_asking_after_a_prompt_records_that_the_applicant_was_told_and_wants_it(
    caseworker, people_on_record
):
    case = ask(initiate(caseworker, unknown_person()), caseworker)
    assert case.wish == "wants"
    assert case.told_applicant_by_id == caseworker.pk


def test_a_doubt_about_a_confirmed_answer_is_enough(caseworker, people_on_record):
    case = ask(initiate(caseworker, resident()), caseworker, "document_doubtful")
    assert (case.status, case.wish) == ("additional_requested", "")


def test_a_second_click_changes_and_charges_nothing(caseworker, people_on_record):
    case = initiate(caseworker, unknown_person())
    ask(case, caseworker)
    with pytest.raises(WrongStatus):
        ask(case, caseworker)
    with system_scope():
        assert ChargeEvent.objects.filter(kind="additional").count() == 1


def test_a_stale_page_asks_nothing(caseworker, people_on_record):
    with pytest.raises(StaleCase):
        ask(initiate(caseworker, unknown_person()), caseworker, version=9)


@pytest.mark.parametrize(("reason", "field"), [("", "reason"), ("other", "comment")])
def test_a_reason_is_needed_and_another_one_said_in_words(
    reason, field, caseworker, people_on_record
):
    with pytest.raises(InvalidSubmission) as refused:
        ask(initiate(caseworker, unknown_person()), caseworker, reason)
    assert field in refused.value.field_errors


def test_verifiers_and_other_agencies_do_not_ask(caseworker, verifier, stranger, people_on_record):
    case = initiate(caseworker, unknown_person())
    with pytest.raises(NotPermitted):
        ask(case, verifier)
    with pytest.raises(CaseError) as refused:
        ask(case, stranger)
    assert refused.value.status_code == 404


def test_a_waiting_case_never_expires_but_can_be_withdrawn(caseworker, people_on_record):
    case = ask(initiate(caseworker, unknown_person()), caseworker)
    assert closing.close_stale(at=AT + timedelta(days=400)) == (0, 0)
    with scope_for(caseworker):
        closed = closing.close(
            case_number=case.number, version=2, reason="withdrawn", by=caseworker, at=AT
        )
        assert Case.objects.get(pk=closed.pk).closure_reason == "withdrawn"
