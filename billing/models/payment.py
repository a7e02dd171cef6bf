"""Money that came, and which invoices it covers (S4.4)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class Payment(models.Model):
    """One check or card payment. What no invoice takes is the agency's credit."""

    class Method(models.TextChoices):
        CHECK = "check", "Check"
        CARD = "card", "Credit card"

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=8, choices=Method.choices)
    reference = models.CharField(max_length=60, help_text="number of the check or of the card act")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    invoice = models.ForeignKey(
        "billing.Invoice",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="named by the slip or the card order; covered before all others",
    )
    received_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["received_on", "id"]
        constraints = [
            models.UniqueConstraint(
                name="payment_once_a_reference", fields=["agency", "method", "reference"]
            ),
            models.CheckConstraint(name="payment_is_positive", condition=Q(amount__gt=0)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.reference}"


class Allocation(models.Model):
    """The part of a payment that covers an invoice."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="allocations"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = [
            models.UniqueConstraint(name="allocation_once", fields=["payment", "invoice"]),
            models.CheckConstraint(name="allocation_is_positive", condition=Q(amount__gt=0)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.amount} of payment {self.payment_id}"
