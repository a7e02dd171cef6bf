"""The amount at which an agency wants to be warned in a month, and the warnings it got."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class SpendingLimit(models.Model):
    """What an administrator set; the newest row holds. It warns, and never stops a query."""

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, help_text="empty: no limit any more"
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    append_only = True

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="limit_is_positive", condition=Q(amount__isnull=True) | Q(amount__gt=0)
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"limit of {self.amount}"


class LimitWarning(models.Model):
    """One warning of one limit in one month."""

    limit = models.ForeignKey(SpendingLimit, on_delete=models.PROTECT, related_name="warnings")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    percent = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    warned_at = models.DateTimeField()

    append_only = True

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = [
            models.UniqueConstraint(name="limit_warned_once", fields=["limit", "month", "percent"])
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.percent} % in {self.month:%B %Y}"
