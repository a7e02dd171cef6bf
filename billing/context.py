"""Prices for pages that name a cost before it arises."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from billing.selectors.prices import prices_on


def prices(request: HttpRequest) -> dict[str, Any]:
    """`prices.initial` and so on, read only by pages that show one."""
    agency = getattr(getattr(request, "user", None), "agency", None)
    return {"prices": SimpleLazyObject(lambda: prices_on(timezone.localdate(), agency=agency))}
