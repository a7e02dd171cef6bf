"""`Idempotency-Key`: a request that is sent again gets the answer of the first one.

The answer is a row of the request's own transaction, so it is there exactly when the act is. Only
answers that changed something are kept: what was refused may be corrected and sent again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from save_portal.machines.answers import Answer
from save_portal.machines.models import Client, KeptAnswer
from save_portal.machines.problems import Problem, problem

KEPT_FOR = timedelta(days=7)
KEY = re.compile(r"[\x21-\x7e]{1,255}")


def key_of(header: str | None) -> str | None:
    """The key, with or without the quotation marks of a structured field; None without one."""
    if header is None:
        return None
    key = header.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not KEY.fullmatch(key):
        raise problem(
            "malformed-request",
            "An Idempotency-Key has 1 to 255 visible ASCII characters; a UUID is a good one.",
        )
    return key


def question(method: str, path: str, data: Any, files: dict[str, str]) -> str:
    """A digest of what is asked, whatever the order of the keys in it."""
    text = json.dumps([method, path, data, files], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def once(
    key: str, asked: str, *, client: Client, at: datetime, act: Callable[[], Answer]
) -> Answer:
    """The answer of `act`, or the kept one of an earlier request. Inside the scope's transaction.

    The lock is the transaction's: it goes with a process that is killed.
    """
    with connection.cursor() as cursor:
        # In plain SQL, like the writing below: every POST comes this way.
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s), kept.question, kept.status, kept.headers,"
            " kept.body FROM (VALUES (true)) one"
            " LEFT JOIN machines_keptanswer kept ON kept.client_id = %s AND kept.key = %s",
            [_lock_number(client, key), client.pk, key],
        )
        locked, *kept = cursor.fetchone()
    if not locked:
        raise in_progress()
    if kept[0] is not None:
        question, status, headers, body = kept
        if question != asked:
            raise problem(
                "key-used-for-another-request",
                "This Idempotency-Key was used for a request with other content.",
            )
        headers = json.loads(headers) | {"Idempotency-Replayed": "true"}
        return Answer(body.encode(), status=status, headers=headers)
    answer = act()
    answer.content = answer.body()  # written out once, for the row and for the response
    # The first sending may have ended after this statement began and before it had the lock: then
    # its answer was not seen, and is there now. What was done here is undone with this refusal.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO machines_keptanswer"
            " (agency_id, client_id, key, question, status, headers, body, at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                client.agency_id,
                client.pk,
                key,
                asked,
                answer.status,
                json.dumps(answer.headers),
                answer.content.decode(),
                at,
            ],
        )
        was_first = cursor.rowcount == 1
    if not was_first:
        raise in_progress()
    return answer


def in_progress() -> Problem:
    """The problem of a request whose first sending has not ended."""
    return problem(
        "request-in-progress",
        "A request with this Idempotency-Key is being worked on.",
        headers={"Retry-After": "1"},
    )


def forget(*, at: datetime) -> int:
    """Remove what nobody repeats any more; how many answers. Runs in the scope of the system."""
    removed, _ = KeptAnswer.objects.filter(at__lt=at - KEPT_FOR).delete()
    return removed


def _lock_number(client: Client, key: str) -> int:
    digest = hashlib.sha256(f"{client.pk}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
