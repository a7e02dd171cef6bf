"""What was typed and not yet sent, and the visits at which nothing had to be asked."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from verification.enums import NoQueryReason


class CaseDraft(models.Model):
    """A form in progress. Sent once: `case` then names what came of it, whoever clicks again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("accounts.Agency", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    case = models.ForeignKey(
        "verification.Case", null=True, on_delete=models.PROTECT, related_name="+"
    )
    supersedes = models.ForeignKey(
        "verification.Case",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the case whose place the new one takes",
    )

    class Meta:
        indexes = [models.Index(name="draft_by_user", fields=["user", "-updated_at"])]

    def __str__(self) -> str:
        return f"Draft of {self.updated_at:%Y-%m-%d %H:%M}"


class NoQuery(models.Model):
    """A visit at which the rules forbade a query (S6, S10.1). No data about the person is kept."""

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=NoQueryReason.choices)
    agency_reference = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} at {self.at:%Y-%m-%d %H:%M}"
