"""What leaves the system leaves after the commit, at least once, and under one key once."""

import threading
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from save_portal.accounts.tenancy import agency_scope
from save_portal.outbox import queue
from save_portal.outbox.models import Message
from save_portal.outbox.queue import CannotBeDelivered, deliver_due, enqueue, mail

SENT: list[str] = []
FAILURES: list[Exception] = []
SLOW = threading.Barrier(2, timeout=5)


@queue.handler("test")
def remember(message: Message) -> None:
    if FAILURES:
        raise FAILURES.pop(0)
    SENT.append(message.key)


@queue.handler("slow test")
def remember_slowly(message: Message) -> None:
    SLOW.wait()
    SENT.append(message.key)


@pytest.fixture(autouse=True)
def nothing_sent():
    SENT.clear()
    FAILURES.clear()


def now():
    return timezone.now() + timedelta(seconds=1)


def test_a_message_is_delivered_once_under_its_key(db):
    enqueue("test", key="a", payload={})
    enqueue("test", key="a", payload={})
    assert deliver_due(now()) == 1
    assert deliver_due(now()) == 0
    assert SENT == ["a"]


def test_a_message_calls_the_worker_in_its_own_transaction(db):
    enqueue("test", key="a", payload={})
    assert ProcrastinateJob.objects.filter(task_name="deliver_outbox").count() == 1


def test_an_agency_s_request_may_send_and_the_worker_delivers(agency):
    with agency_scope(agency.pk):
        enqueue("test", key="a", payload={})
    assert deliver_due(now()) == 1


def test_what_rolls_back_never_leaves(db):
    with transaction.atomic():
        enqueue("test", key="a", payload={})
        transaction.set_rollback(True)
    assert deliver_due(now()) == 0
    assert not ProcrastinateJob.objects.exists()


def test_a_failure_is_tried_again_after_a_longer_and_longer_pause(db):
    FAILURES.extend([OSError("The line is down"), OSError("The line is down")])
    enqueue("test", key="a", payload={})
    at = now()
    assert deliver_due(at) == 0
    message = Message.objects.get()
    assert (message.attempts, message.last_error) == (1, "OSError: The line is down")
    assert message.due_at == at + queue.FIRST_PAUSE
    assert deliver_due(at) == 0
    assert Message.objects.get().attempts == 1
    assert deliver_due(at + queue.FIRST_PAUSE) == 0
    assert deliver_due(at + 3 * queue.FIRST_PAUSE) == 1
    assert queue.pause_after(50) == queue.LONGEST_PAUSE


def test_a_failure_keeps_no_other_message_back(db):
    FAILURES.append(OSError("The line is down"))
    enqueue("test", key="a", payload={})
    enqueue("test", key="b", payload={})
    assert deliver_due(now()) == 1
    assert SENT == ["b"]


def test_what_cannot_be_delivered_is_given_up_and_says_why(db):
    FAILURES.append(CannotBeDelivered("The account has ended"))
    enqueue("test", key="a", payload={})
    enqueue("nobody listens", key="b", payload={})
    assert deliver_due(now()) == 0
    assert Message.objects.filter(given_up_at__isnull=False).exclude(last_error="").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_messages():
    for key in ("a", "b"):
        enqueue("slow test", key=key, payload={})
    delivered = []

    def work():
        delivered.append(deliver_due(now()))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(SENT) == ["a", "b"]
    assert sum(delivered) == 2


def test_a_mail_has_its_subject_in_the_first_line_of_the_template(caseworker, settings, tmp_path):
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "hello.txt").write_text(
        "Case {{ number }} waits\n\nDear {{ recipient.full_name }},\n{{ base_url }}/cases/\n"
    )
    templates = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**templates, "DIRS": [tmp_path, *templates["DIRS"]]}]
    mail(to_user_id=caseworker.pk, template="hello", context={"number": "1"}, key="m1")
    assert deliver_due(now()) == 1
    (sent,) = django_mail.outbox
    assert sent.subject == "Case 1 waits"
    assert sent.to == [caseworker.email]
    assert sent.body.startswith("Dear Dana Tester,")
    assert f"{settings.BASE_URL}/cases/" in sent.body


def test_an_ended_account_gets_no_mail(caseworker):
    caseworker.is_active = False
    caseworker.save()
    mail(to_user_id=caseworker.pk, template="hello", context={}, key="m1")
    assert deliver_due(now()) == 0
    assert not django_mail.outbox
