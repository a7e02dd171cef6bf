"""Copies of the applicant's documents, as they go to the status verifiers (S3.7, S3.9)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from verification.enums import DocumentKind, DocumentLanguage


class CaseDocumentQuerySet(models.QuerySet["CaseDocument"]):
    def sent(self) -> "CaseDocumentQuerySet":
        """What the verifiers see."""
        return self.filter(sent_at__isnull=False)

    def waiting(self) -> "CaseDocumentQuerySet":
        """Uploaded, not yet sent: only the agency sees it, and may take it away again."""
        return self.filter(sent_at__isnull=True)


class CaseDocument(models.Model):
    """One uploaded copy. Once sent with a request or in place of a mailed form, it stays."""

    case = models.ForeignKey(
        "verification.Case", on_delete=models.PROTECT, related_name="documents"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    language = models.CharField(
        max_length=8, choices=DocumentLanguage.choices, default=DocumentLanguage.ENGLISH
    )
    file = models.OneToOneField(
        "documents.StoredFile", on_delete=models.PROTECT, related_name="case_document"
    )
    sent_at = models.DateTimeField(null=True)

    objects = CaseDocumentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes = [
            models.Index(
                name="case_document_other_language",
                fields=["case", "language"],
                condition=~models.Q(language=DocumentLanguage.ENGLISH),
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="sent_is_sent",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
            pgtrigger.ReadOnly(name="whose_it_is", fields=["case", "agency", "at", "by", "file"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"
