"""Prices: on a day, and of what was done on another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from billing.models import Exemption, Price
from save_portal.accounts.models import Agency


class PriceList(dict[str, Decimal]):
    """The amount of each kind of charge on one day, in U.S. dollars (S4.1).

    For an agency of a kind that is exempt on that day each amount is zero.
    """

    def __init__(
        self, rows: list[Price], *, day: date, exemptions: Iterable[Exemption] = ()
    ) -> None:
        self._rows = sorted(rows, key=lambda row: row.effective_from)
        self._exemptions = list(exemptions)
        super().__init__({row.kind: self.of(row.kind, day) for row in self._rows})

    def is_exempt(self, day: date) -> bool:
        """Whether nothing is paid on `day`, not even the minimum."""
        return any(
            exemption.effective_from <= day
            and (exemption.effective_to is None or day <= exemption.effective_to)
            for exemption in self._exemptions
        )

    def of(self, kind: str, day: date) -> Decimal:
        """What a charge of `kind` cost on `day`: a later change of prices never reaches back."""
        if self.is_exempt(day):
            return Decimal()
        amounts = [
            row.amount for row in self._rows if row.kind == kind and row.effective_from <= day
        ]
        return amounts[-1] if amounts else Decimal()


def prices_on(day: date, *, agency: Agency | None = None) -> PriceList:
    """The price list as it is on `day`, with its past. Two queries.

    With an agency: as it holds for its kind. A contractor counts as the agency it acts for.
    """
    payer = (agency.acts_for or agency) if agency else None
    exemptions = Exemption.objects.filter(agency_kind=payer.kind) if payer else ()
    return PriceList(list(Price.objects.all()), day=day, exemptions=exemptions)
