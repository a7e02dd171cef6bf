"""The sandbox: people answered as published, a clock that does what is due, and its fence."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from billing.services import invoicing
from casecheck import counting, lookup
from save_portal.accounts.models import Agency, User
from save_portal.accounts.tenancy import agency_scope, scope_for, system_scope, whole_scope
from save_portal.audit import seals
from save_portal.audit.models import AuditEvent, DisclosureEvent
from save_portal.machines import sandbox as sandboxes
from save_portal.machines.problems import KINDS
from save_portal.machines.services import make_client
from tests.conftest import make_user
from tests.verification.api.conftest import NOW, Browser, Machine, asked, token_of
from verification.enums import AnswerKind, Reason
from verification.g845_answers import COMMENTS, ITEMS
from verification.models import (
    Case,
    ChargeEvent,
    Event,
    InitialAnswer,
    Reminder,
    SecondReview,
    VerifierAnswer,
)
from verification.records.statements import TEXTS
from verification.sandbox.people import BY_KEY, PEOPLE
from verification.sandbox.person import Group
from verification.services import accuracy, closing, reminders, review, sandbox
from verification.services.locking import NoSuchCase

# Published, but no rule of initial verification answers with them.
NEVER_ANSWERED = {3, 12}


def sandbox_of(agency, *, benefits=("snap", "medicaid")):
    with agency_scope(agency.pk):
        home = sandboxes.opened(agency=agency, by=None, at=NOW)
    with agency_scope(home.pk):
        client, secret = make_client(
            agency=home,
            name="Test system",
            access_mode="web_services",
            benefits=benefits,
            by=None,
            at=NOW,
        )
    assert client.client_id.startswith("test_")
    assert secret.startswith("test_")
    return Machine(token_of(client.client_id, secret), Browser()), home


@pytest.fixture
def tester(agency):
    return sandbox_of(agency)[0]


def begin(machine, key):
    answer = machine.post("cases", BY_KEY[key].question("snap"))
    assert answer.status_code == 201, answer.content
    return answer


def ask_verifier(machine, key):
    case = begin(machine, key)
    number = case.json()["case_number"]
    sent = machine.post(
        f"cases/{number}/additional-verification",
        {"reason": str(BY_KEY[key].reason_to_ask)},
        seen=case,
    )
    assert sent.status_code == 200, sent.content
    return number


def move(machine, days):
    answer = machine.post("sandbox/clock", {"days": days})
    assert answer.status_code == 200, answer.content
    return answer.json()


def case_of(machine, number):
    return machine.get(f"cases/{number}")


def test_everything_that_can_come_is_shown_by_somebody():
    shown = {person.statement_code for person in PEOPLE if not person.problem}
    assert set(TEXTS) - shown == NEVER_ANSWERED
    assert set(Reason.values) <= {reason for person in PEOPLE for reason in person.reasons}
    given = [told for person in PEOPLE for told in (*person.additional, *person.g845)]
    assert {one["item"] for told in given for one in told.items} == set(ITEMS)
    assert {comment for told in given for comment in told.comments} == set(COMMENTS)
    assert {told.kind for told in given} == {*AnswerKind, None}
    assert {person.group for person in PEOPLE} == set(Group)
    assert {person.problem for person in PEOPLE} - {""} <= set(KINDS)
    assert len(BY_KEY) == len(PEOPLE)


@pytest.mark.django_db
def test_initial_verification_answers_everybody_as_published(tester, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    listed = tester.get("sandbox/people").json()["items"]
    assert len(listed) == len(PEOPLE)
    for person in listed:
        answer = tester.post("cases", person["question"])
        if person["problem"]:
            assert answer.json()["type"] == f"/api/problems/{person['problem']}/", person["key"]
            assert answer.status_code == KINDS[person["problem"]].status
            continue
        case = answer.json()
        assert answer.status_code == 201, (person["key"], case)
        found = (case["outcome"], case["response"]["statement_code"], case["reasons"])
        assert found == (person["outcome"], person["statement_code"], person["reasons"]), person[
            "key"
        ]
        assert answer["SAVE-Mode"] == "sandbox"
    confirmed = tester.get("cases?status=initial_confirmed").json()["cases"]
    assert len(confirmed) == sum(person.outcome == "confirmed" for person in PEOPLE)


@pytest.mark.django_db
def test_one_more_number_settles_which_of_two_files_is_meant(tester):
    begun = begin(tester, "ambiguous")
    case = begun.json()
    asked_for = {one["field"]: one["action"] for one in case["response"]["ask_for"]}
    assert asked_for["document.card_number"] == "retry"
    question = BY_KEY["ambiguous"].question("snap")
    question["document"]["card_number"] = "SBX2100000306"
    again = tester.post(f"cases/{case['case_number']}/retry", question, seen=begun)
    assert again.json()["outcome"] == "confirmed", again.content


@pytest.mark.django_db
def test_a_photo_comes_back_and_is_compared(tester):
    case = begin(tester, "statement-1")
    links = case.json()["links"]
    assert case.json()["response"]["photo"] is True
    photo = tester.get(links["photo"].removeprefix("/api/v1/"))
    assert photo["Content-Type"].startswith("image/")
    number = case.json()["case_number"]
    answered = tester.post(f"cases/{number}/photo-match", {"answer": "yes"}, seen=case)
    assert answered.json()["duties"]["photo_match"] == "yes"


@pytest.mark.django_db
def test_the_test_verifier_answers_everybody_as_published(agency):
    tester, home = sandbox_of(agency)
    people = [person for person in PEOPLE if person.additional]
    numbers = {person.key: ask_verifier(tester, person.key) for person in people}
    move(tester, 20)
    with agency_scope(home.pk):
        found = list(VerifierAnswer.objects.order_by("at", "id").select_related("case"))
        waiting = Case.objects.get(number=numbers["never"])
    assert waiting.status == "additional_requested"
    for person in people:
        said = [
            (given.kind, [one["item"] for one in given.items])
            for given in found
            if given.case.number == numbers[person.key]
        ]
        published = [
            (str(told.kind), [one["item"] for one in told.items])
            for told in person.additional
            if told.kind is not None
        ]
        assert said == published, person.key
    case = case_of(tester, numbers["corrected"]).json()
    assert [given["holds"] for given in case["verifier_answers"]] == [False, True]
    events = tester.get("events?limit=100").json()["events"]
    kinds = {event["type"] for event in events}
    assert "case.answered" in kinds


@pytest.mark.django_db
def test_answers_come_on_their_day_and_not_before(tester):
    number = ask_verifier(tester, "item-10")
    asked_on = datetime.fromisoformat(case_of(tester, number).json()["updated_at"])
    days = 0
    while not (given := case_of(tester, number).json()["verifier_answers"]):
        move(tester, 1)
        days += 1
        assert days < 10
    from save_portal.calendar.federal import federal_calendar

    answered_at = datetime.fromisoformat(given[0]["answered_at"])
    between = federal_calendar().working_days_between(asked_on.date(), answered_at.date())
    assert between == 3


@pytest.mark.django_db
def test_a_form_goes_its_way_to_the_end_with_documents_sent_again(tester):
    number = ask_verifier(tester, "send-again")
    move(tester, 7)
    case = case_of(tester, number)
    assert case.json()["status"] == "g845_recommended"
    assert tester.get(f"cases/{number}/g845.pdf").status_code == 200
    for kinds in (["g845_recommended", "resubmit"], ["g845_recommended", "resubmit", "final"]):
        today = case_of(tester, number).json()["updated_at"][:10]
        mailed = tester.post(
            f"cases/{number}/g845-mailed", {"mailed_on": today}, seen=case_of(tester, number)
        )
        assert mailed.status_code == 200, mailed.content
        move(tester, 25)
        case = case_of(tester, number).json()
        assert [given["kind"] for given in case["verifier_answers"]] == kinds
    assert case["status"] == "g845_answered"


@pytest.mark.django_db
def test_the_applicant_and_the_records_are_heard_of(tester):
    numbers = [
        begin(tester, key).json()["case_number"] for key in ("applicant-wants", "record-corrected")
    ]
    assert move(tester, 7)["done"]["events"] == 2
    assert move(tester, 7)["done"]["events"] == 0
    found = {event["case_number"]: event["type"] for event in tester.get("events").json()["events"]}
    assert [found[number] for number in numbers] == [
        "case.applicant_wants",
        "case.record_corrected",
    ]
    assert case_of(tester, numbers[0]).json()["duties"]["wish_is_the_applicants_own"] is True


@pytest.mark.django_db
def test_the_clock_brings_reminders_and_the_end_after_180_days(tester, agency):
    forgotten = begin(tester, "no-record").json()["case_number"]
    overdue = ask_verifier(tester, "never")
    before = tester.get("sandbox").json()
    first = move(tester, 179)
    assert first["done"]["reminders"] > 0
    assert case_of(tester, forgotten).json()["status"] == "initial_unconfirmed"
    second = move(tester, 2)
    assert second["done"]["closed"] == 1
    case = case_of(tester, forgotten).json()
    assert (case["status"], case["closure_reason"]) == ("closed", "expired")
    assert case_of(tester, overdue).json()["status"] == "additional_requested"
    shown = datetime.fromisoformat(second["sandbox"]["now"])
    moved = shown - datetime.fromisoformat(before["now"])
    assert timedelta(days=181) <= moved < timedelta(days=181, minutes=5)
    assert datetime.fromisoformat(case["closed_at"]) <= shown
    assert tester.get("events").json()["events"][-1]["type"] == "case.closed"


@pytest.mark.django_db
def test_the_clock_only_goes_forward_and_not_without_end(tester):
    for body, status in (
        ({"days": 201}, 422),
        ({"days": -1}, 422),
        ({}, 422),
        ({"days": 1, "to": "2099-01-01T00:00:00Z"}, 422),
        ({"to": "2020-01-01T00:00:00Z"}, 409),
        ({"to": "2099-01-01T00:00:00Z"}, 409),
    ):
        assert tester.post("sandbox/clock", body).status_code == status, body
    for _ in range(9):
        move(tester, 200)
    assert tester.post("sandbox/clock", {"days": 100}).status_code == 409
    assert begin(tester, "statement-122").json()["outcome"] == "confirmed"


@pytest.mark.django_db
def test_the_schedulers_of_production_leave_it_alone_and_its_own_does_what_is_due(agency):
    tester, home = sandbox_of(agency)
    at_once = ask_verifier(tester, "at-once")
    begin(tester, "no-record")
    later = timezone.now() + timedelta(days=400)
    assert reminders.send_due(at=later) == 0
    assert closing.close_stale(at=later) == (0, 0)
    assert sandbox.run_all(at=timezone.now()) == 1
    assert case_of(tester, at_once).json()["status"] == "additional_answered"
    assert sandbox.run_all(at=timezone.now()) == 1
    with agency_scope(home.pk):
        assert VerifierAnswer.objects.count() == 1
        assert not Reminder.objects.exists()


@pytest.mark.django_db
def test_reset_gives_an_empty_sandbox_to_the_same_credentials(agency):
    tester, old = sandbox_of(agency)
    number = begin(tester, "no-record").json()["case_number"]
    question = BY_KEY["statement-13"].question("snap")
    assert tester.post("cases", question, key="k").status_code == 201
    move(tester, 30)
    first = tester.post("sandbox/reset", {}, key="again")
    assert first.status_code == 200, first.content
    assert (first.json()["cases"], first.json()["ahead_seconds"]) == (0, 0)
    repeated = tester.post("sandbox/reset", {}, key="again")
    assert repeated["Idempotency-Replayed"] == "true"
    assert repeated.content == first.content
    assert case_of(tester, number).status_code == 404
    assert tester.get("cases").json()["cases"] == []
    fresh = tester.post("cases", question, key="k")
    assert fresh.status_code == 201
    assert not fresh.has_header("Idempotency-Replayed")
    assert sandboxes.present(agency).pk != old.pk
    number = ask_verifier(tester, "at-once")
    assert move(tester, 0)["done"]["verifier_answers"] == 1


@pytest.mark.django_db
def test_production_and_sandbox_do_not_see_each_other(agency, machine, people_on_record):
    tester, home = sandbox_of(agency)
    test_number = begin(tester, "statement-1").json()["case_number"]
    number = machine.post("cases", asked()).json()["case_number"]
    assert machine.get(f"cases/{test_number}").status_code == 404
    assert tester.get(f"cases/{number}").status_code == 404
    # People on record are unknown in the sandbox, published people in production.
    there = tester.post("cases", asked()).json()
    assert there["reasons"] == ["no_record"]
    here = machine.post("cases", BY_KEY["statement-18"].question("snap")).json()
    assert here["reasons"] == ["no_record"]
    for path in ("sandbox", "sandbox/people"):
        assert machine.get(path).status_code == 403
    for path in ("sandbox/reset", "sandbox/clock"):
        assert machine.post(path, {}).status_code == 403
    assert not machine.get("cases").has_header("SAVE-Mode")
    with system_scope():
        assert {case.number for case in Case.objects.all()} == {number, here["case_number"]}
        for model in (InitialAnswer, ChargeEvent, Event, AuditEvent, DisclosureEvent, User):
            assert not model.objects.filter(agency_id=home.pk).exists(), model
        assert list(Agency.objects.all()) == [agency]
    with whole_scope():
        assert Case.objects.filter(agency=home).count() == 2
        assert AuditEvent.objects.filter(agency_id=home.pk, verb="case.initiated").count() == 2


@pytest.mark.django_db
def test_nothing_of_it_is_in_a_queue_a_bill_a_figure_or_casecheck(agency, verifier):
    with system_scope():
        agency.kind = "federal"  # one that pays
        agency.save()
    tester, _ = sandbox_of(agency)
    waiting = ask_verifier(tester, "never")
    begin(tester, "statement-1")
    ask_verifier(tester, "item-10")
    move(tester, 7)
    now = timezone.now()
    later = now + timedelta(days=40)
    with scope_for(verifier):
        assert review.take_next(by=verifier, at=now) is None
        assert not Case.objects.visible_to(verifier).exists()
        with pytest.raises(NoSuchCase):
            review.take(case_number=waiting, by=verifier, at=now)
    person = BY_KEY["never"]
    assert (
        lookup.look_up(
            number=waiting, date_of_birth=person.date_of_birth, address="203.0.113.9", at=now
        )
        is None
    )
    assert invoicing.issue_month(now.date().replace(day=1), at=later).invoices == 0
    assert counting.roll_up(months=2, at=later) == 0
    with system_scope():
        measured = accuracy.accuracy(first=now - timedelta(days=9), end=later)
        assert (measured.missed.whole, measured.wrong.whole) == (0, 0)
        assert not SecondReview.objects.exists()
    assert all(verdict.problems == [] for verdict in seals.check())


@pytest.mark.django_db
def test_another_agencys_sandbox_is_another_one(tester, other_agency):
    number = begin(tester, "no-record").json()["case_number"]
    theirs, _ = sandbox_of(other_agency)
    assert theirs.get(f"cases/{number}").status_code == 404
    assert begin(theirs, "no-record").json()["case_number"] != number


@pytest.mark.django_db
def test_postgresql_keeps_every_table_of_an_agency_apart_from_sandboxes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cls.relname, pg_get_expr(pol.polqual, pol.polrelid),"
            " EXISTS (SELECT FROM pg_attribute WHERE attrelid = cls.oid AND attname = 'agency_id')"
            " FROM pg_policy pol JOIN pg_class cls ON cls.oid = pol.polrelid"
            " WHERE pol.polname = 'tenancy'"
        )
        fences = cursor.fetchall()
    assert len(fences) > 40
    for table, rule, has_agency in fences:
        assert "'whole'" in rule, table
        if has_agency and "false" not in rule:
            assert "(agency_id > 0) IS NOT FALSE" in rule, table


@pytest.mark.django_db
def test_nobody_but_machines_is_in_a_sandbox_and_keys_tell_them_apart(agency):
    from django.db import IntegrityError, transaction

    _, home = sandbox_of(agency)
    assert home.pk < 0
    wrong = (
        lambda: Agency.sandboxes_too.create(code="X", name="X", kind="local", sandbox_of=agency),
        lambda: Agency.sandboxes_too.create(pk=-999, code="Y", name="Y", kind="local"),
        lambda: User.objects.create_user("a@b.example", role="general_user", agency=home),
        lambda: User.objects.create_user("c@b.example", role="test_verifier", agency=agency),
    )
    for attempt in wrong:
        with pytest.raises(IntegrityError), whole_scope(), transaction.atomic():
            attempt()
    administrator = make_user("Ruth", "agency_administrator", agency=agency)
    assert administrator.agency_id > 0


@pytest.mark.django_db
def test_only_its_systems_and_the_administrator_steer_it(
    agency, other_agency, supervisor, verifier
):
    _, home = sandbox_of(agency)
    stranger = make_user("Omar", "agency_administrator", agency=other_agency)
    now = timezone.now()
    for person in (supervisor, stranger, verifier):
        with agency_scope(home.pk), pytest.raises(PermissionDenied):
            sandboxes.begin_anew(sandbox=home, by=person, at=now)
        with agency_scope(home.pk), pytest.raises(PermissionDenied):
            sandbox.move_clock(sandbox=home, to=now + timedelta(days=1), by=person, at=now)
    assert sandboxes.present(agency) == home
    with agency_scope(home.pk):
        assert sandboxes.ahead_of(home.pk) == timedelta(0)
