"""The VIS index: from each identifier to the records that hold it, kept up by what changed (S8)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction

from verification.records.loading import LOCK
from verification.records.models import IndexBuild

# Every identifier of every changed record. A passport number is one together with its country;
# a certificate is of citizenship when the form is an N-600, else of naturalization.
ENTRIES = """
INSERT INTO records_indexentry (kind, value, record_pk)
SELECT DISTINCT entry.kind, entry.value, record.id
FROM records_sourcerecord record
CROSS JOIN LATERAL (VALUES
    ('a_number', record.a_number),
    ('a_number', record.own ->> 'consolidated_to'),
    ('i94', record.own ->> 'i94_number'),
    ('sevis', record.own ->> 'sevis_id'),
    ('card', record.own ->> 'card_number'),
    ('card', record.own ->> 'receipt_number'),
    ('naturalization', record.own ->> 'naturalization_certificate'),
    ('citizenship', record.own ->> 'citizenship_certificate'),
    (CASE WHEN record.own ->> 'form' LIKE 'N-600%%' THEN 'citizenship' ELSE 'naturalization' END,
     record.own ->> 'certificate_number'),
    ('passport', (record.own ->> 'passport_country') || ':' || (record.own ->> 'passport_number')),
    ('visa', record.own ->> 'visa_number')
) AS entry(kind, value)
WHERE record.upload_id > %(after)s AND record.upload_id <= %(upto)s
    AND record.closed_at IS NULL AND entry.value <> ''
"""

FORGET = """
DELETE FROM records_indexentry USING records_sourcerecord record
WHERE records_indexentry.record_pk = record.id
    AND record.upload_id > %(after)s AND record.upload_id <= %(upto)s
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
        cursor.execute("SELECT coalesce(max(upload_id), 0) FROM records_indexbuild")
        after = cursor.fetchone()[0]
        cursor.execute(
            "SELECT coalesce(max(id), 0), count(*) FROM records_sourceupload WHERE id > %s",
            [after],
        )
        upto, uploads = cursor.fetchone()
        if not uploads:
            return BuildResult(0, 0, 0)
        span = {"after": after, "upto": upto}
        cursor.execute(
            "SELECT count(*) FROM records_sourcerecord"
            " WHERE upload_id > %(after)s AND upload_id <= %(upto)s",
            span,
        )
        records = cursor.fetchone()[0]
        if progress:
            progress(0, records)
        if after:
            cursor.execute(FORGET, span)
        cursor.execute(ENTRIES, span)
        entries = cursor.rowcount
        IndexBuild.objects.create(upload_id=upto, records=records, entries=entries)
        if progress:
            progress(records, records)
    if records > 1000:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE records_sourcerecord, records_indexentry")
    return BuildResult(records, entries, uploads)
