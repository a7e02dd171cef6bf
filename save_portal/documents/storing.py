"""Keeping cleaned documents: the content in the storage `documents`, its facts in the database.

Content is written before its row and taken away again when the transaction is undone; what a
killed process or a storage that was away left behind is swept away a day later.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from io import BufferedReader, BytesIO
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction

from save_portal.accounts.models import User
from save_portal.accounts.tenancy import whole_scope
from save_portal.documents.models import StoredFile
from save_portal.documents.uploads import Cleaned, UploadRefused

SWEEP_AFTER = timedelta(days=1)
SWEEP_DAYS = 7
BLOCK = 1 << 16  # that is fetched of a large file at once

AWAY = "The storage of documents does not answer. Look again in some minutes."

logger = structlog.get_logger(__name__)


class NotThere(Exception):
    """The document cannot be looked at: not yet checked, refused, or its storage is away."""


def documents() -> Storage:
    return storages["documents"]


def tidy_name(raw: str) -> str:
    """A file's name fit to be shown: no folders, no control characters, 80 characters."""
    name = raw.replace("\\", "/").rsplit("/", 1)[-1]
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return name[:80] or "document"


def store(
    cleaned: Cleaned, *, name: str, agency_id: int | None, by: User, at: datetime
) -> StoredFile:
    """Keep a cleaned document. In quarantine where a virus scanner is set, else clean.

    Raises `UploadRefused` where its storage does not answer; nothing is kept then.
    """
    scanned = bool(settings.CLAMD_URL)
    kept = StoredFile(
        agency_id=agency_id,
        by=by,
        at=at,
        name=tidy_name(name),
        folder=f"{at:%Y/%m/%d}/{uuid.uuid4().hex}",
        content_type=cleaned.content_type,
        size=len(cleaned.content),
        pages=cleaned.pages,
        sha256=cleaned.sha256,
        source_sha256=cleaned.source_sha256,
        state=StoredFile.State.QUARANTINED if scanned else StoredFile.State.CLEAN,
        checked_at=None if scanned else at,
    )
    try:
        _write(kept, cleaned)
        with transaction.atomic():
            kept.save()
    except BaseException:
        with suppress(Exception):  # what stays is swept away
            remove_content(kept)
        raise
    if scanned:
        from save_portal.documents.tasks import scan_documents

        scan_documents.defer()
    return kept


def read(kept: StoredFile) -> bytes:
    """The document as it was kept. Raises `NotThere` until it is clean."""
    return _read(kept, kept.document_name)


def read_page(kept: StoredFile, page: int) -> bytes:
    """The picture (JPEG) of a page, from 1. Raises `NotThere` until the document is clean."""
    if not 1 <= page <= kept.pages:
        raise NotThere("There is no such page.")
    return _read(kept, kept.page_name(page))


def discard(kept: StoredFile) -> None:
    """Take a document away altogether, content once the transaction is through."""
    names = kept.names()
    kept.delete()
    transaction.on_commit(lambda: _delete(names), robust=True)


def remove_content(kept: StoredFile) -> None:
    _delete(kept.names())


def sweep(*, at: datetime) -> int:
    """Take away content without a row, and what the scanner refused; the number of documents.

    Of the seven days before yesterday: younger content may belong to a transaction under way.
    """
    swept = 0
    for back in range(SWEEP_DAYS):
        folder = f"{at - SWEEP_AFTER - timedelta(days=back):%Y/%m/%d}"
        try:
            found, _ = documents().listdir(folder)
        except FileNotFoundError:
            continue
        lying = {f"{folder}/{name}" for name in found}
        with whole_scope():
            rows = StoredFile.objects.filter(folder__in=lying).exclude(state="refused")
            known = set(rows.values_list("folder", flat=True))
        for name in sorted(lying - known):
            _, files = documents().listdir(name)
            _delete([f"{name}/{file}" for file in files] or [f"{name}/document.pdf"])
            swept += 1
    return swept


def _write(kept: StoredFile, cleaned: Cleaned) -> None:
    pages = enumerate(cleaned.pictures, start=1)
    contents = {kept.document_name: cleaned.content}
    contents |= {kept.page_name(page): picture for page, picture in pages}
    try:
        for name, content in contents.items():
            documents().save(name, ContentFile(content))
    except Exception as error:
        # Each kind of storage fails in its own ways; the log says which, without any name.
        logger.warning("documents.storage_away", exc_type=type(error).__name__)
        raise UploadRefused("not_kept") from error


def _read(kept: StoredFile, name: str) -> bytes:
    if not kept.is_clean:
        raise NotThere(kept.reason or "The document is still being checked for viruses.")
    return content_of(name)


def content_of(name: str) -> bytes:
    """What lies in the storage under a name. Raises `NotThere` where it does not answer."""
    try:
        with documents().open(name) as file:
            content: bytes = file.read()
    except Exception as error:
        logger.warning("documents.storage_away", exc_type=type(error).__name__)
        raise NotThere(AWAY) from error
    return content


def _delete(names: list[str]) -> None:
    for name in names:
        documents().delete(name)
    for folder in {name.rpartition("/")[0] for name in names}:
        documents().delete(folder)


class Lines(Protocol):
    """What is read line by line from any byte on."""

    def seek(self, at: int, /) -> int: ...
    def readline(self, most: int, /) -> bytes: ...


class Ranged:
    """An object on S3 as lines from any byte on; what lies before and far behind is not fetched."""

    def __init__(self, stored: Any) -> None:
        self._stored = stored
        self._body: Any = BytesIO()

    def seek(self, at: int, /) -> int:
        self.close()
        if at < self._stored.content_length:
            self._body = BufferedReader(self._stored.get(Range=f"bytes={at}-")["Body"], BLOCK)
        else:
            self._body = BytesIO()
        return at

    def readline(self, most: int, /) -> bytes:
        line: bytes = self._body.readline(most)
        return line

    def close(self) -> None:
        self._body.close()


@contextmanager
def lines_of(name: str) -> Iterator[Lines]:
    """A large file, to be read by parts. Raises what its storage raises where it is not there."""
    with documents().open(name) as file:
        stored = getattr(file, "obj", None)
        if stored is None:
            yield file
            return
        with closing(Ranged(stored)) as ranged:
            yield ranged
