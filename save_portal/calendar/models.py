"""Days on which federal offices are closed, or open, against the statute (5 U.S.C. 6103)."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords


class Closure(models.Model):
    """One day by executive order: closed, or with `is_closed` unset, open in spite of the rule."""

    on = models.DateField("Date", unique=True)
    name = models.CharField(max_length=120)
    cite = models.CharField("Authority", max_length=200)
    is_closed = models.BooleanField("Offices are closed", default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.name}"
