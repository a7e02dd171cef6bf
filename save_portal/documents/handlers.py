"""The limit on what may be sent: a file too large is skipped while the form is read."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from save_portal.documents import uploads

MAX_FILE_BYTES = uploads.MAX_MEGABYTES * 1_000_000
MAX_REQUEST_BYTES = 100_000_000
MAX_FILES = 20
# The path of an address that takes one larger file, of people and machines that are signed in →
# how many bytes, and the sentence for more.
LARGER: dict[str, tuple[int, str]] = {}


class LimitUploads(FileUploadHandler):
    """Stands first in FILE_UPLOAD_HANDLERS. The names of files left out are on the request.

    The rest of the form is read as always, so that nothing that was typed is lost.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.files = 0
        self.taken = 0
        self.of_this_file = 0
        path = getattr(request, "path", "")
        self.limit, self.sentence = LARGER.get(path, (0, ""))
        user = getattr(request, "user", None)
        if not self.limit or user is None or not user.is_authenticated:
            self.limit, self.sentence = MAX_FILE_BYTES, uploads.SENTENCES["too_large"]
        self.of_all = max(self.limit, MAX_REQUEST_BYTES)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.files += 1
        self.of_this_file = 0
        if self.files > MAX_FILES:
            self._leave_out(f"At most {MAX_FILES} files are sent at once.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.of_this_file += len(raw_data)
        self.taken += len(raw_data)
        if self.of_this_file > self.limit:
            self._leave_out(self.sentence)
        if self.taken > self.of_all:
            self._leave_out("These files are too many for one time. Send the rest afterwards.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _leave_out(self, why: str) -> None:
        if self.request is not None:
            left_out = getattr(self.request, "files_left_out", [])
            request: Any = self.request
            request.files_left_out = [*left_out, (self.file_name or "", why)]
        raise SkipFile
