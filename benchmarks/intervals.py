"""How far a share that was counted may be from the true one."""

from math import sqrt


def wilson(wrong: int, asked: int, z: float = 1.96) -> tuple[float, float]:
    """The interval that holds the true share with 95 %."""
    if not asked:
        return 0.0, 1.0
    p, d = wrong / asked, 1 + z * z / asked
    middle = p + z * z / (2 * asked)
    half = z * sqrt(p * (1 - p) / asked + z * z / (4 * asked * asked))
    return max(0.0, (middle - half) / d), min(1.0, (middle + half) / d)
