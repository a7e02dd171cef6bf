"""Filters for pages of cases."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django import template
from django.utils import timezone

from save_portal.documents.barcodes import code128_drawing
from verification.immigration_documents import ENUMERATORS
from verification.models import ChargeEvent

register = template.Library()


@register.filter
def is_number(name: str) -> bool:
    """Whether a field is a number of a document, set in the mono face."""
    return name in ENUMERATORS


class Prices(Protocol):
    """The price list, which belongs to billing: amounts in U.S. dollars by kind and day."""

    def of(self, kind: str, day: date) -> Decimal: ...


@register.filter
def column_words(name: str) -> str:
    """A column of a source file as words: `date_of_birth` → Date of birth."""
    words = name.replace("_", " ")
    for plain, written in (
        (r"\ba number\b", "A-number"),
        (r"\bi94\b", "I-94"),
        (r"\bsevis id\b", "SEVIS ID"),
        (r"\bus\b", "U.S."),
        (r"\b(ead|opt)\b", lambda found: found.group().upper()),
    ):
        words = re.sub(plain, written, words)
    return f"{words[:1].upper()}{words[1:]}"


@register.filter
def share(part: float) -> str:
    """0.0123 → 1.2 %."""
    return f"{part:.1%}".replace("%", " %")


@register.filter
def page_numbers(pages: int) -> range:
    """1 to the number of pages, for a loop."""
    return range(1, pages + 1)


@register.filter
def add_px(place: float, further: int) -> str:
    """A place in a drawing, moved; with a point for the decimals in every language."""
    return f"{place + further:.1f}"


@register.filter
def at(things: Sequence[Any], position: int) -> Any:
    """The thing at a position, counted from 0."""
    return things[position]


@register.filter
def price(charge: ChargeEvent, prices: Prices) -> str:
    """What one charge cost at the price of its day."""
    return f"${prices.of(charge.kind, timezone.localdate(charge.at)):.2f}"


@register.filter
def charged(charges: Iterable[ChargeEvent], prices: Prices) -> str:
    """What the charges of a case cost together, each at the price of its day."""
    total = sum((prices.of(c.kind, timezone.localdate(c.at)) for c in charges), Decimal())
    return f"${total:.2f}"


@register.filter
def times(amount: Decimal | str, number: int) -> Decimal:
    """What so many cost at this price."""
    return Decimal(amount or 0) * number


@register.filter
def barcode(number: str) -> str:
    """The case number as a bar code, for the `src` of a picture on paper."""
    return code128_drawing(number)
