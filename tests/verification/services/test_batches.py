"""A batch in the portal: checked, started, paused, killed and resumed; each row a case once."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, connections, transaction

from save_portal.accounts.models import User
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent, DisclosureEvent
from save_portal.documents import storing
from save_portal.outbox.models import Message
from tests.conftest import AT, load_three_people, make_agency, make_user, resident
from tests.verification.services.test_batch import MISTYPED, RESIDENT, nobody
from verification.errors import CaseError, InvalidSubmission, NoAgreement, NotPermitted, WrongStatus
from verification.lifecycles.batch import ENDED, TRANSITIONS, BatchStatus
from verification.models import Batch, BatchFault, BatchRow, Case, ChargeEvent
from verification.selectors.batches import acts_of, batch_list, batch_page, results_of
from verification.services import batch_results, batch_work, batches, initial
from verification.services.batch import INPUT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "documents": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "documents")},
        },
    }
    return tmp_path / "documents"


def content(rows, columns=INPUT):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({"row_id": f"R{n}", **row} for n, row in enumerate(rows, 1))
    return text.getvalue().encode()


def upload(by, rows, *, raw=None, name="november.csv"):
    file = SimpleUploadedFile(name, content(rows) if raw is None else raw)
    with scope_for(by):
        return batches.upload(file=file, name=name, by=by, at=AT)


def work(batch, *, at=AT):
    """What the worker does with it until there is nothing more; the batch as it is then."""
    while batch_work.work_on(batch_id=batch.pk, clock=lambda: at):
        pass
    return fresh(batch)


def fresh(batch):
    with system_scope():
        return Batch.objects.select_related("created_by", "asked_by").get(pk=batch.pk)


def do(act, batch, by, *, at=AT):
    with scope_for(by):
        return act(key=batch.key, by=by, at=at)


def checked(by, rows, **more):
    return work(upload(by, rows, **more))


def run(by, rows):
    batch = checked(by, rows)
    do(batches.start, batch, by)
    return work(batch)


def counts():
    with system_scope():
        return Case.objects.count(), ChargeEvent.objects.count(), BatchRow.objects.count()


def results(batch, by):
    with scope_for(by):
        return batch_page(user=by, key=batch.key, cursor=None).rows


def test_each_row_becomes_the_case_that_its_user_would_have_typed(caseworker, people_on_record):
    batch = run(caseworker, [nobody(1), RESIDENT, MISTYPED, RESIDENT])
    assert batch.status == BatchStatus.FINISHED
    assert (batch.rows, batch.done, batch.confirmed, batch.unconfirmed) == (4, 4, 2, 2)
    assert (batch.found_open, batch.refused) == (1, 0)
    assert counts() == (3, 3, 4)
    found = results(batch, caseworker)
    assert [result.row.line for result in found] == [2, 3, 4, 5]
    assert found[1].row.case_id == found[3].row.case_id
    assert found[3].row.found_open
    assert found[1].class_of_admission == "IR6"
    with scope_for(caseworker):
        case = Case.objects.get(pk=found[0].row.case_id)
    assert (case.status, case.handled_by_id) == ("initial_unconfirmed", caseworker.pk)
    assert case.due_on is not None


def test_a_row_not_confirmed_comes_with_what_it_does_not_mean_and_its_duty(
    caseworker, people_on_record
):
    unknown, confirmed = results(run(caseworker, [nobody(1), RESIDENT]), caseworker)
    assert "no match does not mean unlawful presence" in unknown.notice
    assert "additional verification" in unknown.duty
    assert unknown.may_ask_additional
    assert (confirmed.notice, confirmed.duty, confirmed.may_ask_additional) == ("", "", False)


def test_the_check_names_line_field_rule_and_remedy_and_asks_nothing(caseworker, people_on_record):
    rows = [
        RESIDENT,
        {**RESIDENT, "date_of_birth": "31.05.1990"},
        {**RESIDENT, "a_number": "12", "benefit": "title_iv"},
        {**nobody(2), "row_id": ""},
    ]
    batch = checked(caseworker, rows)
    assert (batch.status, batch.rows, batch.faulty) == (BatchStatus.CHECKED, 4, 3)
    with scope_for(caseworker):
        found = {(f.line, f.field): f for f in BatchFault.objects.filter(batch=batch)}
    assert set(found) == {(3, "date_of_birth"), (4, "a_number"), (4, "benefit"), (5, "row_id")}
    assert "YYYY-MM-DD" in found[3, "date_of_birth"].remedy
    assert found[4, "benefit"].rule == "S5.3"
    assert found[4, "a_number"].row_id == "R3"
    assert counts() == (0, 0, 0)
    with system_scope():
        assert not DisclosureEvent.objects.exists()
    do(batches.start, batch, caseworker)
    done = work(batch)
    assert (done.status, done.refused, done.confirmed) == (BatchStatus.FINISHED, 3, 1)
    refused = [result for result in results(done, caseworker) if result.is_refused]
    assert "YYYY-MM-DD" in refused[0].row.refusal
    assert counts() == (1, 1, 4)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\x1f\x8b\x08rest", "compressed"),
        (b"\xff\xfer\x00", "UTF-16"),
        (b"row_id;family_name;benefit\r\n", "commas"),
        (b"row_id,family_name\r\n", "lacks the column"),
        (content([], (*INPUT, "favorite_color")), "favorite_color"),
        (content([], (*INPUT, "channel")), "channel"),
        (content([], (*INPUT, "row_id")), "stands twice"),
        (b"\xff\xff\xff\xff\n", "not UTF-8"),
        (b"x" * 50_000, "more than"),
        (b'"' + b"x\n" * 50_000, "more than"),
        (b'"row_id', "quotation"),
        (b"row_id\x00,family_name\r\n", "NUL"),
    ],
)
def test_a_file_that_cannot_be_a_batch_is_refused_with_what_helps(caseworker, raw, word):
    with pytest.raises(InvalidSubmission) as refused:
        upload(caseworker, [], raw=raw)
    assert list(refused.value.field_errors) == ["file"]
    assert word in refused.value.message
    with system_scope():
        assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("tail", "word"),
    [
        (b'R9,"open\n' + b"x\n" * 50_000, "more than"),
        (b"R9,\xff\xff\n", "UTF-8"),
        (b"R9,a\x00b\n", "NUL"),
        (b'R9,"never closed\n', "quotation"),
        (b"R9," + b"x" * 100_000 + b"\n", "more than"),
    ],
)
def test_what_is_found_further_down_rejects_the_file_and_removes_it(
    caseworker, people_on_record, place, django_capture_on_commit_callbacks, tail, word
):
    batch = upload(caseworker, [], raw=content([RESIDENT]) + tail)
    with django_capture_on_commit_callbacks(execute=True):
        batch = work(batch)
    assert batch.status == BatchStatus.REJECTED
    assert word in batch.why_stopped
    assert not list(place.rglob("*.csv"))
    assert counts() == (0, 0, 0)


def test_a_file_of_too_many_rows_or_none_fit_is_rejected(caseworker, people_on_record, monkeypatch):
    monkeypatch.setattr(batch_work, "MOST_ROWS", 3)
    batch = checked(caseworker, [nobody(n) for n in range(4)])
    assert batch.status == BatchStatus.REJECTED
    assert "more than 3 rows" in batch.why_stopped
    assert checked(caseworker, []).status == BatchStatus.REJECTED
    assert checked(caseworker, [{**RESIDENT, "benefit": "x"}]).status == BatchStatus.REJECTED


def test_the_faults_listed_have_an_end(caseworker, people_on_record, monkeypatch):
    monkeypatch.setattr(batch_work, "CHECKED_AT_ONCE", 2)
    monkeypatch.setattr(batch_work, "MOST_FAULTY_LISTED", 3)
    batch = checked(caseworker, [RESIDENT, *({**RESIDENT, "benefit": "x"} for _ in range(9))])
    assert (batch.rows, batch.faulty) == (10, 9)
    with scope_for(caseworker):
        assert BatchFault.objects.count() <= 4


def test_the_same_file_twice_is_one_batch_and_ended_another(caseworker, people_on_record):
    first = upload(caseworker, [RESIDENT])
    assert upload(caseworker, [RESIDENT]).pk == first.pk
    work(first)
    do(batches.cancel, first, caseworker)
    assert upload(caseworker, [RESIDENT]).pk != first.pk


def test_an_agency_has_so_many_at_once(caseworker, people_on_record, monkeypatch):
    monkeypatch.setattr(batches, "MOST_OPEN", 1)
    upload(caseworker, [RESIDENT])
    with pytest.raises(CaseError, match="not ended"):
        upload(caseworker, [MISTYPED])


def plain_connection():
    """A connection that knows nothing of Django."""
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "host", "port", "password")
    return psycopg.connect(**{name: parameters[name] for name in names if parameters.get(name)})


def agreement_is(status):
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_agreement SET status = %s", [status])


class TestStopping:
    """Nothing is asked while it rests, and it goes on behind the last row."""

    @pytest.fixture(autouse=True)
    def two_a_chunk(self, monkeypatch):
        monkeypatch.setattr(batch_work, "CHUNK", 2)

    def test_paused_between_chunks_it_goes_on_where_it_was(self, caseworker, people_on_record):
        batch = checked(caseworker, [nobody(1), RESIDENT, nobody(2), MISTYPED, nobody(3)])
        do(batches.start, batch, caseworker)
        assert batch_work.work_on(batch_id=batch.pk, clock=lambda: AT, seconds=0)
        do(batches.pause, batch, caseworker)
        assert work(batch).done == 2
        do(batches.resume, batch, caseworker)
        batch = work(batch)
        assert (batch.status, batch.done) == (BatchStatus.FINISHED, 5)
        assert counts() == (5, 5, 5)

    def test_cancelled_it_keeps_its_cases_and_loses_its_file(
        self, caseworker, people_on_record, place, django_capture_on_commit_callbacks
    ):
        batch = checked(caseworker, [nobody(1), RESIDENT, nobody(2)])
        do(batches.start, batch, caseworker)
        batch_work.work_on(batch_id=batch.pk, clock=lambda: AT, seconds=0)
        with django_capture_on_commit_callbacks(execute=True):
            do(batches.cancel, batch, caseworker)
        assert not list(place.rglob("*.csv"))
        assert work(batch).status == BatchStatus.CANCELLED
        assert counts() == (2, 2, 2)
        with pytest.raises(WrongStatus, match="ended"):
            do(batches.cancel, batch, caseworker)

    def test_what_ends_the_right_to_ask_pauses_it_with_that_sentence(
        self, caseworker, colleague, supervisor, people_on_record
    ):
        batch = checked(caseworker, [nobody(n) for n in range(6)])
        do(batches.start, batch, caseworker)
        batch_work.work_on(batch_id=batch.pk, clock=lambda: AT, seconds=0)
        agreement_is("suspended")
        batch = work(batch)
        assert (batch.status, batch.done) == (BatchStatus.PAUSED, 2)
        assert "suspended" in batch.why_stopped
        with pytest.raises(NoAgreement):
            do(batches.resume, batch, caseworker)
        agreement_is("in_force")
        do(batches.resume, batch, caseworker)
        User.objects.filter(pk=caseworker.pk).update(is_active=False)
        batch = work(batch)
        assert batch.status == BatchStatus.PAUSED
        assert "account" in batch.why_stopped
        do(batches.resume, batch, supervisor)
        batch = work(batch)
        assert (batch.status, batch.done) == (BatchStatus.FINISHED, 6)
        with system_scope():
            handlers = Case.objects.order_by("id").values_list("handled_by_id", flat=True)
            assert list(handlers) == [caseworker.pk] * 2 + [supervisor.pk] * 4

    def test_a_failure_of_ours_pauses_it_and_leaves_nothing_of_its_chunk(
        self, caseworker, people_on_record, place
    ):
        batch = checked(caseworker, [nobody(n) for n in range(4)])
        do(batches.start, batch, caseworker)
        batch_work.work_on(batch_id=batch.pk, clock=lambda: AT, seconds=0)
        [file] = place.rglob("*.csv")
        kept = file.read_bytes()
        file.unlink()
        batch = work(batch)
        assert (batch.status, batch.done) == (BatchStatus.PAUSED, 2)
        assert "neither asked nor charged" in batch.why_stopped
        file.write_bytes(kept)
        do(batches.resume, batch, caseworker)
        assert work(batch).status == BatchStatus.FINISHED
        assert counts() == (4, 4, 4)


def worker(documents):
    """A real worker, of its own process, on the database of this test, until its queue is empty."""
    known = connection.get_connection_params()
    where = urlencode({name: known[name] for name in ("host", "port") if known.get(name)})
    address = f"postgresql://{known['user']}@/{known['dbname']}?{where}"
    return subprocess.Popen(
        [sys.executable, "manage.py", "procrastinate", "worker", "--one-shot"],
        cwd=Path(__file__).parents[3],
        env={
            **os.environ,
            "DATABASE_URL": address,
            "DOCUMENTS_URL": documents.as_uri(),
            "DJANGO_SETTINGS_MODULE": "save_portal.settings",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_chunk_leaves_whole_chunks_and_doubles_nothing(
    tmp_path, place
):
    load_three_people(tmp_path)
    by = make_user("Dana", "general_user", agency=make_agency("CALHOUN"))
    people = [RESIDENT, *(nobody(n) for n in range(batch_work.CHUNK + 8)), MISTYPED, RESIDENT]
    batch = checked(by, people)
    do(batches.start, batch, by)
    assert batch_work.work_on(batch_id=batch.pk, clock=lambda: AT, seconds=0)
    with plain_connection() as other, plain_connection() as watch:
        watch.autocommit = True
        # Its cases are written by then, and it stands before writing what became of the rows.
        other.execute("LOCK TABLE verification_batchrow IN EXCLUSIVE MODE")
        killed = worker(place)
        waits = "SELECT FROM pg_locks WHERE relation = 'verification_batchrow'::regclass"
        until = time.monotonic() + 60
        while watch.execute(f"{waits} AND NOT granted").fetchone() is None:
            assert killed.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        killed.kill()
        assert killed.wait() == -signal.SIGKILL
        other.rollback()
    with system_scope():  # once the server has undone what it had begun
        assert Batch.objects.select_for_update().get(pk=batch.pk).done == batch_work.CHUNK
    assert counts() == (batch_work.CHUNK,) * 3
    assert batch_work.take_up_all() == 1  # what the minute does
    assert worker(place).wait(120) == 0
    batch = fresh(batch)
    assert (batch.status, batch.done, batch.found_open) == (BatchStatus.FINISHED, len(people), 1)
    assert counts() == (len(people) - 1, len(people) - 1, len(people))
    with system_scope():
        begun = AuditEvent.objects.filter(verb="case.initiated")
        assert begun.count() == begun.values("subject_id").distinct().count() == len(people) - 1
        lines = list(BatchRow.objects.order_by("line").values_list("line", flat=True))
    assert lines == list(range(2, len(people) + 2))


@contextmanager
def first_chunk_is_being_asked(*, batch):
    """Another worker has the first chunk, and is not through with it."""
    with plain_connection() as other:
        other.execute("SET LOCAL ROLE save_app")
        other.execute("SELECT set_config('save.scope', 'all', true)")
        other.execute(
            "SELECT FROM verification_batchchunk WHERE batch_id = %s ORDER BY starts_at LIMIT 1"
            " FOR UPDATE",
            [batch.pk],
        )
        yield
        other.rollback()


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_asks_the_next_chunk_and_results_stay_in_the_order_of_the_file(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(batch_work, "CHUNK", 2)
    load_three_people(tmp_path)
    by = make_user("Dana", "general_user", agency=make_agency("CALHOUN"))
    batch = checked(by, [nobody(1), RESIDENT, nobody(2), MISTYPED, nobody(3)])
    do(batches.start, batch, by)
    with first_chunk_is_being_asked(batch=batch):
        batch = work(batch)
        assert (batch.status, batch.done) == (BatchStatus.RUNNING, 3)
        # Whoever reads the results line by line must not pass over rows that come only later.
        assert results(batch, by) == []
        assert list(batch_results.export(batch, by=by, clock=lambda: AT)) == []
    batch = work(batch)
    assert (batch.status, batch.done) == (BatchStatus.FINISHED, 5)
    assert [result.row.line for result in results(batch, by)] == [2, 3, 4, 5, 6]
    assert counts() == (5, 5, 5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [batches.pause, batches.cancel])
def test_of_a_chunk_that_is_being_asked_while_somebody_stops_it_nothing_stays(
    tmp_path, monkeypatch, act
):
    load_three_people(tmp_path)
    by = make_user("Dana", "general_user", agency=make_agency("CALHOUN"))
    batch = checked(by, [RESIDENT, nobody(1)])
    do(batches.start, batch, by)
    ask = initial.initiate_all

    def stopped_meanwhile(**asked):
        begun = ask(**asked)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_a_thread, lambda: do(act, batch, by)).result(20)
        return begun

    monkeypatch.setattr(initial, "initiate_all", stopped_meanwhile)
    assert not batch_work.work_on(batch_id=batch.pk, clock=lambda: AT)
    assert counts() == (0, 0, 0)
    assert fresh(batch).status in (BatchStatus.PAUSED, BatchStatus.CANCELLED)
    assert fresh(batch).done == 0


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_ask_each_row_once(tmp_path, monkeypatch):
    monkeypatch.setattr(batch_work, "CHUNK", 3)
    load_three_people(tmp_path)
    by = make_user("Dana", "general_user", agency=make_agency("CALHOUN"))
    people = [nobody(n) for n in range(40)]
    batch = checked(by, [*people, *people[:5], RESIDENT])
    do(batches.start, batch, by)

    def some():
        while batch_work.work_on(batch_id=batch.pk, clock=lambda: AT):
            pass

    with ThreadPoolExecutor(4) as pool:
        for worked in [pool.submit(in_a_thread, some) for _ in range(4)]:
            worked.result(120)
    batch = work(batch)
    assert (batch.status, batch.done, batch.found_open) == (BatchStatus.FINISHED, 46, 5)
    assert (batch.confirmed, batch.unconfirmed, batch.refused) == (1, 45, 0)
    assert counts() == (41, 41, 46)


def test_rows_of_many_lines_are_paged_like_others(caseworker, people_on_record):
    addressed = {**nobody(1), "agency_reference": "one\n" + "\n" * 30 + "two"}
    batch = run(caseworker, [addressed, RESIDENT, addressed, MISTYPED])
    found, cursor = [], None
    with scope_for(caseworker):
        while True:
            page = results_of(batch, cursor=cursor, size=1)
            found += page.rows
            cursor = page.next
            if cursor is None:
                break
    assert [row.row_id for row in found] == ["R1", "R2", "R3", "R4"]
    assert [row.line for row in found] == [2, 34, 35, 67]


def in_a_thread(act):
    try:
        return act()
    finally:
        connections.close_all()


def queued():
    """What waits for a worker, in the order in which it is taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'batch_id')::bigint FROM procrastinate_jobs"
            " WHERE status = 'todo' AND task_name = %s ORDER BY priority DESC, id",
            [batches.TASK],
        )
        return [key for (key,) in cursor.fetchall()]


def test_a_small_batch_of_another_agency_is_asked_before_a_large_one_goes_on(
    caseworker, stranger, people_on_record, monkeypatch
):
    monkeypatch.setattr(batch_work, "CHUNK", 2)
    large = checked(caseworker, [nobody(n) for n in range(8)])
    do(batches.start, large, caseworker)
    forget_the_queue()
    assert batch_work.work_on(batch_id=large.pk, clock=lambda: AT, seconds=0)
    small = checked(stranger, [nobody(1)])
    do(batches.start, small, stranger)
    assert queued() == [small.pk, large.pk]


def forget_the_queue():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


class TestWho:
    """A batch is its agency's, and there of who may see it."""

    def test_the_own_ones_the_supervisors_all_and_nobody_elses(
        self, caseworker, colleague, supervisor, stranger, verifier, people_on_record
    ):
        batch = checked(caseworker, [RESIDENT])
        for person, sees in (
            (caseworker, True),
            (supervisor, True),
            (colleague, False),
            (stranger, False),
            (verifier, False),
        ):
            with scope_for(person):
                assert bool(batch_list(user=person, cursor=None).rows) is sees, person
                assert (batch_page(user=person, key=batch.key, cursor=None) is not None) is sees
        for person in (colleague, stranger):
            for act in (batches.start, batches.pause, batches.resume, batches.cancel):
                with pytest.raises(batches.NoSuchBatch):
                    do(act, batch, person)
        with pytest.raises(NotPermitted):
            do(batches.start, batch, verifier)

    def test_without_agreement_or_training_nothing_is_even_kept(self, caseworker, agency):
        newcomer = make_user("Nico", "general_user", agency=agency, trained=False)
        with pytest.raises(NotPermitted):
            upload(newcomer, [RESIDENT])
        agreement_is("suspended")
        with pytest.raises(NoAgreement):
            upload(caseworker, [RESIDENT])
        with system_scope():
            assert not Batch.objects.exists()

    def test_each_act_is_in_the_log_and_names_no_person(self, caseworker, people_on_record):
        batch = run(caseworker, [RESIDENT, nobody(1)])
        with system_scope():
            events = list(AuditEvent.objects.filter(subject_type="batch").order_by("id"))
        verbs = ["uploaded", "checked", "started", "finished"]
        assert [event.verb for event in events] == [f"batch.{verb}" for verb in verbs]
        assert {event.subject_id for event in events} == {str(batch.key)}
        assert "Arreola" not in str([event.data for event in events])
        mails = [m.payload for m in Message.objects.filter(topic="mail").order_by("id")]
        assert [mail["context"]["what"] for mail in mails] == ["ready to start", "finished"]

    def test_showing_and_exporting_what_a_record_said_is_disclosed(
        self, caseworker, people_on_record
    ):
        batch = run(caseworker, [RESIDENT, nobody(1)])
        found = list(batch_results.export(batch, by=caseworker, clock=lambda: AT))
        assert len(found) == 2
        with system_scope():
            shown = DisclosureEvent.objects.order_by("-id").first()
        assert shown.fields == ["class_of_admission"]
        assert shown.case_number == found[0].row.case.number


def test_a_page_of_it_takes_the_same_queries_with_one_row_and_many(
    caseworker, people_on_record, django_assert_num_queries
):
    one = run(caseworker, [nobody(0)])
    many = run(caseworker, [*(nobody(n) for n in range(1, 40)), {**RESIDENT, "benefit": "x"}])
    for batch in (one, many):
        with scope_for(caseworker), django_assert_num_queries(4):
            batch_page(user=caseworker, key=batch.key, cursor=None)


def test_files_that_nobody_goes_on_with_are_removed_and_rows_of_long_ago(
    caseworker, people_on_record, place, django_capture_on_commit_callbacks
):
    resting, done = checked(caseworker, [RESIDENT]), run(caseworker, [nobody(1)])
    assert batch_work.expire(at=AT + batch_work.RESTS_FOR) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert batch_work.expire(at=AT + batch_work.RESTS_FOR + timedelta(minutes=1)) == 1
    assert fresh(resting).status == BatchStatus.EXPIRED
    assert not list(place.rglob(f"*{resting.stored_as[-20:]}"))
    assert results(done, caseworker)
    batch_work.expire(at=AT + batch_work.ROWS_KEPT + timedelta(days=1))
    assert results(done, caseworker) == []
    assert counts()[0] == 1


def test_a_file_without_a_batch_is_swept_up_and_no_other(caseworker, people_on_record, place):
    batch = upload(caseworker, [RESIDENT])
    lost = (place / batch.stored_as).with_name("lost.csv")
    lost.write_bytes(b"row_id")
    assert batch_work.sweep(at=AT) == 0
    assert batch_work.sweep(at=AT + timedelta(days=1)) == 1
    assert not lost.exists()
    assert storing.documents().exists(batch.stored_as)


def test_the_log_of_a_row_asked_already_by_a_colleague_gives_that_case(
    caseworker, supervisor, people_on_record
):
    with scope_for(supervisor):
        case = initial.initiate(by=supervisor, at=AT, submission=resident())
    [result] = results(run(caseworker, [RESIDENT]), caseworker)
    assert result.row.case.number == case.number
    assert result.row.found_open
    assert counts() == (1, 1, 1)


STATUSES = [str(status) for status in BatchStatus.values]


def at_status(by, status):
    """A batch brought there by legal moves alone."""
    batch = upload(by, [RESIDENT])
    steps = {
        "checking": [],
        "rejected": ["reject"],
        "checked": ["accept"],
        "running": ["accept", "start"],
        "paused": ["accept", "start", "pause"],
        "finished": ["accept", "start", "finish"],
        "cancelled": ["cancel"],
        "expired": ["accept", "expire"],
    }[status]
    arguments = {"start": {}, "resume": {}, "reject": {"why": "x", "at": AT}}
    arguments["pause"] = arguments["reject"]
    with scope_for(by):
        for step in steps:
            getattr(batch, step)(**arguments.get(step, {"at": AT}))
            if step == "start":
                batch.asked_by, batch.started_at = by, AT
            batch.save()
    return batch


@pytest.mark.parametrize("status", STATUSES)
def test_the_database_takes_legal_moves_alone(caseworker, people_on_record, status):
    legal = {move.target.value for move in TRANSITIONS if status in move.sources} | {status}
    batch = at_status(caseworker, status)
    for target in STATUSES:
        moved = (
            "UPDATE verification_batch SET status = %s,"
            " ended_at = CASE WHEN %s THEN coalesce(ended_at, now()) END,"
            " asked_by_id = created_by_id, started_at = now() WHERE id = %s"
        )
        values = [target, target in map(str, ENDED), batch.pk]
        with system_scope():
            point = transaction.savepoint()
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(moved, values)
                taken = True
            except Error:
                taken = False
            transaction.savepoint_rollback(point)
        assert taken is (target in legal), target


@pytest.mark.parametrize("status", STATUSES)
def test_each_act_is_done_or_refused_as_the_life_cycle_says(caseworker, people_on_record, status):
    acts = {"start": batches.start, "pause": batches.pause}
    acts |= {"resume": batches.resume, "cancel": batches.cancel}
    for name, act in acts.items():
        batch = at_status(caseworker, status)
        if name in acts_of(batch):
            assert do(act, batch, caseworker).status != status
        else:
            with pytest.raises(WrongStatus):
                do(act, batch, caseworker)
            assert fresh(batch).status == status
        if not fresh(batch).is_ended:
            do(batches.cancel, batch, caseworker)


def test_a_batch_never_goes_back_and_is_never_deleted(caseworker, people_on_record):
    batch = run(caseworker, [RESIDENT])
    for statement in (
        "UPDATE verification_batch SET done = 0 WHERE id = %s",
        "UPDATE verification_batchchunk SET is_done = false WHERE batch_id = %s",
        "DELETE FROM verification_batch WHERE id = %s",
        "UPDATE verification_batchrow SET line = 9 WHERE batch_id = %s",
    ):
        with (
            pytest.raises(Error),
            system_scope(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [batch.pk])
