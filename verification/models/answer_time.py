"""How many federal working days the program gives itself, and from which day on (S3.2, S3.10)."""

from datetime import date
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from verification.enums import Promise


class AnswerTimeQuerySet(models.QuerySet["AnswerTime"]):
    def in_force(self, promise: str, *, on: date) -> tuple[int, int] | None:
        """(least, most) days for a promise made on the day, or None where nobody set any."""
        return (
            self.filter(promise=promise, from_on__lte=on)
            .order_by("-from_on", "-id")
            .values_list("least_days", "most_days")
            .first()
        )


class AnswerTime(models.Model):
    """A number of days that holds for what is promised from a day on, until a later row.

    Rows are only added; of two for one day the later row holds.
    """

    promise = models.CharField(max_length=12, choices=Promise.choices)
    from_on = models.DateField()
    least_days = models.PositiveSmallIntegerField()
    most_days = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AnswerTimeQuerySet.as_manager()
    append_only = True

    class Meta:
        ordering: ClassVar = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="answer_time_is_a_range",
                condition=models.Q(most_days__gte=models.F("least_days"))
                & models.Q(most_days__range=(1, 60)),
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_promise_display()}: {self.least_days} to {self.most_days} days"
