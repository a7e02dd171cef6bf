"""The forty ways in which systems and documents disagree, each as a situation with its truth.

A situation fills the rows of a person, says what is shown and typed, and states the truth: what
initial verification must answer (`refer`, or a statement), at which step it settles
(`settled_at`), what must be returned, and what must not. A confirmation from records that
contradict each other is a wrong answer even when it happens to be right; a referral never says why
beyond the codes of the contract (S1.4, S3.7).
"""

from collections.abc import Callable
from dataclasses import dataclass

from verification.records.population.situations import Situation

REVIEW = "status_needs_review"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One of the forty. `settled_at`: initial, retry, additional, or g845."""

    number: int
    settled_at: str
    situation: Situation

    @property
    def name(self) -> str:
        return self.situation.__name__


CONTRADICTIONS: list[Contradiction] = []


def contradiction(number: int, settled_at: str) -> Callable[[Situation], Situation]:
    """Enter a situation into the list under its number."""

    def enter(situation: Situation) -> Situation:
        CONTRADICTIONS.append(Contradiction(number, settled_at, situation))
        return situation

    return enter
