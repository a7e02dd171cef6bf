"""The VIS index: from each identifier to the records that hold it, kept up by what changed (S8).

Readers come by the index alone. So the one transaction that takes in what was loaded is also the
instant at which it begins to answer, for all systems at once.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from verification.records import joining, namebook
from verification.records.loading import LOCK
from verification.records.models import SourceUpload

MANY = 100_000  # versions that came at once
# A version that a newer one replaced, or that a full file closed, answers no more.
FORGET = """
DELETE FROM records_indexentry entry USING records_sourcerecord old
WHERE entry.record_pk = old.id AND old.replaced_in > %s AND old.replaced_in <= %s
"""

# In the order of the index, so that a large upload fills its pages one after the other. A record
# may have one number in two columns.
ENTRIES = """
INSERT INTO records_indexentry (value, kind, record_pk)
SELECT DISTINCT entry.value, entry.kind, record.id
FROM records_sourcerecord record
CROSS JOIN LATERAL (VALUES {identifiers}) AS entry(kind, value)
WHERE record.id BETWEEN {first} AND {last} AND record.upload_id = {upload}
    AND record.replaced_in IS NULL AND record.closed_at IS NULL AND entry.value <> ''
ORDER BY entry.value, entry.kind, record.id
"""

NOTE_BUILD = """
INSERT INTO records_indexbuild (upload_id, records, entries, as_of)
SELECT %(upto)s, %(records)s, %(entries)s, jsonb_object_agg(system, day) FROM (
    SELECT system, to_char(max(as_of), 'YYYY-MM-DD') AS day
    FROM records_sourceupload WHERE id <= %(upto)s GROUP BY system) AS newest
"""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a bringing-up-to-date did."""

    records: int
    entries: int
    uploads: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def build(progress: Callable[[int, int], None] | None = None) -> BuildResult:
    """Take into the index what was loaded since the last time. All of it, or nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        cursor.execute("SELECT coalesce(max(upload_id), 0) FROM records_indexbuild")
        after = cursor.fetchone()[0]
        uploads = list(SourceUpload.objects.filter(pk__gt=after).order_by("pk"))
        if not uploads:
            return BuildResult(0, 0, 0)
        records = sum(upload.inserted + upload.updated + upload.closed for upload in uploads)
        done = entries = 0
        if progress:
            progress(0, records)
        if after:
            # One look into the index for each replaced version, never a pass over all of it.
            cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
            cursor.execute(FORGET, [after, uploads[-1].pk])
            joining.forget(cursor, uploads, after=after)
            cursor.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")
        for upload in uploads:
            entries += _enter(cursor, upload)
            done += upload.inserted + upload.updated + upload.closed
            if progress:
                progress(done, records)
        unlike_before = not after or records >= MANY
        if unlike_before:  # the statistics know nothing of these rows
            cursor.execute(
                "ANALYZE records_sourcerecord (id, system, record_id, replaced_in, upload_id)"
            )
            cursor.execute("ANALYZE records_indexentry")
        # Behind all entries: of a pair of new records either may have come first.
        joining.join(cursor, uploads, after=after)
        if unlike_before:
            cursor.execute("ANALYZE records_chainjoin")
        cursor.execute(NOTE_BUILD, {"upto": uploads[-1].pk, "records": records, "entries": entries})
    return BuildResult(records, entries, len(uploads))


def _enter(cursor: CursorWrapper, upload: SourceUpload) -> int:
    """Enter the identifiers of the versions that one upload brought; the number of entries."""
    if upload.first_row is None:
        return 0
    if upload.system in namebook.WHO_KNOWS_PEOPLE:
        namebook.note(cursor, upload=upload.pk, first=upload.first_row, last=upload.last_row or 0)
    cursor.execute(
        sql.SQL(ENTRIES).format(
            identifiers=joining.identifiers(upload.columns),
            first=sql.Literal(upload.first_row),
            last=sql.Literal(upload.last_row),
            upload=sql.Literal(upload.pk),
        )
    )
    return int(cursor.rowcount)
