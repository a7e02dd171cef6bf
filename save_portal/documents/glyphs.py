"""Characters that no font at hand can draw: they are shown by their number, never as an empty box.

PDF/UA-1 (ISO 14289-1, 7.21.8) forbids the glyph that stands for "no glyph", and a name must not be
lost in it. Pango is asked itself, for it chooses among all fonts of the machine and of the paper.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Callable
from typing import Any

# What lies outside is asked for: the fonts of the design system have all of Latin up to here.
_OTHERS = re.compile("[^\t\n\r -~\u00a0-\u017f]")
_NEVER = ("Cc", "Zl", "Zp")


def every_glyph_has_text(document: Any, pdf: Any) -> None:
    """Finishes a paper: the second glyph of a letter that is drawn by two stands for no text,

    and says so with a space of no width, for an empty text is no text (7.21.7).
    """
    for part in pdf.objects:
        lines = getattr(part, "stream", None)
        if isinstance(lines, list) and b"begincmap" in lines:
            part.stream = [
                line[:-2] + b"<200b>" if line[-4:] == b"> <>" else line for line in lines
            ]


def drawable(font_configuration: Any) -> Callable[[str], str]:
    """A function that replaces what cannot be drawn by `[U+0378]`, for a paper's whole text."""
    from weasyprint.text.ffi import ffi

    pango = ctypes.CDLL("libpango-1.0.so.0")
    for name in ("pango_font_map_create_context", "pango_layout_new"):
        getattr(pango, name).restype = ctypes.c_void_p
        getattr(pango, name).argtypes = [ctypes.c_void_p]
    pango.pango_layout_set_text.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    pango.pango_layout_get_unknown_glyphs_count.argtypes = [ctypes.c_void_p]
    font_map = int(ffi.cast("uintptr_t", font_configuration.font_map))
    layout = pango.pango_layout_new(pango.pango_font_map_create_context(font_map))
    known: dict[str, str] = {}

    def shown(match: re.Match[str]) -> str:
        character = match[0]
        if character not in known:
            raw = character.encode()
            pango.pango_layout_set_text(layout, raw, len(raw))
            missing = pango.pango_layout_get_unknown_glyphs_count(layout)
            missing = missing or unicodedata.category(character) in _NEVER
            known[character] = f"[U+{ord(character):04X}]" if missing else character
        return known[character]

    return lambda text: _OTHERS.sub(shown, text)
