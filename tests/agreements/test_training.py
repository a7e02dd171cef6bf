"""The tutorial of one's role: read, answered, certified, renewed; and nobody begins without."""

import csv
import io
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pypdf import PdfReader

from agreements.training import catalog, report, services
from agreements.training.catalog import Lesson, Question, Tutorial, tutorial_for, tutorials
from agreements.training.errors import TrainingError
from agreements.training.models import Attempt, Certificate
from agreements.training.state import Kind, state_of
from save_portal.accounts.models import User
from save_portal.accounts.roles import AGENCY_ROLES, AUTOMATIC_ROLES, Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.models import Message
from tests.conftest import AT, make_user, resident, signed_in
from verification.errors import NotTrained
from verification.models import Case
from verification.services import closing, initial, review

TODAY = AT.date()


@pytest.fixture
def newcomer(agency):
    return make_user("June", Role.GENERAL_USER, agency=agency, trained=False)


@pytest.fixture
def helen(agency):
    return make_user("Helen", Role.AGENCY_ADMINISTRATOR, agency=agency)


def read_all(user, at=AT) -> Attempt:
    for lesson in tutorial_for(user.role).lessons:
        services.read_lesson(lesson_id=lesson.id, by=user, at=at)
    return services.ask(by=user, at=at)


def right_places(attempt: Attempt) -> dict[str, str]:
    return {each["id"]: str(each["order"].index(0)) for each in attempt.asked}


def wrong_places(attempt: Attempt) -> dict[str, str]:
    return {each["id"]: str(each["order"].index(1)) for each in attempt.asked}


def passed(user, at=AT) -> Attempt:
    with scope_for(user):
        attempt = read_all(user, at)
        return services.answer(attempt_id=attempt.pk, chosen=right_places(attempt), by=user, at=at)


def certificate_of(user) -> Certificate:
    with system_scope():
        return Certificate.objects.filter(user=user).latest("issued_at")


# -- the files -------------------------------------------------------------------------------------


def test_each_role_of_an_agency_and_each_verifier_has_a_tutorial_that_can_be_taken():
    with_one = {role for role in Role if tutorial_for(role)}
    people = AGENCY_ROLES - AUTOMATIC_ROLES
    assert with_one == people | {Role.STATUS_VERIFIER, Role.VERIFIER_SUPERVISOR}
    for tutorial in tutorials().values():
        catalog.check(tutorial)
        assert tutorial.pass_mark / tutorial.ask >= 0.8


def test_a_role_that_includes_another_covers_it_and_changes_with_it():
    administrator, supervisor = tutorials()["administrator"], tutorials()["supervisor"]
    assert administrator.covers == {"administrator", "supervisor", "caseworker"}
    assert len(administrator.version.split(".")) == 3
    assert administrator.key in catalog.accepted_for(Role.GENERAL_USER)
    assert supervisor.key not in catalog.accepted_for(Role.AGENCY_ADMINISTRATOR)


@pytest.mark.parametrize(
    "change",
    [
        {"ask": 9, "pass_mark": 10},
        {"ask": 2, "pass_mark": 1},
        {"roles": ("astronaut",)},
        {"questions": (Question("a", "nowhere", "?", ("1", "2", "3")),)},
        {"questions": (Question("a", "l", "?", ("1", "1", "2")), Question("b", "l", "?", ("1",)))},
    ],
)
def test_a_file_that_cannot_be_taken_is_refused(change):
    sound = {
        "code": "x",
        "title": "X",
        "version": "1",
        "roles": ("general_user",),
        "covers": frozenset({"x"}),
        "minutes": 1,
        "ask": 1,
        "pass_mark": 1,
        "lessons": (Lesson("l", "L", "S1", ("t",)),),
        "questions": (
            Question("a", "l", "?", ("1", "2", "3")),
            Question("b", "l", "?", ("1", "2", "3")),
        ),
    }
    catalog.check(Tutorial(**sound))
    with pytest.raises(ValueError, match="x:"):
        catalog.check(Tutorial(**{**sound, **change}))


# -- taking it -------------------------------------------------------------------------------------


def test_without_the_tutorial_no_case_is_begun_and_the_page_leads_there(newcomer, people_on_record):
    with scope_for(newcomer), pytest.raises(NotTrained, match="not taken the tutorial"):
        initial.initiate(by=newcomer, at=AT, submission=resident())
    client = signed_in(newcomer)
    for address in ("/cases/new/", "/"):
        page = client.get(address)
        assert "/training/" in page.content.decode()
    assert client.get("/cases/new/").status_code == 403
    assert client.post("/cases/new/", {"document": "i551"}).status_code == 403
    with system_scope():
        assert not Case.objects.exists()
    passed(newcomer, timezone.now())
    newcomer.refresh_from_db()
    with scope_for(newcomer):
        assert initial.initiate(by=newcomer, at=timezone.now(), submission=resident())
    assert client.get("/cases/new/").status_code == 200


def test_open_cases_stay_readable_and_are_finished_without_training(caseworker, people_on_record):
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=resident())
    User.objects.filter(pk=caseworker.pk).update(trained_until=TODAY - timedelta(days=1))
    caseworker.refresh_from_db()
    assert signed_in(caseworker).get(f"/cases/{case.number}/").status_code == 200
    with scope_for(caseworker):
        with pytest.raises(NotTrained, match="has run out"):
            initial.initiate(by=caseworker, at=AT, submission=resident(agency_reference="2"))
        closed = closing.close(
            case_number=case.number,
            version=case.version,
            reason="entered_in_error",
            by=caseworker,
            at=AT,
        )
    assert closed.status == "closed"


def test_a_verifier_takes_no_request_without_the_tutorial(office):
    vera = make_user("Vera", Role.STATUS_VERIFIER, office=office, trained=False)
    with scope_for(vera), pytest.raises(NotTrained, match="takes a request"):
        review.take_next(by=vera, at=AT)
    page = signed_in(vera).post("/review/next/", follow=True)
    assert "/training/" in page.content.decode()
    passed(vera, timezone.now())
    vera.refresh_from_db()
    with scope_for(vera):
        assert review.take_next(by=vera, at=timezone.now()) is None


def test_the_questions_come_after_all_lessons_and_are_drawn_once(newcomer):
    with scope_for(newcomer):
        with pytest.raises(TrainingError, match="Read"):
            services.ask(by=newcomer, at=AT)
        first = read_all(newcomer)
        assert services.ask(by=newcomer, at=AT).asked == first.asked
    assert len(first.asked) == len({each["id"] for each in first.asked}) == 8


def test_passing_gives_a_certificate_for_a_year_and_is_on_record(newcomer):
    passed(newcomer)
    certificate = certificate_of(newcomer)
    assert certificate.valid_until == date(2027, 11, 19)
    newcomer.refresh_from_db()
    assert (newcomer.trained_as, newcomer.trained_until) == (
        tutorials()["caseworker"].key,
        certificate.valid_until,
    )
    with system_scope():
        assert AuditEvent.objects.filter(verb="passed_tutorial").count() == 1
    assert state_of(newcomer, on=date(2027, 11, 19)).lets_work
    assert state_of(newcomer, on=date(2027, 11, 20)).kind is Kind.OVER


def test_failing_sends_back_to_the_lessons_that_were_missed_and_other_questions(newcomer):
    with scope_for(newcomer):
        attempt = read_all(newcomer)
        failed = services.answer(
            attempt_id=attempt.pk, chosen=wrong_places(attempt), by=newcomer, at=AT
        )
        with pytest.raises(TrainingError, match="Read"):
            services.ask(by=newcomer, at=AT)
    assert (failed.passed, failed.right) == (False, 0)
    assert state_of(newcomer, on=TODAY).kind is Kind.MISSING
    page = signed_in(newcomer).get(f"/training/passages/{attempt.pk}/").content.decode()
    assert "Not passed yet" in page
    passed(newcomer)
    with system_scope():
        assert Attempt.objects.filter(user=newcomer).count() == 2


def test_answers_sent_again_or_to_a_finished_passage_change_nothing(newcomer):
    with scope_for(newcomer):
        attempt = read_all(newcomer)
        services.answer(attempt_id=attempt.pk, chosen=wrong_places(attempt), by=newcomer, at=AT)
        again = services.answer(
            attempt_id=attempt.pk, chosen=right_places(attempt), by=newcomer, at=AT
        )
    assert again.passed is False
    with system_scope():
        assert not Certificate.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(passed=True)


@pytest.mark.parametrize("bent", ["", "3", "-1", "right", "0; DROP"])
def test_an_answer_that_was_not_offered_is_refused_and_judges_nothing(newcomer, bent):
    with scope_for(newcomer):
        attempt = read_all(newcomer)
        chosen = right_places(attempt) | {attempt.asked[0]["id"]: bent}
        with pytest.raises(TrainingError) as refused:
            services.answer(attempt_id=attempt.pk, chosen=chosen, by=newcomer, at=AT)
    assert refused.value.fields == (attempt.asked[0]["id"],)
    page = signed_in(newcomer).post("/training/questions/", {"passage": attempt.pk, **chosen})
    assert page.status_code == 422
    assert "1 question without an answer" in page.content.decode()
    assert page.content.decode().count(" checked") == len(attempt.asked) - 1


def test_the_page_shows_the_answers_shuffled_and_by_their_place_alone(newcomer):
    with scope_for(newcomer):
        attempt = read_all(newcomer)
    page = unescape(signed_in(newcomer).get("/training/questions/").content.decode())
    for each in attempt.asked:
        question = tutorial_for(newcomer.role).question(each["id"])
        shown = [page.index(f'for="{each["id"]}-{place}"') for place in range(3)]
        assert shown == sorted(shown)
        for place, option in enumerate(each["order"]):
            assert (
                page.index(question.options[option], shown[place])
                == page.index(">", shown[place]) + 1
            )


def test_passages_and_certificates_of_others_are_not_there(newcomer, stranger, colleague, helen):
    theirs = passed(stranger)
    mine = passed(newcomer)
    client = signed_in(newcomer)
    assert client.get(f"/training/passages/{theirs.pk}/").status_code == 404
    assert client.post("/training/questions/", {"passage": theirs.pk}).status_code == 404
    for user, number, status in (
        (newcomer, certificate_of(stranger).number, 404),
        (colleague, certificate_of(newcomer).number, 404),
        (helen, certificate_of(stranger).number, 404),
        (helen, certificate_of(newcomer).number, 200),
    ):
        answer = signed_in(user).get(f"/training/certificates/{number}.pdf")
        assert answer.status_code == status
    assert mine.passed


def test_the_certificate_is_a_tagged_pdf_that_names_person_tutorial_and_term(newcomer):
    passed(newcomer)
    certificate = certificate_of(newcomer)
    answer = signed_in(newcomer).get(f"/training/certificates/{certificate.number}.pdf")
    pdf = PdfReader(io.BytesIO(answer.content))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for words in ("June Tester", certificate.number, "November 19, 2027", certificate.title):
        assert words in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


# -- again -----------------------------------------------------------------------------------------


def test_a_tutorial_that_changed_is_taken_again(caseworker):
    caseworker.trained_as = "caseworker 0"
    assert state_of(caseworker, on=TODAY).kind is Kind.CHANGED
    assert not state_of(caseworker, on=TODAY).lets_work


def test_another_role_needs_its_own_tutorial_and_a_higher_one_covers_a_lower(caseworker, helen):
    caseworker.role = Role.SUPERVISOR
    assert state_of(caseworker, on=TODAY).kind is Kind.MISSING
    helen.role = Role.GENERAL_USER
    assert state_of(helen, on=TODAY).kind is Kind.VALID


def test_whose_training_runs_out_is_told_twice_and_once_each(caseworker, colleague, helen):
    User.objects.filter(pk=caseworker.pk).update(trained_until=TODAY + timedelta(days=20))
    User.objects.filter(pk=colleague.pk).update(trained_as="caseworker 0")
    with system_scope():
        for days in (0, 1, 14, 15, 18):
            services.remind(at=AT + timedelta(days=days))
        told = list(
            Message.objects.filter(topic="mail", payload__template="training").values_list(
                "payload__to_user_id", flat=True
            )
        )
    assert sorted(told) == sorted([caseworker.pk, caseworker.pk, colleague.pk])


def test_the_report_counts_and_lists_everyone_as_the_gate_sees_them(
    helen, caseworker, colleague, supervisor, newcomer, stranger
):
    User.objects.filter(pk=caseworker.pk).update(trained_until=TODAY + timedelta(days=3))
    User.objects.filter(pk=colleague.pk).update(trained_until=TODAY - timedelta(days=3))
    User.objects.filter(pk=supervisor.pk).update(trained_as="supervisor 0")
    lost = make_user("Lost", Role.SUPERVISOR, agency=helen.agency)
    User.objects.filter(pk=lost.pk).update(trained_as=tutorials()["caseworker"].key)
    with scope_for(helen):
        page = report.report(by=helen, at=AT)
        assert {kind: count for kind, _, count in page.counts} == {
            "missing": 2,
            "changed": 1,
            "over": 1,
            "soon": 1,
            "valid": 1,
        }
        for kind in report.SHOWN:
            narrowed = report.report(by=helen, at=AT, kind=kind.value)
            assert {state.kind for _, state in narrowed.rows} == {kind}
    client = signed_in(helen)
    shown = client.get("/training/report/").content.decode()
    assert newcomer.full_name in shown
    assert stranger.full_name not in shown
    rows = list(
        csv.reader(io.StringIO(client.get("/training/report/training.csv").content.decode()))
    )
    assert len(rows) == 7
    assert signed_in(caseworker).get("/training/report/").status_code == 403
    assert "Not trained yet" in client.get("/people/").content.decode()


@pytest.mark.parametrize("many", [0, 100])
def test_the_report_takes_two_queries_however_many(helen, many, django_assert_num_queries):
    User.objects.bulk_create(
        User(
            email=f"p{n}@calhoun.example",
            full_name=f"Person {n}",
            role=Role.GENERAL_USER,
            agency=helen.agency,
        )
        for n in range(many)
    )
    with scope_for(helen), django_assert_num_queries(2):
        report.report(by=helen, at=AT)
