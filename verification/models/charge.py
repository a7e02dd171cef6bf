"""What was used and will be charged: events only, prices belong to billing (S4)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from verification.enums import ChargeKind


class ChargeEvent(models.Model):
    """One charged act. Written in the transaction of the act, never changed."""

    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    department = models.ForeignKey(
        "accounts.Department", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    case = models.ForeignKey("verification.Case", on_delete=models.PROTECT, related_name="charges")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=ChargeKind.choices)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="charge_initial_once_a_case",
                fields=["case"],
                condition=models.Q(kind=ChargeKind.INITIAL),
            )
        ]
        indexes = [
            models.Index(name="charge_by_month", fields=["agency", "at"]),
            # A month of all agencies lies together on disk: tiny, and enough to find it.
            BrinIndex(name="charge_in_time", fields=["at"], autosummarize=True),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"
