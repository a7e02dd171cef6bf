"""The virus scanner's verdict over documents in quarantine, where `CLAMD_URL` names one.

The scanner is asked over its own protocol (INSTREAM). A scanner that does not answer leaves the
document in quarantine; it is asked again each minute.
"""

from __future__ import annotations

import socket
import struct
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.dispatch import Signal

from save_portal import audit
from save_portal.accounts.tenancy import whole_scope
from save_portal.documents import places, storing
from save_portal.documents.models import StoredFile

SECONDS = 30.0
CHUNK = 1 << 16

logger = structlog.get_logger(__name__)

# Sent in the transaction of a refusal, with `file` and `at`: whose document it was is told.
file_refused = Signal()


class NoVerdict(Exception):
    """The scanner is away, or did not understand; it is asked again."""


def verdict(content: bytes) -> str:
    """What the scanner found, or nothing where the content is clean. Raises `NoVerdict`."""
    try:
        with _connected() as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                part = content[start : start + CHUNK]
                line.sendall(struct.pack("!L", len(part)) + part)
            line.sendall(struct.pack("!L", 0))
            said = b""
            while not said.endswith(b"\0") and (more := line.recv(4096)):
                said += more
    except OSError as error:
        raise NoVerdict(f"The virus scanner is away: {type(error).__name__}") from error
    answer = said.rstrip(b"\0").decode(errors="replace").removeprefix("stream: ")
    if answer == "OK":
        return ""
    if answer.endswith(" FOUND"):
        return answer.removesuffix(" FOUND")
    raise NoVerdict(f"The virus scanner said: {answer[:100]}")


def _connected() -> socket.socket:
    scanner = places.scanner(settings.CLAMD_URL)
    if scanner is None:
        raise NoVerdict("No virus scanner is set")
    kind, address = scanner
    if kind == "tcp":
        assert isinstance(address, tuple)
        return socket.create_connection(address, timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    line.connect(address)
    return line


def scan_due(*, at: datetime) -> int:
    """Ask for each document in quarantine, one transaction each; the number of verdicts.

    Rows that another worker asks about are left to it. Ends when the scanner does not answer.
    """
    given = 0
    after = 0
    while True:
        with whole_scope():
            kept = (
                StoredFile.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(state=StoredFile.State.QUARANTINED, pk__gt=after)
                .order_by("pk")
                .first()
            )
            if kept is None:
                return given
            after = kept.pk
            try:
                found = _verdict_over(kept)
            except NoVerdict as error:
                logger.warning(
                    "documents.no_verdict",
                    file_id=kept.pk,
                    exc_type=type(error.__cause__ or error).__name__,
                )
                return given
            _record(kept, found=found, at=at)
            given += 1


def _verdict_over(kept: StoredFile) -> str:
    for name in kept.names():
        try:
            content = storing.content_of(name)
        except storing.NotThere as error:
            raise NoVerdict(str(error)) from error
        if found := verdict(content):
            return found
    return ""


def _record(kept: StoredFile, *, found: str, at: datetime) -> None:
    kept.state = StoredFile.State.REFUSED if found else StoredFile.State.CLEAN
    kept.reason = f"The virus scanner found {found}."[:120] if found else ""
    kept.checked_at = at
    kept.save(update_fields=["state", "reason", "checked_at"])
    audit.record(
        "document.refused" if found else "document.scanned",
        by=None,
        at=at,
        subject_type="stored_file",
        subject_id=kept.pk,
        agency_id=kept.agency_id,
        data={"found": found} if found else {},
    )
    if found:
        transaction.on_commit(lambda: storing.remove_content(kept), robust=True)
        file_refused.send(sender=StoredFile, file=kept, at=at)
