"""Images of papers in a file: drawn, with lines for text, so that nothing on them is anybody's."""

import io
import random

from PIL import Image, ImageDraw, ImageFont

# kind of document -> name of its image
KINDS = {
    "Immigrant visa": "visa",
    "Birth certificate": "birth",
    "Marriage certificate": "marriage",
    "Naturalization certificate": "naturalization",
    "Arrival record": "arrival",
    "Index card": "index_card",
}


def paper(title: str, *, faded: bool = False) -> str:
    """One page as plain SVG shapes; `faded` as a bad film shows it."""
    ink, sheet = ("#b9b4a6", "#e8e4d8") if faded else ("#2b2b33", "#fbf8ef")
    lines = "".join(
        f'<path d="M60 {y}H{540 - (y * 37) % 140}" stroke="{ink}" stroke-width="6"'
        f' stroke-opacity="{0.25 if faded else 0.55}"/>'
        for y in range(220, 700, 40)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 780" width="600" height="780">'
        f'<rect width="600" height="780" fill="{sheet}"/>'
        f'<rect x="24" y="24" width="552" height="732" fill="none" stroke="{ink}"/>'
        f'<text x="300" y="110" font-family="serif" font-size="34" text-anchor="middle"'
        f' fill="{ink}">{title}</text>'
        f'<text x="300" y="150" font-family="sans-serif" font-size="18" text-anchor="middle"'
        f' fill="{ink}">SYNTHETIC - DEMONSTRATION ONLY</text>{lines}'
        f'<circle cx="480" cy="660" r="54" fill="none" stroke="{ink}" stroke-width="5"/></svg>\n'
    )


def photographed(title: str, side: str, seed: str, *, as_pdf: bool = False) -> bytes:
    """A card as a telephone takes it: a JPEG, or a PDF of one page; nothing on it is anybody's."""
    draw = random.Random(f"{title} {side} {seed}")  # noqa: S311
    sheet = Image.new("RGB", (1100, 760), (draw.randint(60, 110), draw.randint(60, 100), 70))
    pen = ImageDraw.Draw(sheet)
    pen.rounded_rectangle((70, 80, 1030, 680), 36, fill=(236, 240, 232), outline=(90, 110, 90))
    pen.text((120, 120), title, fill=(30, 50, 40), font=ImageFont.load_default(44))
    pen.text((120, 180), f"{side} side", fill=(30, 50, 40), font=ImageFont.load_default(30))
    pen.text(
        (120, 610), "SYNTHETIC - DEMONSTRATION ONLY", fill=(140, 40, 40),
        font=ImageFont.load_default(34),
    )  # fmt: skip
    if side == "Front":
        pen.rectangle((120, 250, 360, 560), fill=(205, 212, 200), outline=(90, 110, 90))
    for line in range(5):
        left, top = 410 if side == "Front" else 120, 270 + line * 62
        pen.rectangle((left, top, left + draw.randint(220, 540), top + 22), fill=(120, 130, 120))
    turned = sheet.rotate(draw.uniform(-3, 3), expand=False, fillcolor=(70, 70, 70))
    content = io.BytesIO()
    turned.save(content, "PDF" if as_pdf else "JPEG", quality=80)
    return content.getvalue()
