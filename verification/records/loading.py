"""Daily uploads: a file is staged with COPY, checked as a set, and taken over in one transaction.

The newer `updated_at` of a record wins and the replaced row is kept. The same file twice changes
nothing. Rows with a fault are left out and written, with line and reason, to FILE.rejects.csv;
a file that cannot be a file of that system is refused whole (S8). What is taken over answers
nothing until `build_index` has taken it in. A load that dies leaves nothing; it is run again.
However long the file, memory holds one block, or one line, of it.
"""

import codecs
import csv
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import errors as pg
from psycopg import sql

from verification.records import staging
from verification.records.errors import FileRefused, PhotoRefused
from verification.records.models import SourceUpload
from verification.records.photos import Image, read_image
from verification.records.systems import SYSTEMS, System

LOCK = 0x5A7E0001  # one upload or index build at a time, so upload numbers commit in order
BLOCK = 1 << 20
LONGEST_HEADER = 100_000  # bytes; no system has that many columns
LONGEST_LINE = 1 << 20  # bytes
CONTROLS = bytes({*range(32), 127} - {10, 13})
PHOTOS_AT_ONCE = 20
REJECTS = """
COPY (SELECT line, min(reason) AS reason FROM refused GROUP BY line ORDER BY line)
TO STDOUT WITH (FORMAT csv, HEADER true)
"""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What became of a file."""

    system: str
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    closed: int = 0
    rejects_file: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load(
    system: str,
    path: str | Path,
    full: bool = False,
    progress: Progress | None = None,
) -> LoadResult:
    """Take over one file of one system."""
    known = SYSTEMS.get(system.upper())
    if known is None:
        raise FileRefused(f"{system} is no system. Known: {', '.join(SYSTEMS)}.")
    path = Path(path)
    columns = read_header(known, path)
    rejects_path = path.with_name(path.name + ".rejects.csv")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # Each statement runs once: compiling it would take longer than it does.
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        staged = stage(cursor, columns, path, progress)
        result = take_over(cursor, known, columns, path, staged, full)
        write_rejects(cursor, rejects_path)
    if not result.rejected:
        return result
    return replace(result, rejects_file=str(rejects_path))


def read_header(system: System, path: Path) -> list[str]:
    """Read the names in the first line; refuse the file when they are not the system's."""
    try:
        with path.open("rb") as file:
            first = file.readline(LONGEST_HEADER)
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}.") from error
    if first.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in first:
        raise FileRefused(f"{path.name} is not UTF-8; it looks like UTF-16. Save it as UTF-8.")
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(f"{path.name} is not UTF-8 (line 1). Save it as UTF-8.") from error
    try:
        columns = [name.strip() for name in next(csv.reader([text], strict=True), [])]
    except csv.Error as error:
        raise FileRefused(f"{path.name} has a first line that is no CSV: {error}.") from error
    if not any(columns):
        raise FileRefused(f"{path.name} is empty; its first line must name the columns.")
    known = {column.name for column in system.columns}
    missing = [c.name for c in system.columns if c.required and c.name not in columns]
    unknown = [name[:60] for name in columns if name not in known][:10]
    repeated = sorted({name for name in columns if columns.count(name) > 1 and name in known})
    faults = [
        f"{words}: {', '.join(names) or 'a column without a name'}"
        for words, names in (
            ("lacks", missing),
            (f"has columns that {system.name} does not know", unknown),
            ("names more than once", repeated),
        )
        if names
    ]
    if faults:
        raise FileRefused(f"{path.name} {'; it '.join(faults)}. Nothing was taken over.")
    return columns


# -- staging -----------------------------------------------------------------------------------


class NotPlain(Exception):
    """The file has something in it that only a look at each line can settle."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What is known of a file once its rows are staged."""

    sha256: str
    rows: int
    unreadable: int = 0
    printable: bool = False  # no control character in it but the ends of lines


def stage(
    cursor: CursorWrapper, columns: list[str], path: Path, progress: Progress | None
) -> Staged:
    """Copy the file into the staging table.

    PostgreSQL reads a well-formed file by itself. When it cannot, the rows are read one by one,
    so that a single broken line costs only itself.
    """
    cursor.execute(staging.create(columns))
    try:
        with transaction.atomic():
            return stage_whole(cursor, columns, path, progress)
    except (DataError, pg.DataError, NotPlain):
        return stage_row_by_row(cursor, columns, path, progress)


def stage_whole(
    cursor: CursorWrapper, columns: list[str], path: Path, progress: Progress | None
) -> Staged:
    """Hand the file to PostgreSQL block by block.

    Not plain is a last line without an end, where a transfer may have stopped; a line that begins
    with a backslash and a dot, at which COPY would stop without a word; and a row over several
    lines, behind which the count of rows is no longer the number of the line.
    """
    digest = hashlib.sha256()
    size = path.stat().st_size
    lines = returns = done = 0
    printable = True
    last = b"\n"
    with path.open("rb") as file, cursor.copy(staging.copy_csv(columns)) as copy:
        while block := file.read(BLOCK):
            digest.update(block)
            seam = last[-2:] + block
            if b"\n\\." in seam:
                raise NotPlain
            lines += block.count(b"\n")
            returns += block.count(b"\r") - seam.count(b"\r\n") + last[-2:].count(b"\r\n")
            printable = printable and len(block) == len(block.translate(None, CONTROLS))
            last = block
            copy.write(block.removeprefix(codecs.BOM_UTF8) if done == 0 else block)
            done += len(block)
            if progress:
                progress(done, size)
        if not last.endswith(b"\n"):
            raise NotPlain
    if cursor.rowcount != lines - 1:
        raise NotPlain
    return Staged(digest.hexdigest(), cursor.rowcount, printable=printable and returns == 0)


def stage_row_by_row(
    cursor: CursorWrapper, columns: list[str], path: Path, progress: Progress | None
) -> Staged:
    """Stage what can be read, and note line and reason of what cannot."""
    cursor.execute("ALTER TABLE staged ADD fault text")
    statement = sql.SQL("COPY staged (line, fault, {}) FROM STDIN").format(
        staging.identifiers(columns)
    )
    nothing = [None] * len(columns)
    size = path.stat().st_size
    with path.open("rb") as file, cursor.copy(statement) as copy:
        for count, (number, row, fault) in enumerate(rows_of(file)):
            if not fault and len(row) != len(columns):
                fault = f"{len(row)} fields where {len(columns)} are named"
            values = nothing if fault else [value or None for value in row]
            copy.write_row([number, fault or None, *values])
            if progress and count % 10_000 == 0:
                progress(min(file.tell(), size - 1), size)
    cursor.execute(
        "INSERT INTO refused SELECT line, fault FROM staged WHERE fault IS NOT NULL;"
        "DELETE FROM staged WHERE fault IS NOT NULL"
    )
    if progress:
        progress(size, size)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    unreadable = _one(cursor, "SELECT count(*) FROM refused")
    return Staged(sha256, _one(cursor, "SELECT count(*) FROM staged") + unreadable, unreadable)


def rows_of(file: BufferedReader) -> Iterator[tuple[int, list[str], str]]:
    """Yield (line, fields, fault) of each line after the header.

    No field may hold a line break, so each line is a row by itself, and a quotation mark without
    its fellow costs one line.
    """
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        fault = ""
        if not line.endswith(b"\n"):
            fault = "the last line has no end; the file may be cut off"
            while file.peek(1):
                fault = f"longer than {LONGEST_LINE:,} bytes"
                if file.readline(LONGEST_LINE).endswith(b"\n"):
                    break
        if number == 1 or not line.strip():
            continue
        if fault:
            yield number, [], fault
        elif b"\x00" in line:
            yield number, [], "holds a zero byte"
        else:
            try:
                yield number, next(csv.reader([line.decode()], strict=True)), ""
            except UnicodeDecodeError:
                yield number, [], "not UTF-8"
            except csv.Error as error:
                yield number, [], f"cannot be read as CSV: {error}"


# -- taking over -------------------------------------------------------------------------------


def take_over(
    cursor: CursorWrapper,
    system: System,
    columns: list[str],
    path: Path,
    staged: Staged,
    full: bool,
) -> LoadResult:
    """Check the staged rows, and make the good ones the newest versions of their records."""
    today = _one(cursor, "SELECT now()::date")
    cursor.execute(staging.refuse_invalid(system, columns, today=today, printable=staged.printable))
    accepted: sql.Composable = staging.STAGED
    if cursor.rowcount or staged.unreadable:
        accepted = staging.ACCEPTED
    if (image := staging.image_column(system)) in columns and take_photos(
        cursor, image, path.parent, accepted
    ):
        accepted = staging.ACCEPTED
    known_before = SourceUpload.objects.filter(system=system.name).exists()
    if known_before:
        accepted = refuse_duplicates(cursor, accepted)
    cursor.execute(sql.SQL(staging.NEWEST_INSTANT).format(accepted=accepted))
    as_of, now = cursor.fetchone()
    upload = SourceUpload.objects.create(
        system=system.name,
        as_of=as_of or now,
        sha256=staged.sha256,
        full=full,
        columns=staging.own_columns(system, columns),
    )

    def run(template: str, **values: int | str | datetime) -> tuple[Any, ...]:
        statement = staging.filled(
            template,
            system=system,
            present=columns,
            as_of=upload.as_of,
            coming=staging.typed(system, columns, upload.pk, accepted=accepted),
        )
        cursor.execute(statement, values or None)
        return tuple(cursor.fetchone()) if cursor.description else ()

    closed = 0
    if known_before:
        cursor.execute(staging.CREATE_CHANGED)
        # Whether to look up each row or to compare the whole, the planner decides by their number.
        cursor.execute("ANALYZE staged (record_id)")
        run(staging.COMPARE)
        cursor.execute(staging.REFUSE_CONFLICTS)
        cursor.execute("ANALYZE changed (line, replaces)")
        run(staging.REPLACE, upload=upload.pk)
        inserted, updated, *span = run(staging.TAKE_OVER)
        if full and not staged.unreadable:
            # Every held record is looked for in the file: by hashing, whatever the statistics say.
            cursor.execute("SET LOCAL enable_nestloop = off")
            closed, *further = run(
                staging.CLOSE, upload=upload.pk, system=system.name, as_of=upload.as_of
            )
            span += further
    else:
        before = _one(cursor, staging.LAST_ROW)
        try:
            with transaction.atomic():
                run(staging.FIRST_TIME)
        except IntegrityError:
            # A record stands in the file twice; PostgreSQL's own index has found it.
            accepted = refuse_duplicates(cursor, accepted)
            run(staging.FIRST_TIME)
        inserted, updated, span = cursor.rowcount, 0, []
        if inserted:
            span = [before + 1, _one(cursor, staging.LAST_ROW)]
    rejected = _one(cursor, "SELECT count(DISTINCT line) FROM refused")
    result = LoadResult(
        system=system.name,
        read=staged.rows,
        inserted=inserted,
        updated=updated,
        unchanged=staged.rows - inserted - updated - rejected,
        rejected=rejected,
        closed=closed,
    )
    if (
        not (inserted or updated or closed)
        and SourceUpload.objects.filter(system=system.name, sha256=staged.sha256)
        .exclude(pk=upload.pk)
        .exists()
    ):
        upload.delete()
        return result
    rows = [row for row in span if row is not None]
    upload.first_row, upload.last_row = min(rows, default=None), max(rows, default=None)
    upload.rows_read, upload.inserted, upload.updated = staged.rows, inserted, updated
    upload.unchanged, upload.rejected, upload.closed = result.unchanged, rejected, closed
    upload.save()
    return result


def refuse_duplicates(cursor: CursorWrapper, accepted: sql.Composable) -> sql.Composable:
    """Refuse all but the newest row of each record; what is accepted then."""
    cursor.execute(sql.SQL(staging.REFUSE_DUPLICATES).format(accepted=accepted))
    return staging.ACCEPTED if cursor.rowcount else accepted


def _one(cursor: CursorWrapper, statement: str, *values: str) -> Any:
    cursor.execute(statement, values or None)
    return cursor.fetchone()[0]


def take_photos(
    cursor: CursorWrapper, column: str, directory: Path, accepted: sql.Composable
) -> bool:
    """Keep each image that accepted rows name, once; reject the rows whose image is no good.

    True when a row was rejected.
    """
    image = sql.Identifier(column)
    cursor.execute(staging.CREATE_PHOTOS)
    cursor.execute(sql.SQL(staging.NAME_PHOTOS).format(image=image, accepted=accepted))
    last = 0
    while True:
        cursor.execute(
            "SELECT id, name FROM staged_photo WHERE id > %s ORDER BY id LIMIT %s",
            [last, PHOTOS_AT_ONCE],
        )
        named = cursor.fetchall()
        if not named:
            break
        last = named[-1][0]
        keep_photos(cursor, named, directory)
    cursor.execute("ANALYZE staged_photo (name)")
    cursor.execute(sql.SQL(staging.REFUSE_PHOTOS).format(image=image))
    return bool(cursor.rowcount)


def keep_photos(cursor: CursorWrapper, named: list[tuple[int, str]], directory: Path) -> None:
    """Read some images, keep those not held yet, and link each name to its image or its fault."""
    links: list[tuple[int, str | None, str | None]] = []
    images: dict[str, Image] = {}
    for number, name in named:
        try:
            image = read_image(directory, name)
        except PhotoRefused as error:
            links.append((number, None, str(error)))
        except OSError:
            links.append((number, None, "photo: cannot be read"))
        else:
            links.append((number, image.sha256, None))
            images[image.sha256] = image
    cursor.execute("SELECT sha256 FROM records_photo WHERE sha256 = ANY(%s)", [list(images)])
    for (sha256,) in cursor.fetchall():
        del images[sha256]
    cursor.execute(
        staging.KEEP_PHOTOS,
        [
            list(images),
            [image.content_type for image in images.values()],
            [image.content for image in images.values()],
        ],
    )
    cursor.execute(staging.LINK_PHOTOS, [list(part) for part in zip(*links, strict=True)])


def write_rejects(cursor: CursorWrapper, path: Path) -> None:
    """Write line and reason of each rejected row; take away the list of an earlier run."""
    if not _one(cursor, "SELECT count(*) FROM refused"):
        path.unlink(missing_ok=True)
        return
    with path.open("wb") as file, cursor.copy(REJECTS) as copy:
        for block in copy:
            file.write(block)
