"""Shares of what was counted: how far off they may be, and when they are too few to be shown."""

from dataclasses import dataclass
from math import sqrt

FEWEST = 10  # cases behind a share; fewer could point at a person


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, under a label."""

    label: str
    part: int
    whole: int

    @property
    def shown(self) -> bool:
        """Whether there are enough cases to show it (and not just to say that they are few)."""
        return self.whole >= FEWEST

    @property
    def percent(self) -> float:
        return 100 * self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The per cents between which the true share lies with 95 % (Wilson)."""
        if not self.whole:
            return 0.0, 100.0
        z = 1.96
        p, d = self.part / self.whole, 1 + z * z / self.whole
        middle = p + z * z / (2 * self.whole)
        half = z * sqrt(p * (1 - p) / self.whole + z * z / (4 * self.whole * self.whole))
        return 100 * max(0.0, (middle - half) / d), 100 * min(1.0, (middle + half) / d)


def hidden_beside(shares: list[Share]) -> list[Share]:
    """The shares with those too few put together, the largest first.

    Where those are still too few, the smallest of the others goes with them, so that no small
    cell follows from the total and the rest.
    """
    few = [share for share in shares if not share.shown]
    enough = sorted((share for share in shares if share.shown), key=lambda share: -share.whole)
    while few and enough and (len(few) == 1 or sum(share.whole for share in few) < FEWEST):
        few.append(enough.pop())
    if few:
        part, whole = (sum(getattr(share, of) for share in few) for of in ("part", "whole"))
        enough.append(Share("All others", part, whole))
    return enough
