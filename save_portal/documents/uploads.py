"""Uploaded files: only what was drawn anew is kept, in a process of its own (`cleaner.py`)."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field

from django.conf import settings

SECONDS = 60
AT_ONCE = threading.BoundedSemaphore(2)  # each may take 1 GiB and one processor
MAX_MEGABYTES = 20
MAX_PAGES = 20
ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.heif,application/pdf,image/jpeg,image/png,image/heic"

SENTENCES: dict[str, str] = {
    "empty": "The file is empty. Choose it again, or take a new picture.",
    "unknown_kind": "This is not a PDF, JPEG, PNG or HEIC file. Scan the page or take a picture.",
    "two_kinds": (
        "The file is two kinds of file at once, which is how harmful files hide. "
        "Scan the page again or take a picture."
    ),
    "encrypted": (
        "The PDF is locked with a password. Save it without one, or take a picture of its pages."
    ),
    "broken": "The file is damaged and cannot be read. Scan the page again or take a picture.",
    "too_large": f"The file is larger than {MAX_MEGABYTES} MB. Scan it in fewer dots per inch.",
    "too_many_pages": f"The PDF has more than {MAX_PAGES} pages. Send the pages that matter.",
    "too_many_pixels": ("The picture has more than 52 million pixels. Take it in a smaller size."),
    "too_small": "The picture is too small to be read. Take it again from closer by.",
    "bomb": "The file unpacks to far more than a document holds. Scan it again.",
    "not_kept": "It could not be kept, for the storage does not answer. Send it again in a while.",
    "too_long": "Reading the file took too long. Scan it again, or take a picture of each page.",
}


class UploadRefused(Exception):
    """A file that is not kept; `message` says why and what helps."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message = SENTENCES[code]
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document drawn anew. `pictures` has one JPEG a page; a picture is its own page."""

    content: bytes
    content_type: str
    pages: int
    source_sha256: str
    pictures: list[bytes] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def clean(content: bytes) -> Cleaned:
    """The document drawn anew. Raises `UploadRefused`. Takes 0.5 to some seconds."""
    if not content:
        raise UploadRefused("empty")
    if len(content) > MAX_MEGABYTES * 1_000_000:
        raise UploadRefused("too_large")
    with AT_ONCE, tempfile.TemporaryFile() as out:
        try:
            subprocess.run(
                [sys.executable, "-m", "save_portal.documents.cleaner"],
                input=content,
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UploadRefused("too_long") from None
        out.seek(0)
        head = out.readline(100_000)
        if not head.endswith(b"\n"):
            # It was stopped by one of its limits, or died of the file.
            raise UploadRefused("bomb")
        said = json.loads(head)
        if "refused" in said:
            raise UploadRefused(said["refused"])
        document, *pictures = (out.read(size) for size in said["sizes"])
    return Cleaned(
        content=document,
        content_type=said["content_type"],
        pages=said["pages"],
        source_sha256=hashlib.sha256(content).hexdigest(),
        pictures=pictures,
    )
