"""A display of a person's data that should not have been, found afterwards (S10.3)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from verification.enums import DisclosureFault


class WrongfulDisclosure(models.Model):
    """One entry of the disclosure log that was wrongful: which, why, who found it.

    The person is told on CaseCheck, and by a message where one can be sent. What is written here
    stays; `told_at` is set once, when that message left, or when there was nobody to send it to.
    """

    disclosure_id = models.BigIntegerField(unique=True, help_text="in the disclosure log")
    agency = models.ForeignKey(
        "accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+"
    )
    person_ref = models.CharField(max_length=60)
    case_number = models.CharField(max_length=15, blank=True)
    disclosed_at = models.DateTimeField()
    fields = ArrayField(models.CharField(max_length=60), default=list)
    fault = models.CharField(max_length=20, choices=DisclosureFault.choices)
    note = models.CharField(max_length=1000, blank=True, help_text="for the program alone")
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="nobody: the monitor itself",
    )
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-disclosed_at", "-id"]
        indexes = [
            models.Index(name="wrongful_by_person", fields=["person_ref"]),
            models.Index(name="wrongful_untold", fields=["id"], condition=Q(told_at__isnull=True)),
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(
                name="wrongful_never_changes",
                fields=[
                    "disclosure_id",
                    "agency",
                    "person_ref",
                    "case_number",
                    "disclosed_at",
                    "fields",
                    "fault",
                    "note",
                    "found_at",
                    "found_by",
                ],
            ),
            pgtrigger.Protect(name="wrongful_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"wrongful disclosure {self.disclosure_id}"
