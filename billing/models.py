"""The price list: amounts with the day from which they hold (S4.1, S4.3)."""

from typing import ClassVar

from django.db import models

from verification.enums import ChargeKind


class Price(models.Model):
    """What one act of a kind costs from a day on. Amounts are U.S. dollars."""

    kind = models.CharField(max_length=12, choices=ChargeKind.choices)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    effective_from = models.DateField()

    class Meta:
        ordering: ClassVar = ["kind", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                name="price_one_a_kind_and_day", fields=["kind", "effective_from"]
            ),
            models.CheckConstraint(name="price_is_not_negative", condition=models.Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: ${self.amount} from {self.effective_from}"
