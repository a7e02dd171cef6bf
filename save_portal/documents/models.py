"""What was kept of an uploaded file: never its bytes as they came, only a copy drawn anew."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """One kept document. Its content lies in the storage `documents` under `folder`.

    `quarantined` until a virus scanner has spoken, where one is set; `refused` has no content any
    more. `sha256` is of the kept copy, `source_sha256` of the file as it came.
    """

    class State(models.TextChoices):
        QUARANTINED = "quarantined", "Being checked for viruses"
        CLEAN = "clean", "Checked"
        REFUSED = "refused", "Refused"

    agency = models.ForeignKey(
        "accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    name = models.CharField(max_length=80, help_text="as the uploader called it, for the uploader")
    folder = models.CharField(max_length=60, unique=True)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    source_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices)
    reason = models.CharField(max_length=120, blank=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="stored_file_refused_with_a_reason",
                condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason=""),
            ),
            models.CheckConstraint(
                name="stored_file_checked_or_quarantined",
                condition=Q(state="quarantined", checked_at__isnull=True)
                | ~Q(state="quarantined") & Q(checked_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="stored_file_quarantined", fields=["id"], condition=Q(state="quarantined")
            )
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(
                name="content_never_changes",
                fields=["agency", "by", "at", "folder", "sha256", "source_sha256", "size", "pages"],
            ),
            pgtrigger.FSM(
                name="verdict_once",
                field="state",
                transitions=[("quarantined", "clean"), ("quarantined", "refused")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type}, {self.pages} pages"

    @property
    def is_clean(self) -> bool:
        return self.state == self.State.CLEAN

    @property
    def is_pdf(self) -> bool:
        return self.content_type == "application/pdf"

    @property
    def document_name(self) -> str:
        return f"{self.folder}/document.{'pdf' if self.is_pdf else 'jpg'}"

    def page_name(self, page: int) -> str:
        """Where the picture of a page lies; a picture is its own page."""
        return f"{self.folder}/page-{page}.jpg" if self.is_pdf else self.document_name

    def names(self) -> list[str]:
        """All that lies in the storage for this document."""
        pages = [self.page_name(page) for page in range(1, self.pages + 1)]
        return list(dict.fromkeys([self.document_name, *pages]))
