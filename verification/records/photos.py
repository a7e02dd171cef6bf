"""Photos that come beside a card file: checked, then kept once by their hash."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from verification.records.errors import PhotoRefused
from verification.records.systems.columns import IMAGE_FILE

MOST_BYTES = 2_000_000
FORBIDDEN_SVG = re.compile(
    rb"<\s*(?:script|foreignobject|iframe|image|use|style|animate|set|a)\b"
    rb"|<!|<\?(?!xml )|\bon\w+\s*=|href|url\s*\(|javascript:|@import|&\w+;",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Image:
    """A checked image."""

    sha256: str
    content_type: str
    content: bytes


def content_type_of(content: bytes) -> str:
    """Tell the type by the content itself, never by the file's name."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.lstrip().startswith((b"<svg ", b"<?xml ")) and b"</svg>" in content:
        if FORBIDDEN_SVG.search(content):
            raise PhotoRefused("photo: a drawing may hold plain shapes only")
        return "image/svg+xml"
    raise PhotoRefused("photo: the file is neither PNG, JPEG, nor a plain SVG drawing")


def read_image(directory: Path, name: str) -> Image:
    """Read one image from the folder of the upload; nothing outside that folder is opened."""
    if not re.fullmatch(IMAGE_FILE.pattern, name):
        raise PhotoRefused(f"photo: not {IMAGE_FILE.expects}")
    root = directory.resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise PhotoRefused("photo: the file lies outside the folder of the upload")
    if not path.is_file():
        raise PhotoRefused("photo: there is no such file beside the upload")
    if path.stat().st_size > MOST_BYTES:
        raise PhotoRefused(f"photo: the file is larger than {MOST_BYTES:,} bytes")
    content = path.read_bytes()
    return Image(hashlib.sha256(content).hexdigest(), content_type_of(content), content)
