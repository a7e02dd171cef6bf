"""Reading the file of a batch: from any row on, within limits of bytes, row by row (S2.4).

The columns are those of `verify_batch` (docs/contract.md). Memory does not grow with the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO

from save_portal.documents.storing import Lines
from verification.errors import CaseError, InvalidSubmission
from verification.rules.submission import Submission
from verification.services.batch import INPUT
from verification.services.batch_row import DATES, submission_of

MOST_ROWS = 1_000_000
MOST_BYTES = 400_000_000
MOST_BYTES_A_ROW = 20_000
MOST_ROW_ID = 60
NEEDED = ("row_id", "family_name", "date_of_birth", "document_type", "benefit")
# What files that are no text begin with.
MAGIC = {
    b"PK\x03\x04": "a spreadsheet or a ZIP archive",
    b"\x1f\x8b": "a compressed file (gzip)",
    b"BZh": "a compressed file (bzip2)",
    b"\xfd7zXZ": "a compressed file (xz)",
    b"\x28\xb5\x2f\xfd": "a compressed file (zstd)",
    b"7z\xbc\xaf": "a compressed file (7z)",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
BOM = b"\xef\xbb\xbf"
ASK_AS_CSV = "Save it as CSV in UTF-8, columns separated by commas, and upload that."


class FileRefused(CaseError):
    """The file as a whole cannot be used."""

    status_code = 422


@dataclass(frozen=True, slots=True)
class Record:
    """One row: where it begins (`line`, from 1) and behind which byte it ends."""

    line: int
    cells: list[str]
    ends_at: int
    lines: int


class Reader:
    """The records of a file from the byte `at` on, `lines` lines of which were read before.

    Raises `FileRefused` where it is not text in UTF-8, a row has no end within the limit, or a
    quotation mark is left open.
    """

    def __init__(self, file: Lines, *, at: int = 0, lines: int = 0) -> None:
        self._file, self._at, self._lines = file, at, lines
        self._of_this_row = 0
        file.seek(at)

    def records(self) -> Iterator[Record]:
        """Blank lines are passed over, and counted."""
        reader = csv.reader(self._texts(), strict=True)
        while True:
            line = self._lines + 1
            self._of_this_row = 0
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise FileRefused(
                    f"Line {line}: the quotation marks do not fit ({error}). {ASK_AS_CSV}"
                ) from error
            if cells:
                yield Record(line, cells, self._at, self._lines)

    def _texts(self) -> Iterator[str]:
        while raw := self._file.readline(MOST_BYTES_A_ROW + 1):
            self._at += len(raw)
            self._lines += 1
            self._of_this_row += len(raw)
            if self._of_this_row > MOST_BYTES_A_ROW:
                raise FileRefused(
                    f"Line {self._lines} belongs to a row of more than {MOST_BYTES_A_ROW:,} bytes. "
                    f"A quotation mark may be left open, or the lines may not end. {ASK_AS_CSV}"
                )
            if self._at == len(raw):
                raw = raw.removeprefix(BOM)
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise FileRefused(f"Line {self._lines} is not UTF-8. {ASK_AS_CSV}") from error
            if "\x00" in text:
                raise FileRefused(f"Line {self._lines} has a NUL, which no text has. {ASK_AS_CSV}")
            yield text


def header_of(file: IO[bytes]) -> Record:
    """The header of a file, if it can be one of a batch. Raises `FileRefused` with the remedy."""
    file.seek(0)
    start = file.read(8)
    for mark, what in MAGIC.items():
        if start.startswith(mark):
            raise FileRefused(f"This is {what}, not CSV. {ASK_AS_CSV}")
    record = next(Reader(file).records(), None)
    if record is None:
        raise FileRefused("The file is empty.")
    columns = [cell.strip() for cell in record.cells]
    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t|"):
        raise FileRefused(f"The columns are not separated by commas. {ASK_AS_CSV}")
    if unknown := [name for name in columns if name not in INPUT]:
        names = ", ".join(f"“{name[:40]}”" for name in unknown[:5])
        raise FileRefused(
            f"The file has columns that a batch does not have: {names}. Take them out, or name "
            f"them as one of: {', '.join(INPUT)}."
        )
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise FileRefused(f"The column {', '.join(twice)} stands twice. Keep one.")
    if missing := [name for name in NEEDED if name not in columns]:
        raise FileRefused(
            f"The file lacks the column(s) {', '.join(missing)}. The first line names the columns."
        )
    return Record(record.line, columns, record.ends_at, record.lines)


def row_id_of(record: Record, columns: list[str]) -> str:
    """The agency's own name of the row, as far as it can be told."""
    return dict(zip(columns, record.cells, strict=False)).get("row_id", "").strip()[:MOST_ROW_ID]


def submission_in(record: Record, columns: list[str]) -> Submission | InvalidSubmission:
    """The row as a question, or why it cannot be one."""
    if len(record.cells) != len(columns):
        return InvalidSubmission(
            {
                "row": f"The row has {len(record.cells)} cells, the header {len(columns)}. "
                "Set a cell with a comma in it in quotation marks."
            }
        )
    row = dict.fromkeys(INPUT, "") | dict(zip(columns, record.cells, strict=True))
    row_id = row["row_id"].strip()
    if not row_id or len(row_id) > MOST_ROW_ID:
        return InvalidSubmission(
            {"row_id": f"Give the row a name of your own, of 1 to {MOST_ROW_ID} characters."}
        )
    for name in DATES:
        row[name] = row[name].strip()
        if row[name] and not _is_day(row[name]):
            return InvalidSubmission({name: f"{name} is no date: write YYYY-MM-DD."})
    row["document_type"] = row["document_type"].strip()
    row["benefit"] = ";".join(part.strip() for part in row["benefit"].split(";"))
    return submission_of(row)


def _is_day(text: str) -> bool:
    if len(text) != 10:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
