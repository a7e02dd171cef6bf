"""Which limit an agency set for a month."""

from __future__ import annotations

from billing.models import SpendingLimit


def limit_of(agency_id: int) -> SpendingLimit | None:
    """The newest; its amount is empty where the agency wants no limit any more."""
    return SpendingLimit.objects.filter(agency_id=agency_id).order_by("-id").first()


def limits() -> list[SpendingLimit]:
    """The limit of each agency that has one. One query."""
    newest = SpendingLimit.objects.order_by("agency_id", "-id").distinct("agency_id")
    return [
        limit
        for limit in newest.select_related("agency", "agency__acts_for")
        if limit.amount is not None and limit.agency.is_active
    ]
