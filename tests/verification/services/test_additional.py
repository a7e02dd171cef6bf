"""Asking a status verifier (S3.7): prompted by SAVE, or in doubt about its answer."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, load_three_people, resident, unknown_person
from verification.errors import CaseError, InvalidSubmission, NotPermitted, StaleCase, WrongStatus
from verification.models import AdditionalDraft, AdditionalRequest, Case, ChargeEvent
from verification.rules.review import AnswerInput
from verification.services import additional, closing, initial, review

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


def ask_with(case, by, **question):
    with scope_for(by):
        return additional.request(
            case_number=case.number,
            version=1,
            **{"reason": "prompted", "comment": "", **question},
            by=by,
            at=AT,
        )


def test_what_helps_the_search_is_kept_in_its_standard_form(caseworker, people_on_record):
    case = initiate(caseworker, unknown_person())
    ask_with(
        case,
        caseworker,
        reason="date_needed",
        expected="left over from another reason",
        dates_needed=("ead", "grant", "ead"),
        also_known_as=("de la peña , rosa", "", "Bautista Rey, Rosalind"),
        further_numbers={"sevis_id": "0042 011 188", "i94_number": "", "a_number": "A200-000-001"},
    )
    with system_scope():
        asked = AdditionalRequest.objects.get()
    assert (asked.dates_needed, asked.expected) == (["ead", "grant"], "")
    assert asked.also_known_as == ["de la peña, rosa", "Bautista Rey, Rosalind"]
    # What is on the case already is not sent a second time.
    assert asked.further_numbers == {"sevis_id": "N0042011188"}


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"reason": "status_expected"}, "expected"),
        ({"reason": "date_needed"}, "dates_needed"),
        ({"dates_needed": ("birthday",)}, "dates_needed"),
        ({"also_known_as": ("R0sa",)}, "also_known_as"),
        ({"also_known_as": tuple(f"Name {letter}" for letter in "abcdef")}, "also_known_as"),
        ({"further_numbers": {"sevis_id": "N1"}}, "sevis_id"),
        ({"further_numbers": {"passport_number": "G20411880"}}, "passport_number"),
        ({"comment": "x" * 501}, "comment"),
        ({"reason": "cuban_haitian"}, "files"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field_and_nothing_happens(
    question, field, caseworker, people_on_record
):
    case = initiate(caseworker, unknown_person())
    with pytest.raises(InvalidSubmission) as refused:
        ask_with(case, caseworker, **question)
    assert set(refused.value.field_errors) == {field}
    with system_scope():
        assert not AdditionalRequest.objects.exists()
        assert not ChargeEvent.objects.filter(kind="additional").exists()


def test_a_draft_is_one_a_case_and_ends_with_the_request(caseworker, people_on_record):
    case = initiate(caseworker, unknown_person())
    with scope_for(caseworker):
        for comment in ("first", "second"):
            additional.keep_draft(
                case_number=case.number, data={"comment": [comment]}, by=caseworker, at=AT
            )
        assert AdditionalDraft.objects.get().data == {"comment": ["second"]}
    ask(case, caseworker)
    with scope_for(caseworker):
        assert not AdditionalDraft.objects.exists()
        with pytest.raises(WrongStatus):
            additional.keep_draft(case_number=case.number, data={}, by=caseworker, at=AT)


def test_nobody_else_keeps_or_throws_away_a_draft(caseworker, verifier, stranger, people_on_record):
    case = initiate(caseworker, unknown_person())
    for person in (verifier, stranger):
        with pytest.raises(CaseError), scope_for(person):
            additional.keep_draft(case_number=case.number, data={}, by=person, at=AT)
        with pytest.raises(CaseError), scope_for(person):
            additional.discard_draft(case_number=case.number, by=person, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_ask_once_and_are_charged_once(caseworker, tmp_path):
    load_three_people(tmp_path)
    case = initiate(caseworker, unknown_person())
    results = []

    def send() -> None:
        try:
            ask(case, caseworker)
            results.append("sent")
        except CaseError as refused:
            results.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("sent") == 1
    assert set(results) <= {"sent", "WrongStatus", "StaleCase"}
    with system_scope():
        assert ChargeEvent.objects.filter(kind="additional").count() == 1


def test_after_an_answer_a_further_doubt_asks_again(caseworker, verifier, people_on_record):
    case = ask(initiate(caseworker, unknown_person()), caseworker)
    with scope_for(verifier):
        review.take(case_number=case.number, by=verifier, at=AT)
        review.answer(
            case_number=case.number,
            version=Case.objects.get(pk=case.pk).version,
            given=AnswerInput(items=({"item": 4},)),
            by=verifier,
            at=AT,
        )
    with scope_for(caseworker):
        answered = Case.objects.get(pk=case.pk)
        assert answered.status == "additional_answered"
        again = additional.request(
            case_number=case.number,
            version=answered.version,
            reason="status_expected",
            expected="asylee",
            by=caseworker,
            at=AT,
        )
    assert again.status == "additional_requested"
    with system_scope():
        assert ChargeEvent.objects.filter(kind="additional").count() == 2
