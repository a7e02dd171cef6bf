"""Portraits for synthetic people: plain drawings, each face its own, decided by a number.

They are SVG of simple shapes, without script, style, link or image, below 2 kB.
"""

import random

SKIN = ("#f6d7c3", "#efc3a4", "#e3ac84", "#cf9265", "#b0754a", "#8f5a37", "#6f432a", "#523020")
HAIR = ("#17120f", "#2c1e16", "#4a2f1e", "#6d4526", "#9a6a35", "#c79c5a", "#8a8d91", "#d5d5d2")
CLOTH = ("#2f4858", "#7a3b46", "#41644a", "#5b4b8a", "#8c6a2f", "#4c6a8c", "#6b6b6b", "#a04f2a")
BACK = ("#dfe7ee", "#e9e4da", "#e3ecdf", "#ece0e4")
IRIS = ("#3b2314", "#5a3a1b", "#49613a", "#44627f", "#20140e")


def _hair(style: int, color: str, wide: int, woman: bool) -> tuple[str, str]:
    """What lies behind the head, and what lies on it."""
    left, right = 60 - wide, 60 + wide
    top = (
        f'<path d="M{left - 2} 66Q{left - 4} 26 60 26T{right + 2} 66Q{right - 2} 46 60 44'
        f'T{left - 2} 66Z" fill="{color}"/>'
    )
    parted = (
        f'<path d="M{left - 2} 68Q{left - 4} 24 62 26T{right + 2} 68Q{right} 50 48 40'
        f'Q{left + 6} 46 {left - 2} 68Z" fill="{color}"/>'
    )
    crop = (
        f'<path d="M{left} 56Q{left} 30 60 30T{right} 56Q{right - 6} 40 60 39T{left} 56Z"'
        f' fill="{color}"/>'
    )
    curls = "".join(
        f'<circle cx="{60 + dx}" cy="{dy}" r="12" fill="{color}"/>'
        for dx, dy in ((-26, 48), (-16, 36), (0, 31), (16, 36), (26, 48))
    )
    long_back = (
        f'<path d="M{left - 7} 60Q{left - 8} 24 60 24T{right + 7} 60L{right + 9} 112'
        f'H{left - 9}Z" fill="{color}"/>'
    )
    bun = f'<circle cx="60" cy="24" r="11" fill="{color}"/>'
    if woman:
        return ((long_back, top), (long_back, parted), ("", curls), (bun, top))[style % 4]
    return (("", crop), ("", parted), ("", curls), ("", ""))[style % 4]


def portrait(number: int, *, woman: bool) -> str:
    """Draw the face that belongs to a number; the same number, the same face."""
    draw = random.Random(f"face {number} {woman}")  # noqa: S311
    skin, back = draw.choice(SKIN), draw.choice(BACK)
    cloth, iris = draw.choice(CLOTH), draw.choice(IRIS)
    color = draw.choice(HAIR[:4] if skin in SKIN[4:] and draw.random() < 0.9 else HAIR)
    wide, chin = draw.randint(24, 30), draw.randint(94, 104)
    eyes, apart = draw.randint(60, 66), draw.randint(10, 14)
    brow, tilt = draw.choice((1.6, 2.4, 3.2)), draw.randint(-2, 2)
    nose, mouth = draw.randint(5, 10), draw.randint(7, 13)
    smile = draw.randint(-1, 5)
    behind, above = _hair(draw.randrange(4), color, wide, woman)
    left, right = 60 - wide, 60 + wide
    lip = draw.choice(("#a3564f", "#8c3f3c", "#b96b60")) if woman else "#7d4a40"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 150" width="240" height="300">',
        f'<rect width="120" height="150" fill="{back}"/>{behind}',
        f'<path d="M12 150Q16 118 48 112V92H72V112Q104 118 108 150Z" fill="{cloth}"/>',
        f'<path d="M49 88H71V112Q60 122 49 112Z" fill="{skin}"/>',
        f'<circle cx="{left}" cy="68" r="6" fill="{skin}"/>',
        f'<circle cx="{right}" cy="68" r="6" fill="{skin}"/>',
        f'<path d="M{left} 60Q{left} 32 60 32T{right} 60Q{right} {chin - 12} 60 {chin}'
        f'T{left} 60Z" fill="{skin}"/>',
    ]
    if not woman and draw.random() < 0.35:
        parts.append(
            f'<path d="M{left + 1} 74Q{left + 4} {chin} 60 {chin + 2}T{right - 1} 74'
            f'Q{right - 6} {chin - 16} 60 {chin - 18}T{left + 1} 74Z" fill="{color}"/>'
        )
    for side in (-1, 1):
        x = 60 + side * apart
        parts.append(
            f'<ellipse cx="{x}" cy="{eyes}" rx="5" ry="3.2" fill="#fff"/>'
            f'<circle cx="{x}" cy="{eyes}" r="2.4" fill="{iris}"/>'
            f'<path d="M{x - 6} {eyes - 7 + side * tilt}L{x + 6} {eyes - 7 - side * tilt}"'
            f' stroke="{color}" stroke-width="{brow}"/>'
        )
    parts.append(
        f'<path d="M60 {eyes + 3}l-{nose // 2} {nose + 4}h{nose}" fill="none" stroke="#0004"'
        f' stroke-width="1.6"/><path d="M{60 - mouth} 84Q60 {84 + smile} {60 + mouth} 84"'
        f' fill="none" stroke="{lip}" stroke-width="2.6"/>'
    )
    if draw.random() < 0.22:
        rims = "".join(
            f'<circle cx="{60 + side * apart}" cy="{eyes}" r="8.5"/>' for side in (-1, 1)
        )
        parts.append(f'<g fill="none" stroke="#222" stroke-width="1.5">{rims}</g>')
    return "".join((*parts, above, "</svg>\n"))
