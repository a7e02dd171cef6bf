"""Daily uploads: a file is staged with COPY, checked as a set, and taken over in one transaction.

The newer `updated_at` of a record wins and the replaced row is kept. The same file twice changes
nothing. Rows with a fault are left out and written, with line and reason, to FILE.rejects.csv;
a file that cannot be a file of that system is refused whole (S8).
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import DataError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import errors as pg
from psycopg import sql

from verification.records import staging
from verification.records.errors import FileRefused, PhotoRefused
from verification.records.models import SourceUpload
from verification.records.photos import read_image
from verification.records.systems import SYSTEMS, System

LOCK = 0x5A7E0001  # one upload or index build at a time, so upload numbers commit in order
BLOCK = 1 << 20
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
    system: str, path: str | Path, full: bool = False, progress: Progress | None = None
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
        sha256 = stage(cursor, columns, path, progress)
        result = take_over(cursor, known, columns, path, sha256, full)
        write_rejects(cursor, rejects_path)
    if not result.rejected:
        return result
    return LoadResult(**{**asdict(result), "rejects_file": str(rejects_path)})


def read_header(system: System, path: Path) -> list[str]:
    """Read the names in the first line; refuse the file when they are not the system's."""
    try:
        with path.open("rb") as file:
            first = file.readline(100_000)
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}.") from error
    if first.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in first:
        raise FileRefused(f"{path.name} is not UTF-8; it looks like UTF-16. Save it as UTF-8.")
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(f"{path.name} is not UTF-8 (line 1). Save it as UTF-8.") from error
    columns = [name.strip() for name in next(csv.reader([text]), [])]
    if not any(columns):
        raise FileRefused(f"{path.name} is empty; its first line must name the columns.")
    known = {column.name for column in system.columns}
    missing = [c.name for c in system.columns if c.required and c.name not in columns]
    unknown = [name for name in columns if name not in known]
    repeated = sorted({name for name in columns if columns.count(name) > 1})
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


def stage(cursor: CursorWrapper, columns: list[str], path: Path, progress: Progress | None) -> str:
    """Copy the file into the staging table and return its hash.

    PostgreSQL reads a well-formed file by itself. When it cannot, the rows are read one by one,
    so that a single broken line costs only itself.
    """
    cursor.execute(staging.create(columns))
    digest = hashlib.sha256()
    size = path.stat().st_size
    last = b"\n"
    try:
        with transaction.atomic(), path.open("rb") as file:
            with cursor.copy(staging.copy_csv(columns)) as copy:
                done = 0
                while block := file.read(BLOCK):
                    digest.update(block)
                    if done == 0 and block.startswith(b"\xef\xbb\xbf"):
                        block = block[3:]
                    copy.write(block)
                    last = block[-1:] or last
                    done = file.tell()
                    if progress:
                        progress(done, size)
            if last not in (b"\n", b"\r"):
                raise CutOff
    except (DataError, pg.DataError, CutOff):
        digest = hashlib.sha256(path.read_bytes())
        stage_row_by_row(cursor, columns, path, progress)
    cursor.execute("ANALYZE staged (record_id)")
    return digest.hexdigest()


class CutOff(Exception):
    """The last line has no end: a transfer may have stopped there."""


def stage_row_by_row(
    cursor: CursorWrapper, columns: list[str], path: Path, progress: Progress | None
) -> None:
    """Stage what can be read, and note line and reason of what cannot."""
    refused: list[tuple[int, str]] = []
    data = path.read_bytes()
    cut_off = not data.endswith((b"\n", b"\r"))
    cursor.execute("ALTER TABLE staged ALTER line SET GENERATED BY DEFAULT")
    statement = sql.SQL("COPY staged (line, {}) FROM STDIN").format(staging.identifiers(columns))
    with cursor.copy(statement) as copy:
        number = 1
        for number, last, row, fault in rows_of(data):
            if fault:
                refused.append((number, fault))
            elif last and cut_off:
                refused.append((number, "the last line has no end; the file may be cut off"))
            elif len(row) != len(columns):
                refused.append((number, f"{len(row)} fields where {len(columns)} are named"))
            else:
                copy.write_row([number, *(value or None for value in row)])
            if progress and number % 10_000 == 0:
                progress(number, 0)
    cursor.executemany("INSERT INTO refused VALUES (%s, %s)", refused)


def rows_of(data: bytes) -> Iterator[tuple[int, bool, list[str], str]]:
    """Yield (line, is it the last, fields, fault) of each record after the header."""
    text = data.decode("utf-8-sig", errors="surrogateescape")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line, pending = 1, None
    while True:
        start = reader.line_num + 1
        try:
            row = next(reader)
            fault = ""
        except StopIteration:
            break
        except csv.Error as error:
            row, fault = [], f"cannot be read as CSV: {error}"
        line = start
        if not row and not fault:
            continue
        joined = "".join(row)
        if "\x00" in joined:
            fault = "holds a zero byte"
        elif any("\udc80" <= character <= "\udcff" for character in joined):
            fault = "not UTF-8"
        if pending:
            yield (*pending[:1], False, *pending[1:])
        pending = (line, row, fault) if line > 1 else None
    if pending:
        yield (*pending[:1], True, *pending[1:])


def take_over(
    cursor: CursorWrapper,
    system: System,
    columns: list[str],
    path: Path,
    sha256: str,
    full: bool,
) -> LoadResult:
    """Check the staged rows, and make the good ones the current records."""
    cursor.execute("SELECT count(*) FROM refused")
    unreadable = cursor.fetchone()[0]
    cursor.execute("SELECT count(*) FROM staged")
    read = cursor.fetchone()[0] + unreadable
    cursor.execute(staging.refuse_invalid(system, columns))
    cursor.execute(staging.REFUSE_DUPLICATES)
    if "photo" in columns:
        take_photos(cursor, path.parent)
    cursor.execute(
        "SELECT max(updated_at::timestamptz), coalesce(now(), now()) FROM staged"
        " WHERE NOT EXISTS (SELECT FROM refused WHERE refused.line = staged.line)"
    )
    as_of, now = cursor.fetchone()
    upload = SourceUpload.objects.create(
        system=system.name, as_of=as_of or now, sha256=sha256, full=full
    )
    coming = staging.typed(system, columns, upload.pk)
    cursor.execute(
        "SELECT EXISTS (SELECT FROM records_sourcerecord WHERE system = %s)", [system.name]
    )
    values: dict[str, str | int] = {"system": system.name, "upload": upload.pk}
    closed = 0
    known_before = cursor.fetchone()[0]
    if known_before:
        cursor.execute(staging.filled(staging.REFUSE_CONFLICTS, coming))
        cursor.execute(staging.filled(staging.KEEP_EARLIER), values)
        cursor.execute(staging.filled(staging.TAKE_OVER, coming))
    else:
        cursor.execute(staging.filled(staging.FIRST_TIME, coming))
    inserted, updated = cursor.fetchone()
    if full and known_before:
        # Without statistics the planner compares each held row with each staged one.
        cursor.execute("ANALYZE staged (record_id); ANALYZE records_sourcerecord (system)")
        cursor.execute(staging.filled(staging.CLOSE_EARLIER), values)
        cursor.execute(staging.CLOSE, values)
        closed = cursor.rowcount
    cursor.execute("SELECT count(DISTINCT line) FROM refused")
    rejected = cursor.fetchone()[0]
    result = LoadResult(
        system=system.name,
        read=read,
        inserted=inserted,
        updated=updated,
        unchanged=read - inserted - updated - rejected,
        rejected=rejected,
        closed=closed,
    )
    if (
        not (inserted or updated or closed)
        and SourceUpload.objects.filter(system=system.name, as_of__gte=upload.as_of)
        .exclude(pk=upload.pk)
        .exists()
    ):
        upload.delete()
        return result
    upload.rows_read, upload.inserted, upload.updated = read, inserted, updated
    upload.unchanged, upload.rejected, upload.closed = result.unchanged, rejected, closed
    upload.save()
    return result


def take_photos(cursor: CursorWrapper, directory: Path) -> None:
    """Keep each image that accepted rows name, once; reject the rows whose image is no good."""
    cursor.execute(
        "SELECT DISTINCT photo FROM staged WHERE photo IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM refused WHERE refused.line = staged.line)"
    )
    for (name,) in cursor.fetchall():
        try:
            image = read_image(directory, name)
        except (PhotoRefused, OSError) as error:
            reason = str(error) if isinstance(error, PhotoRefused) else "photo: cannot be read"
            cursor.execute(
                "INSERT INTO refused SELECT line, %s FROM staged WHERE photo = %s", [reason, name]
            )
            continue
        cursor.execute(
            "INSERT INTO records_photo (sha256, content_type, content) VALUES (%s, %s, %s)"
            " ON CONFLICT (sha256) DO NOTHING",
            [image.sha256, image.content_type, image.content],
        )
        cursor.execute(
            "INSERT INTO staged_photo SELECT %s, %s, id FROM records_photo WHERE sha256 = %s",
            [name, image.sha256, image.sha256],
        )


def write_rejects(cursor: CursorWrapper, path: Path) -> None:
    """Write line and reason of each rejected row; take away the list of an earlier run."""
    cursor.execute("SELECT line, min(reason) FROM refused GROUP BY line ORDER BY line")
    rejects = cursor.fetchall()
    if not rejects:
        path.unlink(missing_ok=True)
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason"])
        writer.writerows(rejects)
