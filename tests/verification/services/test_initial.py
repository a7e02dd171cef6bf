"""Initial verification as a service: one case, one answer, one charge, or nothing at all."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import Error, connection, connections

from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent, DisclosureEvent
from tests.conftest import (
    AT,
    load_three_people,
    make_agency,
    make_user,
    resident,
    unknown_person,
)
from verification import case_number
from verification.errors import (
    CaseError,
    DuplicateCase,
    InvalidSubmission,
    NoAgreement,
    NotPermitted,
    StaleCase,
    WrongStatus,
)
from verification.models import Case, CaseDraft, ChargeEvent, InitialAnswer
from verification.services import drafts, initial

pytestmark = pytest.mark.django_db


def initiate(by, submission=None, at=AT, **more):
    with scope_for(by):
        return initial.initiate(by=by, at=at, submission=submission or resident(), **more)


def counts():
    with system_scope():
        return (
            Case.objects.count(),
            InitialAnswer.objects.count(),
            ChargeEvent.objects.count(),
            AuditEvent.objects.filter(subject_type="case").count(),
            DisclosureEvent.objects.count(),
        )


def test_a_resident_is_confirmed_with_the_photo_and_nothing_of_anybody_else(
    caseworker, people_on_record
):
    case = initiate(caseworker)
    with scope_for(caseworker):
        answer = case.initial_answers.get()
    assert case.status == "initial_confirmed"
    assert (answer.statement_code, answer.outcome) == (1, "confirmed")
    assert answer.returned["family_name"]["value"] == "ARREOLA-QUINONES"
    assert answer.returned["class_of_admission"]["value"] == "IR6"
    assert answer.returned["class_of_admission"]["system"] == "CIS"
    assert answer.photo_id is not None
    assert {ref.split(":")[1] for ref in answer.record_refs} <= {"C1", "I1"}


def test_the_numbers_are_kept_in_their_canonical_form(caseworker, people_on_record):
    case = initiate(caseworker)
    assert (case.a_number, case.card_number) == ("209448177", "MSC2155330947")
    assert case_number.is_case_number(case.number)


def test_it_leaves_one_case_one_answer_one_charge_one_event_and_one_disclosure(
    caseworker, people_on_record
):
    initiate(caseworker)
    assert counts() == (1, 1, 1, 1, 1)
    with system_scope():
        charge = ChargeEvent.objects.get()
        shown = DisclosureEvent.objects.get()
    assert charge.kind == "initial"
    assert "family_name" in shown.fields
    assert shown.purpose == "snap"


def test_an_unknown_person_is_not_confirmed_and_nothing_is_returned_or_disclosed(
    caseworker, people_on_record
):
    case = initiate(caseworker, unknown_person())
    with scope_for(caseworker):
        answer = case.initial_answers.get()
    assert case.status == "initial_unconfirmed"
    assert answer.returned is None
    assert answer.photo_id is None
    assert answer.reasons == ["no_record"]
    assert counts() == (1, 1, 1, 1, 0)


def test_somebody_elses_number_returns_nothing_about_that_person(caseworker, people_on_record):
    case = initiate(caseworker, unknown_person(a_number="209448177", card_number="MSC2155330947"))
    with scope_for(caseworker):
        answer = case.initial_answers.get()
    assert answer.returned is None
    assert "ARREOLA" not in str(answer.__dict__)


def test_a_document_that_looks_false_is_never_confirmed_by_its_data(caseworker, people_on_record):
    doubted = resident(document_doubt="The photo is glued on", original_examined=False)
    case = initiate(caseworker, doubted)
    with scope_for(caseworker):
        answer = case.initial_answers.get()
    assert case.status == "initial_unconfirmed"
    assert answer.reasons == ["document_suspect"]
    assert answer.returned is None


def test_the_due_date_is_five_federal_working_days_on_with_thanksgiving_named(
    caseworker, people_on_record
):
    case = initiate(caseworker)
    assert case.due_on == date(2026, 11, 30)
    assert [skipped["on"] for skipped in case.due_because["skipped"]][-1] == "2026-11-26" or any(
        skipped["on"] == "2026-11-26" for skipped in case.due_because["skipped"]
    )


def test_an_exact_duplicate_of_an_open_case_is_refused_with_its_number(
    caseworker, colleague, people_on_record
):
    case = initiate(caseworker)
    with pytest.raises(DuplicateCase) as refused:
        initiate(colleague)
    assert refused.value.number == case.number
    assert counts() == (1, 1, 1, 1, 1)


def test_two_agencies_may_ask_the_same(caseworker, stranger, people_on_record):
    assert initiate(caseworker).number != initiate(stranger).number


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"a_number": "A 209-4481-770"}, "a_number"),
        ({"a_number": "0"}, "a_number"),
        ({"card_number": "MSC215533094"}, "card_number"),
        ({"date_of_birth": AT.date() + timedelta(days=1)}, "date_of_birth"),
        ({"date_of_birth": date(1850, 1, 1)}, "date_of_birth"),
        ({"date_of_birth": None}, "date_of_birth"),
        ({"family_name": ""}, "family_name"),
        ({"family_name": "<b>Ana</b>"}, "family_name"),
        ({"family_name": "X" * 41}, "family_name"),
        ({"given_name": "Ana2"}, "given_name"),
        ({"benefits": ()}, "benefits"),
        ({"benefits": ("title_iv",)}, "benefits"),
        ({"original_examined": False}, "original_examined"),
        ({"i94_number": "02130001616"}, "i94_number"),
        ({"document_type": "library_card"}, "document_type"),
    ],
)
def test_bad_input_names_the_field_and_leaves_nothing_behind(
    change, field, caseworker, people_on_record
):
    with pytest.raises(InvalidSubmission) as refused:
        initiate(caseworker, resident(**change))
    assert field in refused.value.field_errors
    assert refused.value.field_errors[field].endswith((".", "?"))
    assert counts() == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("name", ["Ó", "O'Brien-Ångström", "Nguyễn Thị", "Иванова", "王", "X" * 40])
def test_names_of_one_letter_of_forty_and_of_any_script_are_taken(
    name, caseworker, people_on_record
):
    assert initiate(caseworker, unknown_person(family_name=name)).family_name == name


def test_a_foreign_passport_alone_is_refused_in_the_browser_and_taken_from_machines(
    caseworker, people_on_record
):
    passport = resident(
        document_type="foreign_passport",
        a_number="",
        card_number="",
        passport_number="G20411880",
        passport_country="mex",
        document_expires_on=date(2030, 1, 1),
    )
    with pytest.raises(InvalidSubmission) as refused:
        initiate(caseworker, passport)
    assert "i94_number" in refused.value.field_errors
    assert initiate(caseworker, replace(passport, channel="machine")).passport_country == "MEX"


def test_nobody_asks_without_an_agreement_in_force(people_on_record):
    late = make_agency("LATE")
    caseworker = make_user("Liv", "general_user", agency=late)
    with system_scope():
        late.agreements.update(term=(date(2020, 1, 1), date(2026, 11, 20)))
    with pytest.raises(NoAgreement):
        initiate(caseworker)
    assert counts() == (0, 0, 0, 0, 0)


def test_a_verifier_begins_no_case(verifier, people_on_record):
    with pytest.raises(NotPermitted):
        initiate(verifier)


@pytest.mark.parametrize("reason", ["emergency_medicaid", "citizen_by_birth"])
def test_where_no_query_is_needed_none_is_made(reason, caseworker, people_on_record):
    with pytest.raises(CaseError) as refused:
        initiate(caseworker, resident(no_query_reason=reason))
    assert refused.value.rule == "S10.1"
    with scope_for(caseworker):
        drafts.record_no_query(by=caseworker, at=AT, reason=reason)
    assert counts() == (0, 0, 0, 0, 0)


def test_a_draft_that_was_sent_gives_its_case_again(caseworker, people_on_record):
    with scope_for(caseworker):
        draft = drafts.begin(by=caseworker, at=AT, document_type="i551")
    first = initiate(caseworker, draft_id=draft.pk)
    again = initiate(caseworker, draft_id=draft.pk)
    assert first.pk == again.pk
    assert counts() == (1, 1, 1, 1, 1)
    with scope_for(caseworker):
        assert CaseDraft.objects.get(pk=draft.pk).data == {}


def test_another_agencys_case_is_not_there(caseworker, stranger, people_on_record):
    case = initiate(caseworker)
    with scope_for(stranger):
        assert not Case.objects.filter(number=case.number).exists()
        with pytest.raises(CaseError) as refused:
            initial.retry(
                case_number=case.number,
                version=1,
                by=stranger,
                at=AT,
                submission=resident(),
            )
    assert refused.value.status_code == 404


class TestRetry:
    def mistyped(self, by):
        return initiate(by, resident(date_of_birth=date(1991, 5, 31)))

    def retry(self, case, by, submission, version=1):
        with scope_for(by):
            return initial.retry(
                case_number=case.number,
                version=version,
                by=by,
                at=AT + timedelta(hours=1),
                submission=submission,
            )

    def test_a_corrected_date_confirms_and_is_charged_again(self, caseworker, people_on_record):
        case = self.mistyped(caseworker)
        assert case.status == "initial_unconfirmed"
        again = self.retry(case, caseworker, resident())
        assert (again.pk, again.status, again.version) == (case.pk, "initial_confirmed", 2)
        with system_scope():
            kinds = [charge.kind for charge in ChargeEvent.objects.all()]
        assert kinds == ["initial", "retry"]

    def test_the_same_data_again_are_refused_and_not_charged(self, caseworker, people_on_record):
        case = self.mistyped(caseworker)
        with pytest.raises(CaseError, match="Nothing was changed"):
            self.retry(case, caseworker, resident(date_of_birth=date(1991, 5, 31)))
        assert counts()[2] == 1

    def test_a_page_that_is_no_longer_current_changes_nothing(self, caseworker, people_on_record):
        case = self.mistyped(caseworker)
        with pytest.raises(StaleCase):
            self.retry(case, caseworker, resident(), version=7)
        assert counts()[2] == 1

    def test_a_confirmed_case_is_not_retried(self, caseworker, people_on_record):
        case = initiate(caseworker)
        with pytest.raises(WrongStatus):
            self.retry(case, caseworker, unknown_person())


def test_answers_and_charges_cannot_be_changed_or_deleted(caseworker, people_on_record):
    initiate(caseworker)
    for table in ("verification_initialanswer", "verification_chargeevent"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET at = now()"):
            with pytest.raises(Error), system_scope(), connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_eight_threads_asking_the_same_make_one_case_and_one_charge(tmp_path):
    load_three_people(tmp_path)
    agency = make_agency("CALHOUN")
    users = [make_user(f"User{n}", "general_user", agency=agency) for n in range(8)]
    start = threading.Barrier(8)
    outcomes: list[str] = []

    def ask(by):
        try:
            start.wait(10)
            outcomes.append(initiate(by).number)
        except DuplicateCase as duplicate:
            outcomes.append(f"duplicate {duplicate.number}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    made = [outcome for outcome in outcomes if not outcome.startswith("duplicate")]
    assert (len(outcomes), len(made)) == (8, 1)
    assert outcomes.count(f"duplicate {made[0]}") == 7
    assert counts() == (1, 1, 1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_eight_threads_on_one_retry_make_one_success(tmp_path):
    load_three_people(tmp_path)
    caseworker = make_user("Dana", "general_user", agency=make_agency("CALHOUN"))
    case = initiate(caseworker, resident(date_of_birth=date(1991, 5, 31)))
    start = threading.Barrier(8)
    outcomes: list[str] = []

    def again():
        try:
            start.wait(10)
            with scope_for(caseworker):
                initial.retry(
                    case_number=case.number,
                    version=1,
                    by=caseworker,
                    at=AT + timedelta(hours=1),
                    submission=resident(),
                )
            outcomes.append("success")
        except CaseError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=again) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["refused"] * 7 + ["success"]
    assert counts()[1:3] == (2, 2)
