"""Bar codes for papers: Code 128, as a drawing that a paper carries within itself."""

from __future__ import annotations

import base64
import re

from barcode import Code128

QUIET_MODULES = 10
HEIGHT = 40


def code128_drawing(text: str) -> str:
    """The address (`data:`) of an SVG drawing of `text` in Code 128, one unit a module.

    One path for all bars keeps the paper small; the quiet zones on both sides are part of it.
    """
    modules: str = Code128(text).build()[0]
    bars = "".join(
        f"M{QUIET_MODULES + bar.start()} 0h{len(bar[0])}v{HEIGHT}h-{len(bar[0])}z"
        for bar in re.finditer("1+", modules)
    )
    width = len(modules) + 2 * QUIET_MODULES
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}">'
        f'<path d="{bars}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
