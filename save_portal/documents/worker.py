"""The process that turns HTML into PDF: no network, no files but ours, little memory and time.

Runs as `python -m save_portal.documents.worker '{"css": …, "folders": …}'` and speaks messages
that begin with their length: HTML comes in on standard input, an answer of one letter (`P` a PDF,
`E` an error) with its content goes out on standard output. It ends when its input ends. It imports
nothing of the portal and of Django, and inherits no setting.
"""

from __future__ import annotations

import gc
import json
import logging
import mimetypes
import os
import re
import resource
import shutil
import struct
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 10
MAX_HTML_BYTES = 20_000_000
MAX_PDF_BYTES = 30_000_000
SCHEME = "portal"
TOO_BIG = b"The document needs too much memory"
LENGTH = struct.Struct(">Q")
STYLE = re.compile("<style>(.*?)</style>", re.DOTALL)
STYLES_KEPT = 32


def read_exactly(stream: BinaryIO, size: int) -> bytes | None:
    data = stream.read(size)
    return data if len(data) == size else None


def limit_memory(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_next_document(cpu_seconds: int) -> None:
    """The CPU limit counts from the start of the process: it is moved on for each document."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + cpu_seconds + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def renderer(folders: dict[str, str], css: str) -> Any:
    """A function from HTML to PDF. `folders` are the only places that files are read from."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    from save_portal.documents.glyphs import drawable, every_glyph_has_text

    roots = {name: Path(folder).resolve() for name, folder in folders.items()}

    class OurFiles(URLFetcher):  # type: ignore[misc]
        """`portal:///<folder>/<path>` and `data:`; whatever else a document asks for ends it."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            parts = urlsplit(url)
            if parts.scheme == "data":
                return super().fetch(url, headers)
            path = self.allowed_path(parts.scheme, unquote(parts.path))
            if path is None:
                raise FatalURLFetchingError(f"The document may not read {url[:200]}")
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

        @staticmethod
        def allowed_path(scheme: str, path: str) -> Path | None:
            name, _, rest = path.lstrip("/").partition("/")
            root = roots.get(name) if scheme == SCHEME else None
            if root is None:
                return None
            found = (root / rest).resolve()
            return found if found.is_relative_to(root) and found.is_file() else None

    fetcher = OurFiles(allowed_protocols=("data",), allow_redirects=False)
    fonts = FontConfiguration()
    base = f"{SCHEME}:///"
    can_be_drawn = drawable(fonts)

    # A paper's own style is the same for everybody: it is read once, a fifth of the work saved.
    @lru_cache(STYLES_KEPT)
    def sheet(style: str) -> Any:
        return CSS(string=style, base_url=base, url_fetcher=fetcher, font_config=fonts)

    sheet(css)

    def render(html: str) -> bytes:
        html = can_be_drawn(html)
        document = HTML(string=STYLE.sub("", html), base_url=base, url_fetcher=fetcher)
        pdf: bytes = document.write_pdf(
            stylesheets=[sheet(css), *map(sheet, STYLE.findall(html))],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            finisher=every_glyph_has_text,
        )
        if len(pdf) > MAX_PDF_BYTES:
            raise ValueError("The document is too large")
        return pdf

    return render


def main() -> None:
    options = json.loads(sys.argv[1])
    logging.disable(logging.CRITICAL)
    stdin = sys.stdin.buffer
    # Only answers reach the pipe, whatever a library prints.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_memory(options["memory_bytes"])
    render = renderer(options["folders"], options["css"])
    # Layout makes a great many objects that live as long as the paper: they are collected once it
    # has been handed over, not while somebody waits for it.
    gc.collect()
    gc.freeze()
    gc.disable()
    while True:
        head = read_exactly(stdin, LENGTH.size)
        if head is None:
            # Whoever began this process removes the folder too, unless it was killed.
            shutil.rmtree(options["scratch"], ignore_errors=True)
            return
        (size,) = LENGTH.unpack(head)
        html = read_exactly(stdin, size) if size <= MAX_HTML_BYTES else None
        if html is None:
            return
        limit_next_document(options["cpu_seconds"])
        try:
            kind, content = b"P", render(html.decode())
        except MemoryError:
            # What the libraries hold by now is anybody's guess: answer, and make place for another.
            answers.write(b"E" + LENGTH.pack(len(TOO_BIG)) + TOO_BIG)
            answers.flush()
            os._exit(1)
        except BaseException as error:
            kind, content = b"E", f"{type(error).__name__}: {error}"[:500].encode()
        answers.write(kind + LENGTH.pack(len(content)) + content)
        answers.flush()
        gc.collect()


if __name__ == "__main__":
    main()
