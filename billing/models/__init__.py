"""Prices, invoices and payments."""

from billing.models.invoice import Invoice, InvoiceLine, MonthClose
from billing.models.payment import Allocation, Payment
from billing.models.price import Exemption, Price, PriceChange

__all__ = [
    "Allocation",
    "Exemption",
    "Invoice",
    "InvoiceLine",
    "MonthClose",
    "Payment",
    "Price",
    "PriceChange",
]
