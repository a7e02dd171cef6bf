"""What the cases hear from the kernel."""

from __future__ import annotations

from datetime import datetime

from save_portal.documents.models import StoredFile


def refused_by_the_scanner(
    sender: object, file: StoredFile, at: datetime, **kwargs: object
) -> None:
    """A virus scanner refused a copy: whose case it belongs to is told."""
    from verification.services import documents

    documents.tell_refused(file=file, at=at)


def connect() -> None:
    from save_portal.documents.scanning import file_refused

    file_refused.connect(refused_by_the_scanner, dispatch_uid="verification.file_refused")
