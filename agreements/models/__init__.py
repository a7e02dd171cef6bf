"""Agreements, their texts, signatures and supplements."""

from agreements.models.agreement import Agreement

__all__ = ["Agreement"]
