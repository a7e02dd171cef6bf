"""Keeping cleaned documents: the content in the storage `documents`, its facts in the database.

Content is written before its row and taken away again when the transaction is undone; what a
killed process left behind without a row is swept away a day later.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction

from save_portal.accounts.models import User
from save_portal.accounts.tenancy import whole_scope
from save_portal.documents.models import StoredFile
from save_portal.documents.uploads import Cleaned

SWEEP_AFTER = timedelta(days=1)
SWEEP_DAYS = 7


class NotThere(Exception):
    """The document may not be looked at: not yet checked, or refused."""


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
    """Keep a cleaned document. In quarantine where a virus scanner is set, else clean."""
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
        documents().save(kept.document_name, ContentFile(cleaned.content))
        for page, picture in enumerate(cleaned.pictures, start=1):
            documents().save(kept.page_name(page), ContentFile(picture))
        with transaction.atomic():
            kept.save()
    except BaseException:
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
    transaction.on_commit(lambda: _delete(names))


def remove_content(kept: StoredFile) -> None:
    _delete(kept.names())


def sweep(*, at: datetime) -> int:
    """Take away content without a row, of the days before yesterday; the number of documents."""
    swept = 0
    for back in range(SWEEP_DAYS):
        folder = f"{at - SWEEP_AFTER - timedelta(days=back):%Y/%m/%d}"
        try:
            found, _ = documents().listdir(folder)
        except FileNotFoundError:
            continue
        lying = {f"{folder}/{name}" for name in found}
        with whole_scope():
            rows = StoredFile.objects.filter(folder__in=lying)
            known = set(rows.values_list("folder", flat=True))
        for name in sorted(lying - known):
            _, files = documents().listdir(name)
            _delete([f"{name}/{file}" for file in files] or [f"{name}/document.pdf"])
            swept += 1
    return swept


def _read(kept: StoredFile, name: str) -> bytes:
    if not kept.is_clean:
        raise NotThere(kept.reason or "The document is still being checked for viruses.")
    with documents().open(name) as file:
        content: bytes = file.read()
    return content


def _delete(names: list[str]) -> None:
    for name in names:
        documents().delete(name)
    for folder in {name.rpartition("/")[0] for name in names}:
        documents().delete(folder)
