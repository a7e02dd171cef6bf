"""Prices: on a day, and of what was done on another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings

from billing import policies
from billing.enums import EXEMPTABLE, MINIMUM, PRICED
from billing.errors import BillingError
from billing.lifecycles import PriceChangeStatus
from billing.models import Exemption, Price, PriceChange
from save_portal.accounts.models import Agency, User
from save_portal.calendar.local import local_date


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


@dataclass(frozen=True, slots=True)
class ListInForce:
    """A whole price list: what holds from a day on, whom it spares, and who decided that."""

    begins: date
    amounts: dict[str, Decimal]
    exempt: frozenset[str]
    change: PriceChange | None = None
    source: str = ""

    @property
    def rows(self) -> list[tuple[str, Decimal]]:
        """(what, how much), in the order of the list."""
        return [(label, self.amounts[kind]) for kind, label in PRICED if kind in self.amounts]

    @property
    def exempt_in_words(self) -> str:
        kinds = [Agency.Kind(kind).label.lower() for kind in EXEMPTABLE if kind in self.exempt]
        *others, last = kinds or [""]
        return f"{', '.join(others)} and {last}" if others else last


@dataclass(frozen=True, slots=True)
class Proposal:
    """A price list that waits, beside what holds until then, and what this officer may do."""

    change: PriceChange
    rows: list[tuple[str, Decimal, Decimal, bool]]  # what, until then, from then on, is changed
    exempt_in_words: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class PricePage:
    """The list that holds, those to come, those that held, and proposals for the office."""

    holds: ListInForce | None
    coming: list[ListInForce]
    past: list[ListInForce]
    proposals: list[Proposal]
    decided: list[PriceChange]
    is_office: bool


def list_on(day: date) -> ListInForce:
    """The whole price list of one day. Two queries."""
    return _on(day, list(Price.objects.all()), list(Exemption.objects.all()))


def minimum_of(month: date) -> Decimal:
    """The least that a month with any use costs, as it is on the month's first day (S4.2)."""
    amount = (
        Price.objects.filter(kind=MINIMUM, effective_from__lte=month)
        .order_by("-effective_from")
        .values_list("amount", flat=True)
        .first()
    )
    if amount is None:
        raise BillingError(f"No minimum holds for {month:%B %Y}: the price list has a gap.")
    return amount


def price_page(*, user: User, at: datetime) -> PricePage:
    """Three queries for everybody: prices, exemptions, changes."""
    today = local_date(at, settings.TIME_ZONE)
    prices, exemptions = list(Price.objects.all()), list(Exemption.objects.all())
    changes = list(PriceChange.objects.select_related("proposed_by", "decided_by"))
    by_day = {c.effective_from: c for c in changes if c.status == PriceChangeStatus.APPROVED}
    days = {price.effective_from for price in prices}
    days |= {exemption.effective_from for exemption in exemptions}
    days |= {e.effective_to + timedelta(days=1) for e in exemptions if e.effective_to}
    lists = [_on(day, prices, exemptions, by_day.get(day)) for day in sorted(days, reverse=True)]
    begun = [each for each in lists if each.begins <= today]
    office = policies.is_office(user)
    return PricePage(
        holds=begun[0] if begun else None,
        coming=[each for each in reversed(lists) if each.begins > today],
        past=begun[1:],
        proposals=[
            _proposal(change, user, _on(change.effective_from, prices, exemptions))
            for change in changes
            if office and change.status == PriceChangeStatus.PROPOSED
        ],
        decided=[c for c in changes if c.status != PriceChangeStatus.PROPOSED] if office else [],
        is_office=office,
    )


def _proposal(change: PriceChange, user: User, until: ListInForce) -> Proposal:
    rows = []
    for kind, label in PRICED:
        before, after = until.amounts.get(kind, Decimal()), Decimal(change.amounts[kind])
        rows.append((label, before, after, before != after))
    wanted = ListInForce(change.effective_from, {}, frozenset(change.exempt))
    return Proposal(change, rows, wanted.exempt_in_words, change.proposed_by_id == user.pk)


def _on(
    day: date, prices: list[Price], exemptions: list[Exemption], change: PriceChange | None = None
) -> ListInForce:
    amounts: dict[str, Decimal] = {}
    for price in sorted(prices, key=lambda row: row.effective_from):
        if price.effective_from <= day:
            amounts[price.kind] = price.amount
    exempt = [
        e
        for e in exemptions
        if e.effective_from <= day and (e.effective_to is None or day <= e.effective_to)
    ]
    began = [e.source for e in exempt if e.effective_from == day]
    return ListInForce(
        begins=day,
        amounts=amounts,
        exempt=frozenset(e.agency_kind for e in exempt),
        change=change,
        source=change.source if change else began[0] if began else "",
    )
