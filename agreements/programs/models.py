"""What a program officer adds to the table of programs. Rows are only ever added."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models


class Topic(models.TextChoices):
    """What a row of the table is about."""

    FUNDING = "funding", "Funded by"
    APPLIED_AT = "applied_at", "Applied for at"
    SAVE_USE = "save_use", "Use of SAVE"
    WHO = "who", "Who may get it"
    STATUSES = "statuses", "What holds for a status"
    WEAK_SPOT = "weak_spot", "Where records lag behind"
    CHANGE = "change", "Change in law"
    LITIGATION = "litigation", "Before the courts"
    HISTORY = "history", "History"


class ProgramRow(models.Model):
    """One dated row: from a day on, this holds. What held before stays to be read."""

    append_only = True

    benefit = models.CharField(max_length=30)
    topic = models.CharField(max_length=12, choices=Topic.choices)
    from_on = models.DateField()
    text = models.CharField(max_length=500)
    law = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["from_on", "id"]
        indexes: ClassVar = [models.Index(fields=["benefit", "from_on"], name="program_rows")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.benefit}, {self.get_topic_display()}, {self.from_on}"
