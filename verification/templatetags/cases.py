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
def column_words(name: str) -> str:
    """A column of a source file as words: `date_of_birth` → Date of birth."""
    words = name.replace("_", " ").replace("a number", "A-number").replace("i94", "I-94")
    return f"{words[:1].upper()}{words[1:]}"


@register.filter
def charged(charges: Iterable[ChargeEvent], prices: Mapping[str, Decimal]) -> str:
    """What the charges of a case cost together, at the prices that hold."""
    return f"${sum((prices.get(charge.kind, Decimal()) for charge in charges), Decimal()):.2f}"
