"""The set-based SQL of an upload: what makes a staged row wrong, and how it becomes a record."""

from psycopg import sql

from verification.records.systems import Column, System

# Plain byte order makes comparing and checking text quick; nothing here is sorted for people.
# A temporary table is not logged and vanishes with the transaction. The line number follows the
# order of the rows; the header is line 1.
CREATE = """
DROP TABLE IF EXISTS staged, refused, staged_photo;
CREATE TEMPORARY TABLE staged (
    line bigint GENERATED ALWAYS AS IDENTITY (START WITH 2), {columns}
) ON COMMIT DROP;
CREATE TEMPORARY TABLE refused (line bigint, reason text) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_photo (
    name text PRIMARY KEY, sha256 text, photo_id bigint
) ON COMMIT DROP
"""


def identifiers(columns: list[str]) -> sql.Composable:
    """Name columns, separated by commas."""
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)


def create(columns: list[str]) -> sql.Composable:
    """Make the staging tables for the columns that the file has."""
    return sql.SQL(CREATE).format(
        columns=sql.SQL(", ").join(
            sql.SQL('{} text COLLATE "C"').format(sql.Identifier(c)) for c in columns
        )
    )


def copy_csv(columns: list[str]) -> sql.Composable:
    """Let PostgreSQL itself read the file: the fast way, for a file with nothing wrong in it."""
    return sql.SQL("COPY staged ({}) FROM STDIN WITH (FORMAT csv, HEADER true)").format(
        identifiers(columns)
    )


def _fault(column: Column) -> sql.Composable:
    """One branch of the CASE that tells what is wrong with a row."""
    name = sql.Identifier(column.name)
    too_long: sql.Composable = sql.SQL("")
    if column.kind.longest:
        too_long = sql.SQL(" OR length({}) > {}").format(name, sql.Literal(column.kind.longest))
    branch: sql.Composable = sql.SQL("WHEN {n} !~ {p}{too_long} THEN {r}").format(
        n=name,
        too_long=too_long,
        p=sql.Literal(f"^{column.kind.pattern}$"),
        r=sql.Literal(f"{column.name}: not {column.kind.expects}"),
    )
    if not column.filled:
        return branch
    return (
        sql.SQL("WHEN {n} IS NULL THEN {r} ").format(
            n=name, r=sql.Literal(f"{column.name}: empty, but every row needs it")
        )
        + branch
    )


def refuse_invalid(system: System, present: list[str]) -> sql.Composable:
    """Note every row with a fault, and the first fault found."""
    faults = [_fault(column) for column in system.columns if column.name in present]
    faults.append(
        sql.SQL("WHEN family_name IS NULL AND given_name IS NULL THEN {}").format(
            sql.Literal("family_name, given_name: both are empty")
        )
    )
    faults.append(
        sql.SQL("WHEN updated_at::timestamptz > now() + interval '366 days' THEN {}").format(
            sql.Literal("updated_at: lies more than a year ahead")
        )
    )
    if "passport_number" in present:
        other = sql.SQL("passport_country IS NULL" if "passport_country" in present else "true")
        faults.append(
            sql.SQL("WHEN passport_number IS NOT NULL AND {} THEN {}").format(
                other, sql.Literal("passport_country: needed with a passport number")
            )
        )
    return sql.SQL(
        "INSERT INTO refused SELECT line, fault FROM (SELECT line, CASE {} END AS fault"
        " FROM staged) checked WHERE fault IS NOT NULL"
    ).format(sql.SQL(" ").join(faults))


REFUSE_DUPLICATES = """
INSERT INTO refused
SELECT line, 'record_id: line ' || kept || ' of this file has the same record, as new or newer'
FROM (
    SELECT line, row_number() OVER newest AS place, first_value(line) OVER newest AS kept
    FROM staged
    WHERE record_id IN (
        SELECT record_id FROM staged
        WHERE NOT EXISTS (SELECT FROM refused WHERE refused.line = staged.line)
        GROUP BY record_id HAVING count(*) > 1
    ) AND NOT EXISTS (SELECT FROM refused WHERE refused.line = staged.line)
    WINDOW newest AS (PARTITION BY record_id ORDER BY updated_at::timestamptz DESC, line DESC)
) repeated WHERE place > 1
"""

SHARED = (
    "system", "record_id", "updated_at", "a_number", "family_name", "given_name", "middle_name",
    "date_of_birth", "sex", "country_of_birth", "country_of_citizenship", "own", "closed_at",
    "photo_id", "upload_id",
)  # fmt: skip

HISTORY_COLUMNS = ", ".join(SHARED)


def _own(column: Column) -> sql.Composable:
    value = sql.Identifier(column.name)
    shown: sql.Composable = sql.SQL("upper({})").format(value) if column.kind.upper else value
    if column.kind.name == "a_number":
        shown = sql.SQL("lpad({}, 9, '0')").format(value)
    return sql.SQL("{}, {}").format(sql.Literal(column.name), shown)


def typed(system: System, present: list[str], upload_id: int) -> sql.Composable:
    """Select the accepted rows in the shape of a record."""

    def text(name: str, expression: str = "{}") -> sql.Composable:
        if name not in present:
            return sql.SQL("''")
        return sql.SQL("coalesce(" + expression + ", '')").format(sql.Identifier(name))

    own = [_own(column) for column in system.own if column.name in present]
    if "photo" in present:
        own.append(sql.SQL("'photo_sha256', staged_photo.sha256"))
    return sql.SQL(
        "SELECT {system}::varchar AS system, record_id, updated_at::timestamptz AS updated_at,"
        " {a_number} AS a_number, {family} AS family_name, {given} AS given_name,"
        " {middle} AS middle_name, date_of_birth::date AS date_of_birth, {sex} AS sex,"
        " {birth} AS country_of_birth, {citizen} AS country_of_citizenship,"
        " jsonb_strip_nulls(jsonb_build_object({own})) AS own,"
        " NULL::timestamptz AS closed_at, {photo} AS photo_id, {upload}::bigint AS upload_id"
        " FROM staged {photo_join}"
        " WHERE NOT EXISTS (SELECT FROM refused WHERE refused.line = staged.line)"
    ).format(
        system=sql.Literal(system.name),
        a_number=text("a_number", "lpad({}, 9, '0')"),
        family=text("family_name"),
        given=text("given_name"),
        middle=text("middle_name"),
        sex=text("sex", "upper({})"),
        birth=text("country_of_birth", "upper({})"),
        citizen=text("country_of_citizenship", "upper({})"),
        own=sql.SQL(", ").join(own),
        photo=sql.SQL("staged_photo.photo_id" if "photo" in present else "NULL::bigint"),
        upload=sql.Literal(upload_id),
        photo_join=sql.SQL(
            "LEFT JOIN staged_photo ON staged_photo.name = staged.photo"
            if "photo" in present
            else ""
        ),
    )


# The same instant with other content: nobody can tell which of the two is right.
REFUSE_CONFLICTS = """
INSERT INTO refused
SELECT staged.line, 'updated_at: the record held has the same instant but other values'
FROM ({typed}) coming
JOIN records_sourcerecord held USING (system, record_id)
JOIN staged ON staged.record_id = coming.record_id
    AND NOT EXISTS (SELECT FROM refused WHERE refused.line = staged.line)
WHERE coming.updated_at = held.updated_at AND held.closed_at IS NULL
    AND (coming.a_number, coming.family_name, coming.given_name, coming.middle_name,
         coming.date_of_birth, coming.sex, coming.country_of_birth,
         coming.country_of_citizenship, coming.own)
    IS DISTINCT FROM
        (held.a_number COLLATE "C", held.family_name COLLATE "C",
         held.given_name COLLATE "C", held.middle_name COLLATE "C", held.date_of_birth,
         held.sex COLLATE "C", held.country_of_birth COLLATE "C",
         held.country_of_citizenship COLLATE "C", held.own)
"""

KEEP_EARLIER = """
INSERT INTO records_earlierrecord ({columns})
SELECT {held_columns}
FROM records_sourcerecord held
JOIN staged ON held.system = %(system)s AND held.record_id = staged.record_id
WHERE (staged.updated_at::timestamptz > held.updated_at OR held.closed_at IS NOT NULL)
    AND NOT EXISTS (SELECT FROM refused WHERE refused.line = staged.line)
"""

TAKE_OVER = """
WITH taken AS (
    INSERT INTO records_sourcerecord AS held ({columns})
    {typed}
    ON CONFLICT (system, record_id) DO UPDATE SET {assignments}
    WHERE excluded.updated_at > held.updated_at
        OR (held.closed_at IS NOT NULL AND excluded.updated_at >= held.updated_at)
    RETURNING (xmax = 0) AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM taken
"""

FIRST_TIME = """
WITH taken AS (
    INSERT INTO records_sourcerecord ({columns}) {typed} RETURNING 1
)
SELECT count(*), 0 FROM taken
"""

CLOSE_EARLIER = """
INSERT INTO records_earlierrecord ({columns})
SELECT {held_columns} FROM records_sourcerecord held
WHERE held.system = %(system)s AND held.closed_at IS NULL
    AND NOT EXISTS (SELECT FROM staged WHERE staged.record_id = held.record_id)
"""

CLOSE = """
UPDATE records_sourcerecord held SET closed_at = now(), upload_id = %(upload)s
WHERE held.system = %(system)s AND held.closed_at IS NULL
    AND NOT EXISTS (SELECT FROM staged WHERE staged.record_id = held.record_id)
"""


def filled(template: str, coming: sql.Composable | None = None) -> sql.Composable:
    """Fill one of the statements above with the shared columns and the typed rows."""
    changing = [name for name in SHARED if name not in ("system", "record_id")]
    return sql.SQL(template).format(
        columns=identifiers(list(SHARED)),
        held_columns=sql.SQL(", ").join(sql.Identifier("held", name) for name in SHARED),
        typed=coming or sql.SQL(""),
        assignments=sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in changing
        ),
    )
