"""The log only grows, and shows when somebody touched it behind the portal's back."""

import json
import re
import subprocess
import sys
import threading
import time
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from save_portal import audit
from save_portal.accounts.tenancy import agency_scope, system_scope
from save_portal.audit import seals
from save_portal.audit.models import AuditEvent, AuditSeal, DisclosureEvent
from tests.conftest import AT


def note(number: int = 1, **changes) -> None:
    audit.record(
        "tried",
        **{"by": None, "at": AT, "subject_type": "test", "subject_id": number, **changes},
    )


def verify(**options) -> tuple[int, dict]:
    out, code = StringIO(), 0
    try:
        call_command("verify_audit", json=True, stdout=out, **options)
    except SystemExit as end:
        code = end.code
    return code, json.loads(out.getvalue())


def seal_now() -> int:
    """Seals, once the transactions of other databases of the server are out of the way too."""
    deadline = time.monotonic() + 90
    while not (made := seals.seal(AT)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return made


def tamper(statement: str, table: str = "audit_auditevent") -> None:
    """What an owner of the tables could do, past the triggers and the fence."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def test_an_event_keeps_who_did_what_to_what(caseworker):
    note(by=caseworker, agency_id=caseworker.agency_id, data={"from": "a", "on": AT.date()})
    with agency_scope(caseworker.agency_id):
        event = AuditEvent.objects.get(verb="tried")
    assert (event.actor_id, event.actor_name, event.at) == (caseworker.pk, "Dana Tester", AT)
    assert event.data == {"from": "a", "on": "2026-11-20"}
    assert len(event.digest) == 64


def test_a_disclosure_keeps_which_fields_of_whom_were_shown_and_why(caseworker):
    audit.disclose(
        by=caseworker,
        at=AT,
        agency_id=caseworker.agency_id,
        person_ref="CIS:C1",
        fields={"family_name", "date_of_birth"},
        purpose="snap",
        case_number="0000000000000AA",
    )
    with agency_scope(caseworker.agency_id):
        event = DisclosureEvent.objects.get()
    assert event.fields == ["date_of_birth", "family_name"]
    assert event.person_ref == "CIS:C1"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET verb = 'x'",
        "DELETE FROM audit_auditevent",
        "SET LOCAL save.allow_flush = 'off'; TRUNCATE audit_auditevent",
    ],
)
def test_no_statement_changes_a_row_not_even_the_owner_s(db, statement):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent NO FORCE ROW LEVEL SECURITY")
    note()
    with (
        pytest.raises(DatabaseError, match=r"Cannot (update or delete|truncate)"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_event_goes_with_the_act_that_failed(db):
    with transaction.atomic():
        note()
        transaction.set_rollback(True)
    with system_scope():
        assert not AuditEvent.objects.filter(verb="tried").exists()


@pytest.mark.django_db(transaction=True)
class TestSealing:
    def test_the_whole_log_is_sealed_and_whole(self):
        for number in range(3):
            note(number)
        assert seal_now() == 1
        note(3)
        assert seal_now() == 1
        assert seals.seal(AT) == 0
        note(4)
        code, found = verify()
        assert (code, found["ok"]) == (0, True)
        events = found["logs"][0]
        assert (events["rows"], events["seals"], events["unsealed_rows"]) == (5, 2, 1)

    def test_more_than_ten_rows_are_sealed_in_the_order_of_their_numbers(self):
        for number in range(120):
            note(number)
        assert seal_now() == 1
        code, found = verify()
        assert (code, found["ok"]) == (0, True)
        assert (found["logs"][0]["rows"], found["logs"][0]["unsealed_rows"]) == (120, 0)

    @pytest.mark.parametrize(
        ("statement", "finding"),
        [
            ("UPDATE audit_auditevent SET verb = 'x' WHERE subject_id = '1'", "its content"),
            ("UPDATE audit_auditevent SET data = '{\"a\": 1}' WHERE subject_id = '1'", "content"),
            ("DELETE FROM audit_auditevent WHERE subject_id = '1'", "2 are there"),
            ("DELETE FROM audit_auditevent", "0 are there"),
        ],
    )
    def test_a_row_touched_past_the_triggers_is_found(self, statement, finding):
        for number in range(3):
            note(number)
        seal_now()
        tamper(statement)
        code, found = verify()
        assert code == 1
        assert any(finding in problem for problem in found["logs"][0]["problems"])

    def test_a_row_with_a_digest_made_to_fit_breaks_the_seal(self):
        note(1)
        seal_now()
        with system_scope():
            ((values, _),) = seals._rows(seals.LOGS[0], 0)
        forged = [("x" if value == "tried" else value) for value in values]
        tamper(
            "UPDATE audit_auditevent SET verb = 'x', digest = "
            f"'{seals.row_digest(forged)}' WHERE subject_id = '1'"
        )
        code, found = verify()
        assert code == 1
        assert found["logs"][0]["problems"] == ["event seal 1: its rows or itself were changed"]

    def test_a_seal_that_is_taken_out_is_missed(self):
        for number in range(3):
            note(number)
            seal_now()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_auditseal DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM audit_auditseal WHERE number = 2")
            cursor.execute("ALTER TABLE audit_auditseal ENABLE TRIGGER USER")
        assert verify()[0] == 1

    def test_a_row_still_on_its_way_is_waited_for_and_nobody_waits_for_the_seal(self):
        written, finish = threading.Event(), threading.Event()

        def slow_writer():
            with transaction.atomic():
                note(1)
                written.set()
                finish.wait(10)
            connection.close()

        writer = threading.Thread(target=slow_writer)
        writer.start()
        assert written.wait(10)
        note(2)
        assert seals.seal(AT) == 0
        finish.set()
        writer.join()
        assert seal_now() == 1
        assert AuditSeal.objects.get().rows == 2
        assert verify()[0] == 0

    def test_the_script_of_the_security_page_checks_an_export_with_nothing_of_ours(self, tmp_path):
        for number in range(3):
            note(number, data={"ø": [1, None]})
        seal_now()
        export = tmp_path / "log.jsonl"
        verify(export=export)
        page = (settings.BASE_DIR / "SECURITY.md").read_text(encoding="utf-8")
        script = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]

        def checked(content: str) -> subprocess.CompletedProcess[str]:
            export.write_text(content, encoding="utf-8")
            return subprocess.run(
                # -I: nothing of the project, nor of its environment
                [sys.executable, "-I", "-c", script, str(export)],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )

        whole = export.read_text(encoding="utf-8")
        told = checked(whole)
        assert told.returncode == 0, told.stderr
        assert f"event: whole, head {AuditSeal.objects.get().digest}, 0 rows after" in told.stdout
        touched = whole.replace('"tried"', '"slept"', 1)
        assert touched != whole
        assert "line 1: content and digest differ" in checked(touched).stderr
        lines = whole.splitlines(keepends=True)
        assert "content and digest differ" in checked("".join(lines[1:])).stderr
