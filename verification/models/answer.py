"""What initial verification answered, and to what: written once, never changed."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from verification.enums import Certainty, Outcome, Reason


class InitialAnswer(models.Model):
    """One automatic answer (S3.1). `asked` keeps what was typed; `returned` only what the

    applicant's own record says, each datum with its system and the date of its record.
    Passport and visa numbers are in neither part that a page shows.
    """

    case = models.ForeignKey(
        "verification.Case", on_delete=models.PROTECT, related_name="initial_answers"
    )
    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    asked = models.JSONField()
    outcome = models.CharField(max_length=30, choices=Outcome.choices)
    reasons = ArrayField(models.CharField(max_length=30, choices=Reason.choices), default=list)
    statement_code = models.PositiveSmallIntegerField()
    statement = models.CharField(max_length=100)
    returned = models.JSONField(null=True)
    record_refs = ArrayField(models.CharField(max_length=60), default=list)
    rule = models.CharField(max_length=60)
    searched = models.JSONField(default=list)
    grade = models.CharField(max_length=12, choices=Certainty.choices, blank=True)
    grounds = models.JSONField(
        default=dict,
        help_text="From which record of which system and date; why the grade. Empty when referred",
    )
    person_ref = models.CharField(max_length=60, blank=True)
    photo_id = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="initial_answer_returns_only_when_confirmed",
                condition=models.Q(outcome=Outcome.CONFIRMED, returned__isnull=False)
                | models.Q(
                    outcome=Outcome.ADDITIONAL_VERIFICATION,
                    returned__isnull=True,
                    photo_id__isnull=True,
                ),
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_confirmed(self) -> bool:
        return self.outcome == Outcome.CONFIRMED
