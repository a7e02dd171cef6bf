"""Synthetic people for demonstrations and tests. Nobody here exists."""

from verification.records.population.contradictions import CONTRADICTIONS, Contradiction
from verification.records.population.world import AS_OF, SITUATIONS, write_uploads

__all__ = ["AS_OF", "CONTRADICTIONS", "SITUATIONS", "Contradiction", "write_uploads"]
