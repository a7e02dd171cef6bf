"""Whether each system's uploads come as they should: their age, their rejects, their drift (S8).

A stale system must not make the portal say that somebody has no record: what it does not know may
be in the upload that did not come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from verification.records.models import IndexBuild
from verification.records.systems import SYSTEMS, System

if TYPE_CHECKING:
    from verification.records.answer import Uploads

MISSED = 3  # uploads in a row that may be missing before a system counts as unavailable
GRACE = timedelta(hours=12)  # that an upload may be late before anybody is told
HISTORY = 30  # earlier uploads that the newest is compared with
FEWEST = 5  # of them, below which there is nothing to compare with
REJECTS = 0.01  # share of rejected rows that is always worth a look
DRIFT = 0.10  # share by which what changed may always differ from the usual


def allowed_days(system: System) -> int | None:
    """For how many days a system's newest upload answers; None where nothing is expected.

    `SOURCE_MAX_AGE_DAYS` says it for each system. A demonstration's world does not age.
    """
    if system.name in settings.SOURCE_MAX_AGE_DAYS:
        return int(settings.SOURCE_MAX_AGE_DAYS[system.name])
    if settings.DEMO or system.every_days is None:
        return None
    return system.every_days * MISSED


def unavailable_systems(uploads: Uploads, *, today: date) -> frozenset[str]:
    """The systems that cannot say that somebody is not on record.

    They are too old, or expected and never came. One without a day has sent nothing that counts.
    """
    came = dict(uploads)
    found = {name for name, day in uploads if not day}
    for name, system in SYSTEMS.items():
        days = allowed_days(system)
        if days is None or name in found:
            continue
        if name not in came or (today - date.fromisoformat(came[name])).days > days:
            found.add(name)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Upload:
    """One file taken over: when, of which day, and how many rows became what."""

    number: int
    as_of: datetime
    loaded_at: datetime
    full: bool
    read: int
    inserted: int
    updated: int
    unchanged: int
    closed: int
    rejected: int

    @property
    def rejected_share(self) -> float:
        return self.rejected / self.read if self.read else 0.0

    @property
    def changed_share(self) -> float:
        return (self.inserted + self.updated + self.closed) / max(self.read + self.closed, 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """What somebody has to look at. `event` names it for good: one message for each event."""

    kind: str  # missing, late, stale, rejects, drift
    system: str
    sentence: str
    event: str


@dataclass(frozen=True, slots=True)
class SystemState:
    """How one system stands."""

    system: System
    records: int
    uploads: tuple[Upload, ...]  # newest first
    indexed: bool  # whether the newest upload is in the index
    problems: tuple[Problem, ...]

    @property
    def newest(self) -> Upload | None:
        return self.uploads[0] if self.uploads else None

    @property
    def usual_changed_share(self) -> float | None:
        """Which share of the rows changes something in such an upload; None without a history."""
        alike = _alike(self.uploads[0], self.uploads[1:]) if self.uploads else []
        return median(each.changed_share for each in alike) if alike else None


NEWEST = """
SELECT system, id, as_of, loaded_at, "full", rows_read, inserted, updated, unchanged, closed,
    rejected, records
FROM (
    SELECT *, row_number() OVER (PARTITION BY system ORDER BY id DESC) AS place,
        sum(inserted) OVER (PARTITION BY system)::bigint AS records
    FROM records_sourceupload) AS upload
WHERE place <= %s ORDER BY system, id DESC
"""


def states(*, at: datetime) -> list[SystemState]:
    """Every system, in the order of the registry. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [HISTORY + 1])
        rows = cursor.fetchall()
    built = IndexBuild.objects.order_by("-pk").values_list("upload_id", flat=True).first() or 0
    found = []
    for system in SYSTEMS.values():
        own = [row for row in rows if row[0] == system.name]
        uploads = tuple(Upload(*row[1:11]) for row in own)
        found.append(
            SystemState(
                system=system,
                records=own[0][11] if own else 0,
                uploads=uploads,
                indexed=bool(uploads) and uploads[0].number <= built,
                problems=problems(system, uploads, at=at, in_use=bool(rows)),
            )
        )
    return found


def problems(
    system: System, uploads: Sequence[Upload], *, at: datetime, in_use: bool
) -> tuple[Problem, ...]:
    """What is wrong with a system's uploads, newest first. Pure but for the settings.

    `in_use` tells whether the portal has any upload yet; before that none is missed.
    """
    days = allowed_days(system)
    if not uploads:
        if days is None or not in_use:
            return ()
        sentence = f"{system.name} has never sent an upload."
        return (Problem("missing", system.name, sentence, "never"),)
    found = []
    newest, earlier = uploads[0], uploads[1:]
    if days is not None:
        of_day = max(upload.as_of for upload in uploads).date()
        if (at.date() - of_day).days > days:
            sentence = (
                f"{system.name} speaks of {of_day:%B %-d, %Y} and is too old to answer. Where it "
                "matters, initial verification says that the source is unavailable."
            )
            found.append(Problem("stale", system.name, sentence, f"{of_day:%Y-%m-%d}"))
        due = newest.loaded_at + timedelta(days=system.every_days or days) + GRACE
        if at > due:
            sentence = f"{system.name} should have sent an upload by {due:%B %-d, %Y, %H:%M} UTC."
            found.append(Problem("late", system.name, sentence, str(newest.number)))
    for kind, sentence in (
        ("rejects", rejects(newest, earlier)),
        ("drift", drift(newest, earlier)),
    ):
        if sentence:
            found.append(
                Problem(kind, system.name, f"{system.name}: {sentence}", str(newest.number))
            )
    return tuple(found)


def rejects(newest: Upload, earlier: Sequence[Upload]) -> str:
    """A sentence when more rows were rejected than is usual; else nothing."""
    usual = median(each.rejected_share for each in earlier) if len(earlier) >= FEWEST else 0.0
    if newest.rejected_share <= max(REJECTS, 3 * usual):
        return ""
    return (
        f"{newest.rejected:,} of {newest.read:,} rows were rejected "
        f"({newest.rejected_share:.1%}; usual are {usual:.1%})."
    )


def drift(newest: Upload, earlier: Sequence[Upload]) -> str:
    """A sentence when an upload is unlike the system's own earlier ones of its kind."""
    alike = _alike(newest, earlier)
    if not alike:
        return ""
    rows = median(each.read for each in alike)
    if newest.read < rows / 2 or newest.read > rows * 2:
        return f"{newest.read:,} rows came where {rows:,.0f} are usual."
    usual = median(each.changed_share for each in alike)
    spread = median(abs(each.changed_share - usual) for each in alike)
    if abs(newest.changed_share - usual) > max(DRIFT, 5 * spread):
        return f"{newest.changed_share:.0%} of the rows changed something; usual are {usual:.0%}."
    return ""


def _alike(newest: Upload, earlier: Sequence[Upload]) -> list[Upload]:
    """The earlier uploads of its kind, full or delta; none while they are too few."""
    alike = [each for each in earlier if each.full == newest.full]
    return alike if len(alike) >= FEWEST else []
