"""Filters for pages of cases."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django import template

from verification.countries import country_name
from verification.immigration_documents import ENUMERATORS
from verification.models import ChargeEvent
from verification.selectors.case_page import Compared

register = template.Library()


@register.filter
def is_number(name: str) -> bool:
    """Whether a field is a number of a document, set in the mono face."""
    return name in ENUMERATORS


@register.filter
def returned_value(row: Compared) -> str:
    """What the record holds, with a country spelled out."""
    if row.name.startswith("country_of_"):
        return country_name(row.returned)
    return row.returned


@register.filter
def charged(charges: Iterable[ChargeEvent], prices: Mapping[str, Decimal]) -> str:
    """What the charges of a case cost together, at the prices that hold."""
    return f"${sum((prices.get(charge.kind, Decimal()) for charge in charges), Decimal()):.2f}"
