"""Passages through a tutorial, and the certificates of those that were passed."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Attempt(models.Model):
    """One passage: lessons read, questions drawn, answers given. Unchangeable once finished."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training_attempts"
    )
    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, null=True, related_name="+"
    )
    tutorial = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    lessons_read = ArrayField(models.CharField(max_length=40), default=list)
    # Each question with the order in which its answers are shown, and what was chosen of them.
    asked = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    right = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                name="training_one_open_attempt",
                condition=Q(finished_at__isnull=True),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="finished_is_finished",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tutorial} {self.version}, {self.started_at:%Y-%m-%d}"


class Certificate(models.Model):
    """That somebody passed a tutorial in a version, and until when it counts. Only ever added."""

    append_only = True

    number = models.CharField(max_length=20, unique=True)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="certificate")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates"
    )
    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, null=True, related_name="+"
    )
    full_name = models.CharField(max_length=150)
    organization = models.CharField(max_length=420)
    tutorial = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    right = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    valid_until = models.DateField()

    class Meta:
        ordering: ClassVar = ["-issued_at"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number
