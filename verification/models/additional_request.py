"""What the agency asks of a status verifier, and why: written once, never changed (S3.2, S3.7)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from verification.enums import AdditionalReason


class AdditionalRequest(models.Model):
    """One request for additional verification."""

    case = models.ForeignKey(
        "verification.Case", on_delete=models.PROTECT, related_name="additional_requests"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24, choices=AdditionalReason.choices)
    comment = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} at {self.at:%Y-%m-%d %H:%M}"
