"""Filters for pages of cases."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django import template

from verification.immigration_documents import ENUMERATORS
from verification.models import ChargeEvent

register = template.Library()


@register.filter
def is_number(name: str) -> bool:
    """Whether a field is a number of a document, set in the mono face."""
    return name in ENUMERATORS


@register.filter
def charged(charges: Iterable[ChargeEvent], prices: Mapping[str, Decimal]) -> str:
    """What the charges of a case cost together, at the prices that hold."""
    return f"${sum((prices.get(charge.kind, Decimal()) for charge in charges), Decimal()):.2f}"
