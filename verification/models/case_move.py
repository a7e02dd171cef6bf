"""Who handed whose case to whom: written once, shown on the case's timeline."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models


class CaseMove(models.Model):
    """One case given to another caseworker. Rows of one act share instant and people."""

    case = models.ForeignKey("verification.Case", on_delete=models.PROTECT, related_name="moves")
    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    append_only = True

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes = [models.Index(name="case_move_by_time", fields=["agency", "-at"])]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Moved at {self.at:%Y-%m-%d %H:%M}"
