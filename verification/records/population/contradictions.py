"""The forty contradictions, in their order: first those of the status, then those of the person."""

from verification.records.population import (
    contradictions_of_identity,
    contradictions_of_status,
)
from verification.records.population.contradiction import CONTRADICTIONS, Contradiction

__all__ = [
    "CONTRADICTIONS",
    "Contradiction",
    "contradictions_of_identity",
    "contradictions_of_status",
]
