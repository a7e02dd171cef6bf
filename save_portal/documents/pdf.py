"""Tagged PDFs (PDF/UA-1) from templates, drawn by a process of their own with narrow limits.

The parent renders the template and hands the HTML over; the child (`worker.py`) has no settings, no
database, no network and reads only the folders named here. It lives on between documents and is
replaced when it hangs or dies. Templates name a file as `portal:///static/…` or
`portal:///fonts/…`.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from save_portal.documents import worker

SECONDS = 10.0
STARTING_SECONDS = 20.0
BYTECODE = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")


class DocumentFailed(Exception):
    """The document could not be drawn; trying the same again would fail the same way."""


class _WorkerLost(Exception):
    """The process died; another one may succeed."""


class _TooLong(Exception):
    """The process did not answer in time."""


class Renderer:
    """One child process, used by one thread at a time."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        memory_bytes: int = worker.MEMORY_BYTES,
        cpu_seconds: int = worker.CPU_SECONDS,
    ) -> None:
        self.seconds = seconds
        self.limits = {"memory_bytes": memory_bytes, "cpu_seconds": cpu_seconds}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch = ""
        self._owner = 0

    def render(self, html: str) -> bytes:
        with self._lock:
            try:
                return self._render_once(html)
            except _WorkerLost:
                pass
            except _TooLong as error:
                raise DocumentFailed(str(error)) from None
            try:
                return self._render_once(html)
            except (_WorkerLost, _TooLong) as error:
                raise DocumentFailed(str(error)) from None

    def close(self) -> None:
        with self._lock:
            self._end()

    def _render_once(self, html: str) -> bytes:
        process, fresh = self._running()
        deadline = time.monotonic() + self.seconds + (STARTING_SECONDS if fresh else 0)
        raw = html.encode()
        if len(raw) > worker.MAX_HTML_BYTES:
            raise DocumentFailed("The document is too large")
        try:
            self._send(process, worker.LENGTH.pack(len(raw)) + raw, deadline)
            head = self._receive(process, 1 + worker.LENGTH.size, deadline)
            (size,) = worker.LENGTH.unpack(head[1:])
            if size > worker.MAX_PDF_BYTES:
                raise _WorkerLost("The answer is too large")
            content = self._receive(process, size, deadline)
        except _TooLong:
            self._end()
            raise
        except (_WorkerLost, OSError) as error:
            if self._end() == -signal.SIGXCPU:
                raise DocumentFailed("The document took too long to compute") from None
            raise _WorkerLost(str(error)) from error
        if head[:1] == b"E":
            raise DocumentFailed(content.decode(errors="replace"))
        return content

    def _running(self) -> tuple[subprocess.Popen[bytes], bool]:
        """The child of this very process: after a fork the parent's child is left alone."""
        if self._owner != os.getpid():
            self._process = None
            self._scratch = ""
        if self._process is not None and self._process.poll() is None:
            return self._process, False
        self._end()
        self._owner = os.getpid()
        # Its fonts and whatever else it writes; removed with it, however it ends.
        self._scratch = tempfile.mkdtemp(prefix="save-pdf-")
        options = _options() | self.limits | {"scratch": self._scratch}
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-m", worker.__name__, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env=_environment() | {"TMPDIR": self._scratch},
        )
        return self._process, True

    def _end(self) -> int | None:
        """End the child, if there is one; how it ended."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return None
        # A child whose input has ended is on its way: how it ended is worth a moment.
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)
        return process.returncode

    @staticmethod
    def _wait(fd: int, event: int, deadline: float) -> None:
        left = deadline - time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(fd, event)
            if left <= 0 or not selector.select(left):
                raise _TooLong("The document took too long")

    def _send(self, process: subprocess.Popen[bytes], data: bytes, deadline: float) -> None:
        assert process.stdin is not None
        fd = process.stdin.fileno()
        os.set_blocking(fd, False)
        rest = memoryview(data)
        while rest:
            self._wait(fd, selectors.EVENT_WRITE, deadline)
            rest = rest[os.write(fd, rest[:65536]) :]

    def _receive(self, process: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
        assert process.stdout is not None
        fd = process.stdout.fileno()
        data = bytearray()
        while len(data) < size:
            self._wait(fd, selectors.EVENT_READ, deadline)
            part = os.read(fd, min(size - len(data), 1 << 20))
            if not part:
                raise _WorkerLost("The process that draws documents died")
            data += part
        return bytes(data)


def _options() -> dict[str, Any]:
    fonts = Path(settings.USWDS_DIST) / "fonts"
    css = (Path(__file__).parent / "print.css").read_text()
    return {
        "css": css if fonts.is_dir() else css[css.index("/* Page */") :],
        "folders": {"fonts": str(fonts), "static": str(Path(settings.BASE_DIR) / "static")},
    }


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", tempfile.gettempdir()),
        "LANG": "C.UTF-8",
    } | {name: os.environ.get(name, "") for name in BYTECODE}


renderer = Renderer()
atexit.register(renderer.close)


def render_pdf(
    template_name: str, context: dict[str, Any], request: HttpRequest | None = None
) -> bytes:
    """The template as a tagged PDF. Raises `DocumentFailed`."""
    return renderer.render(render_to_string(template_name, context, request))
