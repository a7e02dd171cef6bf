"""A request sent again is done once: replayed, at the same time, and under threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from save_portal import audit
from save_portal.accounts.tenancy import agency_scope, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.machines import repeating
from save_portal.machines.answers import Answer
from save_portal.machines.problems import Problem
from tests.conftest import load_three_people, make_agency
from tests.verification.api.conftest import (
    NOW,
    Browser,
    Machine,
    asked,
    make_machine,
    token_of,
    unknown,
)
from verification.models import Case, ChargeEvent


@pytest.mark.django_db
def test_the_same_request_gets_the_same_answer(machine, people_on_record, agency):
    first = machine.post("cases", asked(), key="job-1")
    again = machine.post("cases", asked(), key='"job-1"')
    assert again.content == first.content
    assert (again.status_code, again["ETag"]) == (201, first["ETag"])
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert not first.has_header("Idempotency-Replayed")
    with agency_scope(agency.pk):
        assert (Case.objects.count(), ChargeEvent.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_key_belongs_to_one_request(machine, people_on_record):
    answer = machine.post("cases", asked(), key="job-1")
    for path, body, seen in (
        ("cases", unknown(), None),
        (f"cases/{answer.json()['case_number']}/close", {"reason": "completed"}, answer),
    ):
        other = machine.post(path, body, key="job-1", seen=seen)
        assert other.status_code == 422
        assert other.json()["type"] == "/api/problems/key-used-for-another-request/"


@pytest.mark.django_db
def test_the_same_key_of_another_client_is_another_key(machine, other_machine, people_on_record):
    assert machine.post("cases", asked(), key="1").status_code == 201
    theirs = other_machine.post("cases", asked(), key="1")
    assert theirs.status_code == 201
    assert not theirs.has_header("Idempotency-Replayed")


@pytest.mark.django_db
def test_a_refusal_keeps_nothing_so_that_it_can_be_corrected(machine, people_on_record):
    assert machine.post("cases", asked(benefits=["tanf"]), key="1").status_code == 422
    assert machine.post("cases", asked(), key="1").status_code == 201
    duplicate = machine.post("cases", asked(), key="2")
    assert duplicate.status_code == 409
    assert duplicate.json()["type"] == "/api/problems/duplicate-case/"


@pytest.mark.django_db
def test_a_key_that_nobody_can_mean_is_refused(machine):
    for key in ("", " ", "x" * 256, "a b", "ä"):
        assert machine.post("cases", asked(), key=key or " ").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_threads_with_one_key_make_one_case_and_one_charge(tmp_path):
    agency = make_agency("CALHOUN")
    load_three_people(tmp_path)
    client, secret = make_machine(agency)
    token = token_of(client.client_id, secret)
    together = Barrier(6)

    def send(_):
        try:
            together.wait()
            return Machine(token, Browser()).post("cases", asked(), key="once")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(done) + len(waiting) == 6
    assert len({answer.content for answer in done}) == 1
    assert {answer.json()["type"] for answer in waiting} <= {"/api/problems/request-in-progress/"}
    with system_scope():
        assert (Case.objects.count(), ChargeEvent.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_while_a_request_is_worked_on_its_repetition_waits(tmp_path):
    agency = make_agency("CALHOUN")
    load_three_people(tmp_path)
    client, secret = make_machine(agency)
    machine = Machine(token_of(client.client_id, secret), Browser())

    def send():
        try:
            return machine.post("cases", asked(), key="once")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with system_scope(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s)", [repeating._lock_number(client, "once")]
            )
            held = pool.submit(send).result()
        assert (held.status_code, held["Retry-After"]) == (409, "1")
        assert pool.submit(send).result().status_code == 201


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_was_kept_meanwhile_undoes_what_was_done_in_vain(tmp_path):
    agency = make_agency("CALHOUN")
    client, _ = make_machine(agency)

    def keep(body):
        with agency_scope(agency.pk):
            return repeating.once("k", "q", client=client, at=NOW, act=lambda: Answer(body))

    def meanwhile():
        """A first sending that ends while this one, which did not see it, is at work."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_another_thread).result()
        audit.record("tested", by=None, at=NOW, subject_type="x", subject_id=1, agency_id=agency.pk)
        return Answer({"n": 2})

    def in_another_thread():
        try:
            with agency_scope(agency.pk), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO machines_keptanswer"
                    " (agency_id, client_id, key, question, status, headers, body, at)"
                    " VALUES (%s, %s, 'k', 'q', 201, '{}', '{\"n\":1}', %s)",
                    [agency.pk, client.pk, NOW],
                )
        finally:
            connections.close_all()

    with pytest.raises(Problem) as refused, agency_scope(agency.pk):
        repeating.once("k", "q", client=client, at=NOW, act=meanwhile)
    assert refused.value.kind.slug == "request-in-progress"
    assert keep({"n": 3}).content == b'{"n":1}'
    with agency_scope(agency.pk):
        assert not AuditEvent.objects.filter(verb="tested").exists()
