"""The price list: amounts and exemptions with the days from which they hold (S4.1, S4.3)."""

from typing import ClassVar

from django.db import models

from save_portal.accounts.models import Agency
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


class Exemption(models.Model):
    """A kind of agency that pays nothing from a day on, not even the minimum.

    A contractor counts as the agency that it acts for.
    """

    agency_kind = models.CharField(max_length=10, choices=Agency.Kind.choices)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, help_text="the last day; empty: until changed")
    source = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["agency_kind", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                name="exemption_one_a_kind_and_day", fields=["agency_kind", "effective_from"]
            ),
            models.CheckConstraint(
                name="exemption_ends_after_it_begins",
                condition=models.Q(effective_to__isnull=True)
                | models.Q(effective_to__gte=models.F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_agency_kind_display()} from {self.effective_from}"
