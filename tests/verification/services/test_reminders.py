"""What nobody has to remember: prompts, answers, forms and overdue reviews are reminded of."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, connection, transaction
from django.utils import timezone

from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox import queue
from save_portal.outbox.models import Message
from tests.conftest import AT, load_three_people, make_user, resident, unknown_person
from verification.enums import ReminderKind
from verification.models import Case, Reminder
from verification.rules.review import AnswerInput
from verification.selectors.case_page import case_page
from verification.services import additional, closing, duties, initial, reminders, review

pytestmark = pytest.mark.django_db

# The case is begun on Friday, November 20; Thursday the 26th is Thanksgiving Day.
NOTICE_OVER = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
DUE_OVER = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
ESCALATED = datetime(2026, 12, 3, 15, 0, tzinfo=UTC)


@pytest.fixture
def chief(office):
    return make_user("Chris", Role.VERIFIER_SUPERVISOR, office=office)


@pytest.fixture
def prompted(caseworker, supervisor, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=AT, submission=unknown_person())


def sent() -> list[tuple[str, str]]:
    with system_scope():
        rows = Reminder.objects.order_by("pk").values_list("kind", "to__full_name")
        return [(kind, name.split()[0]) for kind, name in rows]


def mails() -> int:
    with system_scope():
        return Message.objects.filter(payload__template="reminders").count()


def test_a_prompt_is_reminded_of_and_then_escalated(prompted, caseworker):
    assert reminders.send_due(at=NOTICE_OVER - timedelta(days=1)) == 0
    reminders.send_due(at=NOTICE_OVER)
    assert sent() == [("tell_applicant", "Dana")]
    reminders.send_due(at=DUE_OVER)
    assert sent()[1:] == [("prompt", "Dana")]
    reminders.send_due(at=ESCALATED)
    assert sent()[2:] == [("prompt_escalated", "Ruth")]


def test_running_it_again_sends_nothing_twice(prompted):
    for _ in range(3):
        reminders.send_due(at=ESCALATED)
    assert len(sent()) == 3
    assert mails() == 2  # one a person


def test_who_has_told_the_applicant_is_not_reminded_to(prompted, caseworker):
    with scope_for(caseworker):
        duties.record(
            case_number=prompted.number,
            version=1,
            duty="told_applicant",
            value="yes",
            by=caseworker,
            at=AT,
        )
    assert reminders.send_due(at=NOTICE_OVER) == 0


def test_a_wish_that_nobody_follows_is_reminded_of_for_as_long_as_it_takes(prompted, caseworker):
    with scope_for(caseworker):
        for duty, value in (("told_applicant", "yes"), ("wish", "wants")):
            version = Case.objects.get().version
            duties.record(
                case_number=prompted.number,
                version=version,
                duty=duty,
                value=value,
                by=caseworker,
                at=AT,
            )
    for months in range(1, 13):
        reminders.send_due(at=ESCALATED + timedelta(days=31 * months))
    assert len(sent()) >= 20
    assert {name for _, name in sent()} == {"Dana", "Ruth"}
    assert closing.close_stale(at=ESCALATED + timedelta(days=400))[0] == 0


def test_acting_ends_the_reminders(prompted, caseworker):
    with scope_for(caseworker):
        additional.request(
            case_number=prompted.number, version=1, reason="prompted", by=caseworker, at=AT
        )
    assert reminders.send_due(at=NOTICE_OVER) == 0


def test_a_confirmed_case_needs_no_reminder(caseworker, people_on_record):
    with scope_for(caseworker):
        initial.initiate(by=caseworker, at=AT, submission=resident())
    assert reminders.send_due(at=ESCALATED) == 0


@pytest.fixture
def answered(prompted, caseworker, verifier):
    with scope_for(caseworker):
        additional.request(
            case_number=prompted.number, version=1, reason="prompted", by=caseworker, at=AT
        )
    with scope_for(verifier):
        review.take(case_number=prompted.number, by=verifier, at=AT)
        review.answer(
            case_number=prompted.number,
            version=Case.objects.get().version,
            given=AnswerInput(items=({"item": 4},)),
            by=verifier,
            at=AT,
        )
    return prompted


def test_an_answer_that_nobody_opens_is_reminded_of_until_it_is_read(answered, caseworker, client):
    reminders.send_due(at=datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    assert sent() == [("answer", "Dana")]
    reminders.send_due(at=datetime(2026, 11, 30, 15, 0, tzinfo=UTC))
    assert sent()[1:] == [("answer_escalated", "Ruth")]


def test_an_answer_that_was_opened_is_not(answered, caseworker, client):
    client.force_login(caseworker)
    client.post("/terms/", {"accept": "yes"})
    assert client.get(f"/cases/{answered.number}/").status_code == 200
    assert reminders.send_due(at=ESCALATED) == 0


def test_an_overdue_review_is_told_to_the_verifiers_supervisors(prompted, caseworker, chief):
    with scope_for(caseworker):
        case = additional.request(
            case_number=prompted.number, version=1, reason="prompted", by=caseworker, at=AT
        )
    assert case.due_on == date(2026, 11, 30)
    assert reminders.send_due(at=datetime(2026, 11, 30, 23, 0, tzinfo=UTC)) == 0
    reminders.send_due(at=DUE_OVER)
    assert sent() == [("review_overdue", "Chris")]
    # The agency reads that somebody was told, and no name of the office.
    with scope_for(caseworker):
        page = case_page(user=caseworker, number=case.number, at=DUE_OVER)
    assert page.timeline[0].text == "The verifiers' supervisor was told"
    assert not any("Chris" in line.text for line in page.timeline)


def test_the_timeline_says_who_was_reminded_and_of_what(prompted, caseworker):
    reminders.send_due(at=NOTICE_OVER)
    with scope_for(caseworker):
        page = case_page(user=caseworker, number=prompted.number, at=NOTICE_OVER)
    assert page.timeline[0].text == "Reminder sent to Dana Tester"
    assert page.timeline[0].detail == str(ReminderKind.TELL_APPLICANT.label)
    with system_scope():
        assert AuditEvent.objects.filter(verb="case.reminded").count() == 1


def test_a_handler_who_left_is_no_reason_to_forget(prompted, caseworker):
    with system_scope():
        caseworker.is_active = False
        caseworker.save()
    reminders.send_due(at=NOTICE_OVER)
    assert sent() == [("tell_applicant", "Ruth")]


def test_a_mail_names_cases_and_links_and_nothing_about_a_person(prompted, caseworker):
    reminders.send_due(at=ESCALATED)
    queue.deliver_due(timezone.now())
    texts = [f"{message.subject}\n{message.body}" for message in mail.outbox]
    assert len(texts) == 2
    for text in texts:
        assert f"{settings.BASE_URL}/cases/{prompted.number}/" in text
        for private in ("Bautista", "Rosalind", "1990", "200000001", "HH-20571", "SNAP"):
            assert private not in text
    assert sorted(message.subject for message in mail.outbox) == [
        "Reminder: 2 cases wait",
        f"Reminder: case {prompted.number}",
    ]


def test_a_reminder_is_never_changed(prompted):
    reminders.send_due(at=NOTICE_OVER)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic(), system_scope():
        Reminder.objects.update(kind="prompt")


def test_the_command_says_how_many_went_out(prompted):
    out = StringIO()
    call_command("send_reminders", "--json", stdout=out)
    assert json.loads(out.getvalue())["sent"] == len(sent())


KILLED = """
import os, signal, django
django.setup()
from datetime import datetime
from save_portal.accounts.tenancy import system_scope
from verification.services import reminders
at = datetime.fromisoformat("{at}")
with system_scope():
    count = reminders._remind(reminders._candidates(at, 0), at=at)
    print(count, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_and_doubles_nothing(tmp_path, caseworker, supervisor):
    load_three_people(tmp_path)
    with scope_for(caseworker):
        initial.initiate(by=caseworker, at=AT, submission=unknown_person())
    known = connection.get_connection_params()
    where = urlencode({name: known[name] for name in ("host", "port") if known.get(name)})
    address = f"postgresql://{known['user']}@/{known['dbname']}?{where}"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(at=ESCALATED.isoformat())],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (killed.returncode, killed.stdout.strip()) == (-9, "3"), killed.stderr[-2000:]
    assert (sent(), mails()) == ([], 0)
    for _ in range(2):
        reminders.send_due(at=ESCALATED)
    assert (len(sent()), mails()) == (3, 2)
