"""Prices on a day."""

from datetime import date
from decimal import Decimal

from billing.models import Price


def prices_on(day: date) -> dict[str, Decimal]:
    """The amount of each kind of charge on `day`, in U.S. dollars (S4.1). One query."""
    rows = (
        Price.objects.filter(effective_from__lte=day)
        .order_by("kind", "-effective_from")
        .distinct("kind")
    )
    return {row.kind: row.amount for row in rows}
