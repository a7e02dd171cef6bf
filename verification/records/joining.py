"""Which record hangs on which in the chain of S8.3, kept up with the index and in its transaction.

A pair is made when the second of its records is taken in, whichever that is, and goes with the
version of either that is replaced or closed. So the order of uploads changes nothing, a correction
unlinks and links anew, and a day's work is the day's changes. Whose records they are is not settled
here: a petition is for many people (search.py).
"""

from collections.abc import Collection, Iterator, Sequence

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from verification.records.chain import RULES
from verification.records.held import OWN_IDENTIFIERS
from verification.records.models import SourceUpload

SYSTEMS = frozenset().union(*(rule.earlier | rule.later for rule in RULES))
# What finds more records to hang on has a number that is nobody's: zeros, say.
MOST_EARLIER = 60

FORGET = """
DELETE FROM records_chainjoin joined USING records_sourcerecord old
WHERE joined.{end} = old.id AND old.replaced_in > %s AND old.replaced_in <= %s
    AND old.system = ANY(%s)
"""
# From the new records of one side to all of the other that are in the index, or to those that were
# there before: so each pair is found once, and from the side that has fewer where both are new. A
# record may have one number in two columns. Step by step, each before the next: left to choose,
# PostgreSQL may begin with the other side and pass over the whole upload for each record of it.
JOIN = """
INSERT INTO records_chainjoin (kind, later_pk, earlier_pk)
WITH number AS MATERIALIZED (
    SELECT mine.id, own.value
    FROM records_sourcerecord mine
    CROSS JOIN LATERAL (VALUES {identifiers}) AS own(kind, value)
    WHERE mine.id BETWEEN {first} AND {last} AND mine.upload_id = {upload}
        AND mine.replaced_in IS NULL AND mine.closed_at IS NULL AND own.value <> ''
), held AS MATERIALIZED (
    SELECT number.id, entry.record_pk
    FROM number
    JOIN records_indexentry entry ON entry.value = number.value AND entry.kind = {theirs}
)
SELECT {kind}, later, earlier
FROM (
    SELECT {later} AS later, {earlier} AS earlier, count(*) OVER (PARTITION BY {later}) AS found
    FROM held JOIN records_sourcerecord other ON other.id = held.record_pk
    WHERE other.system = ANY({systems}) {before}
) pair
WHERE found <= {most}
{conflict}
"""


def forget(cursor: CursorWrapper, uploads: Sequence[SourceUpload], *, after: int) -> None:
    """Take apart what hangs on a version that answers no more."""
    systems = [upload.system for upload in uploads if upload.system in SYSTEMS]
    if not systems:
        return
    for end in ("later_pk", "earlier_pk"):
        cursor.execute(
            sql.SQL(FORGET).format(end=sql.Identifier(end)), [after, uploads[-1].pk, systems]
        )


def join(cursor: CursorWrapper, uploads: Sequence[SourceUpload], *, after: int) -> None:
    """Join the versions that the uploads brought with each other and with what was there."""
    for upload in uploads:
        if upload.system in SYSTEMS and upload.first_row is not None:
            for statement in _statements(upload, after):
                cursor.execute(statement)


def _statements(upload: SourceUpload, after: int) -> Iterator[sql.Composable]:
    for rule in RULES:
        for is_later in (True, False):
            mine, theirs = rule.named_as, rule.held_as
            own, others = rule.later, rule.earlier
            if not is_later:
                mine, theirs, own, others = theirs, mine, others, own
            leads = is_later == rule.from_later
            if upload.system not in own or not (leads or after):
                continue
            numbers = identifiers(upload.columns, {mine}, record="mine")
            if not [*numbers]:
                continue
            ends = sql.SQL("held.id"), sql.SQL("other.id")
            later, earlier = ends if is_later else ends[::-1]
            before = "" if leads else "AND other.upload_id <= {}"
            yield sql.SQL(JOIN).format(
                kind=sql.Literal(rule.kind),
                later=later,
                earlier=earlier,
                identifiers=numbers,
                first=sql.Literal(upload.first_row),
                last=sql.Literal(upload.last_row),
                upload=sql.Literal(upload.pk),
                theirs=sql.Literal(theirs),
                systems=sql.Literal(sorted(others)),
                before=sql.SQL(before).format(sql.Literal(after)),
                most=sql.Literal(MOST_EARLIER),
                conflict=sql.SQL("" if leads else "ON CONFLICT DO NOTHING"),
            )


def identifiers(
    columns: list[str], kinds: Collection[str] = (), *, record: str = "record"
) -> sql.Composed:
    """The (kind, value) of the row `record`, whose own columns have these names, as rows of SQL.

    All of them, or only those of the kinds. The same as `Held.identifiers`: a passport number is
    one together with its country; a certificate is of citizenship when the form is an N-600, else
    of naturalization.
    """

    def own(name: str) -> sql.Composable:
        place = sql.Literal(columns.index(name) + 1)
        return sql.SQL("{}[{}]").format(sql.Identifier(record, "own_values"), place)

    found: list[tuple[str, sql.Composable]] = [("a_number", sql.Identifier(record, "a_number"))]
    found += [(kind, own(name)) for name, kind in OWN_IDENTIFIERS if name in columns]
    if "passport_number" in columns and "passport_country" in columns:
        whole = sql.SQL("{} || ':' || {}").format(own("passport_country"), own("passport_number"))
        found.append(("passport", whole))
    rows: list[sql.Composable] = [
        sql.SQL("({}, {})").format(sql.Literal(kind), value)
        for kind, value in found
        if not kinds or kind in kinds
    ]
    if "certificate_number" in columns and not kinds:
        form = own("form") if "form" in columns else sql.SQL("''")
        rows.append(
            sql.SQL(
                "(CASE WHEN {} LIKE 'N-600%' THEN 'citizenship' ELSE 'naturalization' END, {})"
            ).format(form, own("certificate_number"))
        )
    return sql.SQL(", ").join(rows)
