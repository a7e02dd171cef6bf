"""What a month costs (S4.2). Pure functions; amounts are U.S. dollars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

DAYS_TO_PAY = 30
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Used:
    """So many acts of a kind by a person, all at one price, between two days of one month.

    Days are the agency's; no other act of that person and kind lies between them.
    """

    department_id: int | None
    by_id: int
    kind: str
    unit_price: Decimal
    first_on: date
    last_on: date
    quantity: int

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


def first_of_next(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def has_ended_everywhere(month: date, at: datetime) -> bool:
    """Whether it is over in the last time zone on earth, twelve hours behind UTC."""
    return (at.astimezone(UTC) - timedelta(hours=12)).date() >= first_of_next(month)


def has_begun_somewhere(day: date, at: datetime) -> bool:
    """Whether it has begun in the first time zone on earth, fourteen hours ahead of UTC."""
    return (at.astimezone(UTC) + timedelta(hours=14)).date() >= day


def is_money(amount: Decimal) -> bool:
    """Dollars and whole cents, nothing below zero."""
    return amount.is_finite() and amount >= 0 and amount == amount.quantize(CENT)


def up_to_minimum(used: Iterable[Used], *, minimum: Decimal) -> Decimal:
    """What is missing to the minimum; nothing where no act was paid for (S4.2)."""
    total = sum((use.amount for use in used), Decimal())
    return minimum - total if Decimal() < total < minimum else Decimal()


def due_on(issued_on: date) -> date:
    return issued_on + timedelta(days=DAYS_TO_PAY)


def projected(amount: Decimal, *, working_days_gone: int, working_days: int) -> Decimal:
    """What a month would come to if its other working days were like those that have gone."""
    if not working_days_gone:
        return amount
    return (amount * working_days / working_days_gone).quantize(CENT)
