"""A payment that was begun on the page of the card provider (S4.4)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class CardOrder(models.Model):
    """One amount asked of the provider for one invoice, and what the provider answered."""

    class Status(models.TextChoices):
        BEGUN = "begun", "Waits for the provider"
        DECLINED = "declined", "Declined"
        PAID = "paid", "Paid"

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="card_orders"
    )
    code = models.CharField(max_length=32, unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.BEGUN)
    answered_at = models.DateTimeField(null=True)
    provider_reference = models.CharField(max_length=60, blank=True)
    payment = models.OneToOneField(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="card_order"
    )

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="card_order_paid_has_payment",
                condition=Q(status="paid", payment__isnull=False)
                | Q(status__in=["begun", "declined"], payment__isnull=True),
            ),
            models.CheckConstraint(name="card_order_is_positive", condition=Q(amount__gt=0)),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="legal_card_order_moves",
                field="status",
                transitions=[("begun", "paid"), ("begun", "declined"), ("declined", "paid")],
            ),
            pgtrigger.ReadOnly(
                name="card_order_content_never_changes",
                fields=["agency", "invoice", "code", "amount", "begun_by", "begun_at"],
            ),
            pgtrigger.Protect(name="card_order_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"card order of {self.invoice}"
