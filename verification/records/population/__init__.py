"""Synthetic people for demonstrations and tests. Nobody here exists."""

from verification.records.population.situations import SITUATIONS
from verification.records.population.world import AS_OF, write_uploads

__all__ = ["AS_OF", "SITUATIONS", "write_uploads"]
