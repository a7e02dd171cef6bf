"""Form G-845: what the agency adds to it, and each time that it went on its way (S3.3, S3.9)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from verification.enums import AdditionalReason, FormWay, SupplementQuestion


class G845Form(models.Model):
    """What the form of a case says beyond the case: why it is sent (item 19), and what else is
    asked on its Supplement. Everything else on the form was typed with the case.
    """

    case = models.OneToOneField(
        "verification.Case", on_delete=models.PROTECT, related_name="g845_form"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24, choices=AdditionalReason.choices)
    comment = models.CharField(max_length=200, blank=True)
    supplement = ArrayField(
        models.CharField(max_length=20, choices=SupplementQuestion.choices), default=list
    )

    class Meta:
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="whose_it_is", fields=["case", "agency"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Form G-845, {self.get_reason_display()}"


class G845Mailing(models.Model):
    """One time that the form or its copies were sent: by post, electronically, or on paper alone.

    `due_on` is the date that was promised with it; `arrived_at` is when the office had it in hand.
    """

    case = models.ForeignKey(
        "verification.Case", on_delete=models.PROTECT, related_name="g845_mailings"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=FormWay.choices)
    mailed_on = models.DateField(help_text="the day in the agency's zone")
    at = models.DateTimeField(help_text="when it was recorded")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_to = models.CharField(
        max_length=300, blank=True, help_text="the address in the window of the envelope"
    )
    due_on = models.DateField()
    arrived_at = models.DateTimeField(null=True)
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="g845_mailing_arrival_is_whole",
                condition=Q(arrived_at__isnull=True, arrived_by__isnull=True)
                | Q(arrived_at__isnull=False, arrived_by__isnull=False),
            ),
        ]
        indexes = [models.Index(name="g845_arrivals", fields=["-arrived_at", "-id"])]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(
                name="as_it_was_sent",
                fields=["case", "agency", "way", "mailed_on", "at", "by", "sent_to", "due_on"],
            ),
            pgtrigger.Protect(
                name="arrived_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__arrived_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} on {self.mailed_on}"
