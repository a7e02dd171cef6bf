"""The one place where the federal records are asked: in a sandbox, its published people instead."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from django.db import connection

from save_portal.accounts.tenancy import is_sandbox
from verification.records import search
from verification.records.reading import Records, from_one_index
from verification.sandbox import records as sandbox_records
from verification.sandbox.people import who

Answered = TypeVar("Answered")
SLOW_LOCK = 7002  # with the sandbox: one slow question at a time


def ask(agency_id: int, question: Callable[[Records], Answered], *, today: date) -> Answered:
    """What `question` makes of the records that answer for the agency on the day."""
    if is_sandbox(agency_id):
        return question(sandbox_records.SandboxRecords(today))
    return from_one_index(question)


def wait_for_slow(agency_id: int, asked: Iterable[object]) -> None:
    """In a sandbox: the time that the sources take for a published person who shows it.

    One at a time holds up a process; what is asked meanwhile is answered at once.
    """
    if not is_sandbox(agency_id):
        return
    seconds = max((person.seconds for one in asked if (person := who(one))), default=0)
    if not seconds:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SLOW_LOCK, agency_id % 2**31])
        (alone,) = cursor.fetchone()
    if alone:
        time.sleep(seconds)


def photo(photo_id: int) -> tuple[bytes, str]:
    """A returned photo and its media type. Those of a sandbox have negative keys."""
    return sandbox_records.photo(photo_id) if photo_id < 0 else search.photo(photo_id)
