"""What an agency may ask, for which benefits, and until when (S1.3, S5.1)."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.fields.ranges import DateRangeField
from django.db import models
from simple_history.models import HistoricalRecords


class Purpose(models.TextChoices):
    """The lawful purposes of S1.3."""

    BENEFIT = "benefit", "Eligibility for a benefit"
    LICENSE = "license", "License or grant"
    CREDENTIAL = "credential", "Government credential"
    BACKGROUND = "background", "Background investigation"
    OTHER = "other", "Other lawful purpose"


class Agreement(models.Model):
    """A memorandum of agreement in force for a time. `in_force` is a half-open range of dates."""

    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, related_name="agreements"
    )
    number = models.CharField(max_length=20, unique=True)
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.BENEFIT)
    benefits = ArrayField(models.CharField(max_length=30))
    in_force = DateRangeField()
    legal_basis = models.CharField(max_length=200)

    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="agreement_one_at_a_time",
                expressions=[
                    ("agency", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="agreement_permits_something",
                condition=models.Q(benefits__len__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ends_before(self) -> date | None:
        return self.in_force.upper  # type: ignore[no-any-return]
