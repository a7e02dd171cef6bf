"""What nobody has to remember: the reminders that went out (S3.7, S3.10)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from verification.enums import ReminderKind


class Reminder(models.Model):
    """One mail about a case. `key` names what it is about, so that it is sent once only."""

    case = models.ForeignKey(
        "verification.Case", on_delete=models.PROTECT, related_name="reminders"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ReminderKind.choices)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=80)

    append_only = True

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints = [
            models.UniqueConstraint(name="reminder_once_a_person", fields=["case", "key", "to"])
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"
