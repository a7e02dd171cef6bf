"""The versions of an agreement's text, the signatures under one, and the paper that is kept."""

import hashlib
import json
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from agreements.enums import Side

FROZEN = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def digest_of(articles: Any) -> str:
    """SHA-256 over the articles in one canonical form."""
    raw = json.dumps(articles, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(raw.encode()).hexdigest()


class AgreementText(models.Model):
    """One version of the text: the choices and clauses behind it, and its articles in words."""

    agreement = models.ForeignKey(
        "agreements.Agreement", on_delete=models.PROTECT, related_name="texts"
    )
    number = models.PositiveIntegerField()
    choices = models.JSONField()
    clauses = models.JSONField(default=dict, help_text="what was added, by number of the article")
    articles = models.JSONField()
    digest = models.CharField(max_length=64)
    side = models.CharField(max_length=6, choices=Side.choices, help_text="who proposed it")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="text_version_once", fields=["agreement", "number"]),
        ]
        triggers: ClassVar = [FROZEN]

    def __str__(self) -> str:
        return f"version {self.number}"


class Signing(models.Model):
    """What is kept of a signature: who, under which words, when and from where."""

    side = models.CharField(max_length=6, choices=Side.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    typed_name = models.CharField(max_length=150)
    title = models.CharField(max_length=150, blank=True)
    digest = models.CharField(max_length=64, help_text="of the text that was signed")
    at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.typed_name} for {self.get_side_display()}"


class Signature(Signing):
    """One party's signature under one version: each side signs a version once."""

    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="signatures")

    append_only = True

    class Meta:
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="signed_once_a_side", fields=["text", "side"]),
        ]
        triggers: ClassVar = [FROZEN]


class Paper(models.Model):
    """A PDF as it was made at the second signature, and its digest."""

    content = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.sha256


class SignedPaper(Paper):
    """The PDF with both signatures; it never changes."""

    agreement = models.OneToOneField(
        "agreements.Agreement", on_delete=models.PROTECT, related_name="paper"
    )

    append_only = True

    class Meta:
        triggers: ClassVar = [FROZEN]


class RegistrationLink(models.Model):
    """A link by which somebody without an account goes on with one registration."""

    agreement = models.ForeignKey(
        "agreements.Agreement", on_delete=models.CASCADE, related_name="links"
    )
    sent_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link of {self.sent_at:%Y-%m-%d}"


class EndReminder(models.Model):
    """That an agency was told so many days before the end of a term; once each."""

    agreement = models.ForeignKey(
        "agreements.Agreement", on_delete=models.PROTECT, related_name="reminders"
    )
    days = models.PositiveSmallIntegerField()
    ends_before = models.DateField()
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="end_reminder_once", fields=["agreement", "days", "ends_before"]
            ),
        ]
        triggers: ClassVar = [FROZEN]

    def __str__(self) -> str:
        return f"{self.days} days before {self.ends_before}"
