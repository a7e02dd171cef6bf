"""What the agency asks of a status verifier, and why: written once, never changed (S3.2, S3.7)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from verification.enums import AdditionalReason, DateNeeded


class AdditionalRequest(models.Model):
    """One request for additional verification, with all that the agency adds to what it typed.

    `further_numbers` are enumerators beside those of the case, in canonical form, by field name.
    """

    case = models.ForeignKey(
        "verification.Case", on_delete=models.PROTECT, related_name="additional_requests"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24, choices=AdditionalReason.choices)
    comment = models.CharField(max_length=500, blank=True)
    expected = models.CharField(
        max_length=100, blank=True, help_text="the status that was expected instead"
    )
    dates_needed = ArrayField(
        models.CharField(max_length=12, choices=DateNeeded.choices), default=list
    )
    also_known_as = ArrayField(models.CharField(max_length=81), default=list)
    further_numbers = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} at {self.at:%Y-%m-%d %H:%M}"


class AdditionalDraft(models.Model):
    """A request in the making: as typed, whether right or wrong, until it is sent."""

    case = models.OneToOneField(
        "verification.Case", on_delete=models.PROTECT, related_name="additional_draft"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"Draft of {self.updated_at:%Y-%m-%d %H:%M}"
