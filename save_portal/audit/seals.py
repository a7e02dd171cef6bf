"""Sealing the logs, and checking them.

Writers never wait: ids are given out in the order in which rows come, but transactions end in any
order, so a row with a smaller id may still be on its way. A seal therefore reaches only as far as
ids had been given out at an earlier moment, and only once every transaction that was under way at
that moment is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from save_portal.accounts.tenancy import whole_scope
from save_portal.audit.digests import FIRST, LOGS, Log, SealDigest, instant, row_digest
from save_portal.audit.models import AuditSeal, SealMark

_ONE_SEALER = 7_250_816_401  # names the lock, nothing else
CHUNK = 5_000


def seal(at: datetime) -> int:
    """Seals what can be sealed of each log, and marks how far the next seal may reach.

    The number of seals made. What is written while it runs is left to the next one.
    """
    made = 0
    for log in LOGS:
        # The mark is set and looked at in two transactions: a transaction is in its own way.
        _mark(log)
        with whole_scope():
            made += _seal_log(log, at)
    return made


def _mark(log: Log) -> None:
    with whole_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_SEALER])
        # First the id, then the horizon: who took an id up to this one began before it.
        cursor.execute(
            f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {log.table}_id_seq"  # noqa: S608
        )
        (last_id,) = cursor.fetchone()
        cursor.execute(
            "SELECT pg_snapshot_xmin(now.it)::text::bigint, pg_snapshot_xmax(now.it)::text::bigint"
            " FROM (SELECT pg_current_snapshot() AS it) AS now"
        )
        oldest_running, horizon = cursor.fetchone()
        mark = SealMark.objects.filter(log=log.name).first()
        # A mark beyond the horizon comes from another server's counting: the log was moved.
        if (
            mark is None
            or mark.horizon > horizon
            or (oldest_running >= mark.horizon and not _pending(log, mark))
        ):
            SealMark.objects.update_or_create(
                log=log.name, defaults={"last_id": last_id, "horizon": horizon}
            )


def _pending(log: Log, mark: SealMark) -> bool:
    """Whether rows up to the mark are still to be sealed."""
    last = AuditSeal.objects.filter(log=log.name).order_by("-number").first()
    return next(_rows(log, last.last_id if last else 0, mark.last_id), None) is not None


def _seal_log(log: Log, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_SEALER])
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (oldest_running,) = cursor.fetchone()
    mark = SealMark.objects.get(log=log.name)
    if oldest_running < mark.horizon:
        return 0
    last = AuditSeal.objects.filter(log=log.name).order_by("-number").first()
    after = last.last_id if last else 0
    digest, first_id, last_id = SealDigest(), None, after
    for values, stored in _rows(log, after, mark.last_id):
        last_id = int(values[0] or 0)
        first_id = first_id or last_id
        digest.add(stored)
    if first_id is None:
        return 0
    number = last.number + 1 if last else 1
    previous = last.digest if last else FIRST
    AuditSeal.objects.create(
        log=log.name,
        number=number,
        first_id=first_id,
        last_id=last_id,
        rows=digest.rows,
        at=at,
        previous=previous,
        digest=digest.close(
            log=log.name,
            number=number,
            first_id=first_id,
            last_id=last_id,
            at=at,
            previous=previous,
        ),
    )
    return 1


def _rows(
    log: Log, after: int, up_to: int | None = None
) -> Iterator[tuple[tuple[str | None, ...], str]]:
    """The rows of a log in order, as the texts of the digest and the digest that is stored."""
    columns = ", ".join(log.text_of(column) for column in log.columns)
    # The table is named in the order: a bare "id" would mean the column of texts that is read.
    query = (
        f"SELECT {columns}, digest FROM {log.table}"  # noqa: S608  names of our own
        " WHERE id > %s AND (%s::bigint IS NULL OR id <= %s::bigint)"
        f" ORDER BY {log.table}.id LIMIT %s"
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [after, up_to, up_to, CHUNK])
            found = cursor.fetchall()
        for *values, digest in found:
            yield tuple(values), digest
        if len(found) < CHUNK:
            return
        after = int(found[-1][0])


@dataclass(slots=True)
class Verdict:
    """What checking a log found. `problems` is empty when nothing was touched."""

    log: str
    rows: int = 0
    seals: int = 0
    unsealed_rows: int = 0
    head: str = FIRST
    problems: list[str] = field(default_factory=list)


class Checker:
    """Recomputes each digest and each seal of a log; hands what it reads to `export`."""

    def __init__(self, log: Log, export: Any = None) -> None:
        self.log = log
        self.verdict = Verdict(log.name)
        self._export = export or (lambda line: None)
        self._seals = list(AuditSeal.objects.filter(log=log.name).order_by("number"))
        self._digest = SealDigest()
        self._bounds: list[int] = []

    def run(self) -> Verdict:
        verdict, position = self.verdict, 0
        for values, stored in _rows(self.log, 0):
            verdict.rows += 1
            number = int(values[0] or 0)
            self._export(
                {"log": self.log.name, "row": dict(zip(self.log.columns, values, strict=True))}
                | {"digest": stored}
            )
            computed = row_digest(values)
            if computed != stored:
                self._problem(f"row {number}: its content does not match its digest")
            while position < len(self._seals) and number > self._seals[position].last_id:
                self._close(position)
                position += 1
            if position == len(self._seals):
                verdict.unsealed_rows += 1
            else:
                self._digest.add(computed)
                self._bounds = [*self._bounds[:1], number]
        for left in range(position, len(self._seals)):
            self._close(left)
        return verdict

    def _problem(self, sentence: str) -> None:
        self.verdict.problems.append(f"{self.log.name} {sentence}")

    def _close(self, position: int) -> None:
        seal = self._seals[position]
        verdict, digest, bounds = self.verdict, self._digest, self._bounds
        self._digest, self._bounds = SealDigest(), []
        verdict.seals += 1
        self._export(
            {
                "log": self.log.name,
                "seal": seal.number,
                "first_id": seal.first_id,
                "last_id": seal.last_id,
                "rows": seal.rows,
                "at": instant(seal.at),
                "previous": seal.previous,
                "digest": seal.digest,
            }
        )
        if seal.number != position + 1:
            self._problem(f"seal {position + 1}: missing")
        if seal.previous != verdict.head:
            self._problem(f"seal {seal.number}: does not follow from the seal before it")
        if digest.rows != seal.rows:
            self._problem(
                f"seal {seal.number}: {seal.rows} rows were sealed from {seal.first_id} to "
                f"{seal.last_id}, {digest.rows} are there"
            )
        elif bounds and (bounds[0], bounds[-1]) != (seal.first_id, seal.last_id):
            self._problem(f"seal {seal.number}: rows at its ends are not those sealed")
        computed = digest.close(
            log=seal.log,
            number=seal.number,
            first_id=seal.first_id,
            last_id=seal.last_id,
            at=seal.at,
            previous=seal.previous,
        )
        if computed != seal.digest:
            self._problem(f"seal {seal.number}: its rows or itself were changed")
        verdict.head = seal.digest


def check(export: Any = None) -> list[Verdict]:
    """Checks both logs; `export` gets every row and seal as a dictionary, in order."""
    with whole_scope():
        return [Checker(log, export).run() for log in LOGS]
