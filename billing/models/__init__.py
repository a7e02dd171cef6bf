"""Prices, invoices, payments, limits."""

from billing.models.card import CardOrder
from billing.models.invoice import Invoice, InvoiceLine, MonthClose
from billing.models.limit import LimitWarning, SpendingLimit
from billing.models.payment import Allocation, Payment
from billing.models.price import Exemption, Price, PriceChange

__all__ = [
    "Allocation",
    "CardOrder",
    "Exemption",
    "Invoice",
    "InvoiceLine",
    "LimitWarning",
    "MonthClose",
    "Payment",
    "Price",
    "PriceChange",
    "SpendingLimit",
]
