"""Images of papers in a file: drawn, with lines for text, so that nothing on them is anybody's."""

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
