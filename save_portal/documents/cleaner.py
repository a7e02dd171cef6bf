"""The process that takes an uploaded file apart and draws it anew; what it was is thrown away.

Runs as `python -m save_portal.documents.cleaner`, once a file: the file comes in on standard input;
out goes one line of JSON and then the bytes of the kept document and of the picture of each page
(`{"content_type", "pages", "sizes": [document, page 1, …]}`), or `{"refused": code}`. The codes are
those of `uploads.SENTENCES`. It imports nothing of the portal and of Django, inherits no setting,
and before it looks at the file it gives up opening files and connections, much memory and time.
"""

from __future__ import annotations

import io
import json
import logging
import os
import resource
import sys
import zlib
from typing import Any, BinaryIO

import pikepdf
import pillow_heif
import puremagic
import pypdfium2
from PIL import Image, ImageOps

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 40
MAX_UPLOAD_BYTES = 20_000_000
MAX_OUTPUT_BYTES = 80_000_000
MAX_PAGES = 20
MAX_PIXELS = 52_000_000
MIN_SIDE = 200
KEPT_SIDE = 4000
PAGE_SIDE = 2200
MAX_STREAM_BYTES = 200_000_000
MAX_STREAMS_BYTES = 800_000_000
MAX_PAGE_POINTS = 14_400
QUALITY = 88

KINDS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
}
# What a page needs to be drawn. Everything else of it, and of the catalog, is left behind.
PAGE_KEYS = {"/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit"}
# What acts, reaches outside, hides a file or tells of its origin, wherever it stands.
FORBIDDEN = {
    "/AA", "/AF", "/Annots", "/DPart", "/EF", "/EmbeddedFiles", "/JS", "/JavaScript", "/Launch",
    "/LastModified", "/Metadata", "/OPI", "/OpenAction", "/PieceInfo", "/PS", "/Ref",
    "/RichMediaContent", "/SubmitForm", "/Thumb", "/URI", "/XFA",
}  # fmt: skip
EXTERNAL_STREAM = {"/F", "/FFilter", "/FDecodeParms"}


class Refused(Exception):
    """The file is not kept; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def kind_of(data: bytes) -> str:
    """What the file is by its content: one of our kinds, or a refusal."""
    if not data:
        raise Refused("empty")
    try:
        matches = puremagic.magic_string(data)
    except puremagic.PureError:
        raise Refused("unknown_kind") from None
    kinds = {KINDS[match.mime_type] for match in matches if match.mime_type in KINDS}
    if not kinds:
        raise Refused("unknown_kind")
    kind = kinds.pop()
    if kinds or _also_something_else(kind, data):
        raise Refused("two_kinds")
    return kind


def _also_something_else(kind: str, data: bytes) -> bool:
    """Whether another program would take the same bytes for an archive, a page or a document."""
    head, tail = data[:1024].lower(), data[-66_000:]
    if kind != "PDF" and b"%pdf-" in head:
        return True
    if b"PK\x05\x06" in tail or b"7z\xbc\xaf\x27\x1c" in tail or b"Rar!\x1a\x07" in tail:
        return True
    return any(mark in head for mark in (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php"))


def clean_image(data: bytes, kind: str) -> tuple[str, bytes, list[bytes]]:
    """The picture drawn anew: no metadata, no place, no second picture; upright."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as found:
            width, height = found.size
            if width * height > MAX_PIXELS:
                raise Refused("too_many_pixels")
            if max(width, height) < MIN_SIDE:
                raise Refused("too_small")
            found.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
            found.load()
            picture = ImageOps.exif_transpose(found)
            fresh = _on_white(picture)
    except Refused:
        raise
    except MemoryError:
        raise
    except Exception as error:
        raise Refused("broken") from error
    fresh.thumbnail((KEPT_SIDE, KEPT_SIDE))
    document = _jpeg(fresh)
    return "image/jpeg", document, []


def _on_white(picture: Image.Image) -> Image.Image:
    """Only the colors of the picture, on a new white sheet."""
    if picture.mode.startswith("I"):
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    sheet = Image.new("RGB", picture.size, "white")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen_through = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        sheet.paste(seen_through, mask=seen_through.getchannel("A"))
    else:
        sheet.paste(picture.convert("RGB"))
    return sheet


def _jpeg(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return kept.getvalue()


def clean_pdf(data: bytes) -> tuple[str, bytes, list[bytes]]:
    """The pages alone in a new document: no scripts, attachments, forms, links; and each drawn."""
    try:
        with pikepdf.open(io.BytesIO(data)) as found:
            if found.is_encrypted:
                raise Refused("encrypted")
            if not 1 <= len(found.pages) <= MAX_PAGES:
                raise Refused("too_many_pages" if len(found.pages) else "broken")
            document = _rewritten(found)
    except (Refused, MemoryError):
        raise
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except Exception as error:
        raise Refused("broken") from error
    return "application/pdf", document, _drawn(document)


def _rewritten(found: pikepdf.Pdf) -> bytes:
    # What was filled into a form becomes part of the page before the form goes.
    if "/AcroForm" in found.Root:
        if any("/AP" not in note for page in found.pages for note in page.obj.get("/Annots", [])):
            found.Root.AcroForm.NeedAppearances = True
        found.generate_appearance_streams()
    found.flatten_annotations("screen")
    fresh = pikepdf.Pdf.new()
    for page in found.pages:
        _bounded(page)
        fresh.pages.append(page)
    for page in fresh.pages:
        for key in set(page.obj.keys()) - PAGE_KEYS - {"/Parent"}:
            del page.obj[key]
    _strip(fresh)
    kept = io.BytesIO()
    fresh.save(
        kept,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
        deterministic_id=True,
    )
    return kept.getvalue()


def _bounded(page: pikepdf.Page) -> None:
    box = [float(edge) for edge in page.mediabox]
    if not all(abs(edge) <= MAX_PAGE_POINTS for edge in box):
        raise Refused("broken")


def _strip(fresh: pikepdf.Pdf) -> None:
    """Take what acts or reaches outside from every object; measure what each unpacks to."""
    total = 0
    for thing in fresh.objects:
        _strip_within(thing, depth=0)
        if isinstance(thing, pikepdf.Stream):
            for key in EXTERNAL_STREAM & set(thing.keys()):
                del thing[key]
            total += _unpacked_size(thing)
            if total > MAX_STREAMS_BYTES:
                raise Refused("bomb")


def _strip_within(thing: Any, *, depth: int) -> None:
    """Dictionaries and lists that stand inside an object; references are objects of their own."""
    if depth > 60:
        raise Refused("broken")
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        for key in FORBIDDEN & set(thing.keys()):
            del thing[key]
        inner = [value for _, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        inner = list(thing)
    else:
        return
    for value in inner:
        if isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect:
            _strip_within(value, depth=depth + 1)


def _unpacked_size(stream: pikepdf.Stream) -> int:
    """Bytes that a reader would unpack; refuses what grows without measure."""
    if stream.get("/Subtype") == pikepdf.Name.Image:
        pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
        if pixels > MAX_PIXELS:
            raise Refused("too_many_pixels")
    filters: Any = stream.get("/Filter", [])
    names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(f) for f in filters]
    data = bytes(stream.read_raw_bytes())
    for name in names:
        if name not in ("/FlateDecode", "/Fl"):
            break
        data = _inflated(data)
    return len(data)


def _inflated(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, MAX_STREAM_BYTES + 1)
    except zlib.error:
        return b""
    if len(unpacked) > MAX_STREAM_BYTES:
        raise Refused("bomb")
    return unpacked


def _drawn(document: bytes) -> list[bytes]:
    """Each page as a picture: what a verifier looks at, and the proof that it can be read."""
    try:
        opened = pypdfium2.PdfDocument(document)
        pictures = []
        for page in opened:
            scale = PAGE_SIDE / max(page.get_size())
            pictures.append(_jpeg(page.render(scale=scale).to_pil().convert("RGB")))
            page.close()
    except MemoryError:
        raise
    except Exception as error:
        raise Refused("broken") from error
    return pictures


def clean(data: bytes) -> tuple[str, bytes, list[bytes]]:
    """(content type, document, pictures of the pages; none where the document is a picture)."""
    kind = kind_of(data)
    return clean_pdf(data) if kind == "PDF" else clean_image(data, kind)


def give_up_rights() -> None:
    """No file and no connection can be opened from here on; memory, time and output are limited."""
    pillow_heif.options.DECODE_THREADS = 1
    Image.MAX_IMAGE_PIXELS = None  # measured in `clean_image`, with a sentence of its own
    pillow_heif.register_heif_opener()
    Image.init()
    # Whatever these load when first used, they load now.
    warm = io.BytesIO()
    Image.new("RGB", (8, 8)).save(warm, "PDF")
    with pikepdf.open(warm) as document:
        _rewritten(document)
        locked = io.BytesIO()
        document.save(locked, encryption=pikepdf.Encryption(owner="x", user=""))
    pikepdf.open(locked).close()
    _drawn(warm.getvalue())
    pillow_heif.from_pillow(Image.new("RGB", (64, 64))).save(io.BytesIO())
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def answer(stream: BinaryIO, head: dict[str, Any], blobs: list[bytes]) -> None:
    stream.write(json.dumps(head).encode() + b"\n")
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def main() -> None:
    logging.disable(logging.CRITICAL)
    # Only the answer reaches the parent, whatever a library prints.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    data = sys.stdin.buffer.read(MAX_UPLOAD_BYTES + 1)
    give_up_rights()
    try:
        if len(data) > MAX_UPLOAD_BYTES:
            raise Refused("too_large")
        content_type, document, pictures = clean(data)
        sizes = [len(document), *(len(picture) for picture in pictures)]
        if sum(sizes) > MAX_OUTPUT_BYTES - 10_000:
            raise Refused("too_large")
    except Refused as refused:
        answer(answers, {"refused": refused.code}, [])
    except MemoryError:
        answer(answers, {"refused": "bomb"}, [])
    else:
        head = {"content_type": content_type, "pages": max(1, len(pictures)), "sizes": sizes}
        answer(answers, head, [document, *pictures])
    # No destructor of a library gets to run over what a hostile file left in memory.
    os._exit(0)


if __name__ == "__main__":
    main()
