"""The drawings of the open figures, made by the server as SVG. Beside each stands its table."""

from __future__ import annotations

from dataclasses import dataclass

from casecheck.figures import Settled, Wait

WIDTH, HEIGHT, TOP, FOOT = 600, 220, 20, 30


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str
    kind: str


def bars(waits: list[Wait]) -> list[Bar]:
    """Two bars a month: half of the answers, nine of ten. Drawn by the server, no script."""
    shown = [wait for wait in waits if wait.nine_tenths is not None]
    if not shown:
        return []
    highest = max(wait.nine_tenths or 0.0 for wait in shown) or 1.0
    step = WIDTH / len(shown)
    drawn = []
    for place, wait in enumerate(shown):
        for shift, value, kind in ((0.1, wait.half, "half"), (0.5, wait.nine_tenths, "nine")):
            height = (HEIGHT - TOP - FOOT) * (value or 0.0) / highest
            drawn.append(
                Bar(
                    x=round(place * step + shift * step, 1),
                    y=round(HEIGHT - FOOT - height, 1),
                    width=round(step * 0.38, 1),
                    height=round(height, 1),
                    label=f"{wait.month:%m}" if kind == "half" else "",
                    kind=kind,
                )
            )
    return drawn


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar that is a hundred wide."""

    x: float
    width: float
    kind: str


def stacked(row: Settled) -> list[Part]:
    """One month's shares side by side; what is hidden stays an empty place at the end."""
    drawn, x = [], 0.0
    for share in row.shares:
        if share.share:
            drawn.append(Part(x=round(x, 1), width=share.share, kind=share.group))
            x += share.share
    return drawn
