"""Prices: on a day, and of what was done on another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing.models import Price


class PriceList(dict[str, Decimal]):
    """The amount of each kind of charge on one day, in U.S. dollars (S4.1)."""

    def __init__(self, rows: list[Price], *, day: date) -> None:
        self._rows = sorted(rows, key=lambda row: row.effective_from)
        super().__init__({row.kind: row.amount for row in self._rows if row.effective_from <= day})

    def of(self, kind: str, day: date) -> Decimal:
        """What a charge of `kind` cost on `day`: a later change of prices never reaches back."""
        amounts = [
            row.amount for row in self._rows if row.kind == kind and row.effective_from <= day
        ]
        return amounts[-1] if amounts else Decimal()


def prices_on(day: date) -> PriceList:
    """The price list as it is on `day`, with its past. One query."""
    return PriceList(list(Price.objects.all()), day=day)
