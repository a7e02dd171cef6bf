"""The limit on what a browser may send: a file too large is skipped while the form is read."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from save_portal.documents import uploads

MAX_FILE_BYTES = uploads.MAX_MEGABYTES * 1_000_000
MAX_REQUEST_BYTES = 100_000_000
MAX_FILES = 20


class LimitUploads(FileUploadHandler):
    """Stands first in FILE_UPLOAD_HANDLERS. The names of files left out are on the request.

    The rest of the form is read as always, so that nothing that was typed is lost.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.files = 0
        self.taken = 0
        self.of_this_file = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.files += 1
        self.of_this_file = 0
        if self.files > MAX_FILES:
            self._leave_out(f"At most {MAX_FILES} files are sent at once.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.of_this_file += len(raw_data)
        self.taken += len(raw_data)
        if self.of_this_file > MAX_FILE_BYTES:
            self._leave_out(uploads.SENTENCES["too_large"])
        if self.taken > MAX_REQUEST_BYTES:
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
