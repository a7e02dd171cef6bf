"""Supplements: what changes a signed agreement from a day on, with its signatures and paper."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.enums import Side
from agreements.lifecycles.supplement import (
    BEGINNING,
    OPEN,
    TRANSITIONS,
    SupplementLifecycle,
    SupplementStatus,
)
from agreements.models.text import FROZEN, Paper, Signing
from save_portal.lifecycles.machine import changes


class Supplement(SupplementLifecycle):
    """A change of purposes, programs, ways of access, contractors or contacts, signed by both.

    Its text never changes: whoever wants another one withdraws it and proposes anew. Once both
    have signed, its changes stand in the agreement's row too (`amended`), where binding reads them.
    """

    agreement = models.ForeignKey(
        "agreements.Agreement", on_delete=models.PROTECT, related_name="supplemented_by"
    )
    number = models.PositiveSmallIntegerField()
    before = models.JSONField(help_text="what held when it was proposed, by field")
    changes = models.JSONField(help_text="what holds instead, by field")
    effective_on = models.DateField(help_text="the day that the text names")
    articles = models.JSONField()
    digest = models.CharField(max_length=64)
    side = models.CharField(max_length=6, choices=Side.choices, help_text="who proposed it")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="supplement_number_once", fields=["agreement", "number"]),
            models.UniqueConstraint(
                name="supplement_one_open_at_a_time",
                fields=["agreement"],
                condition=Q(status__in=OPEN),
            ),
            models.CheckConstraint(
                name="supplement_holds_once_concluded",
                condition=Q(status=SupplementStatus.CONCLUDED, holds_from__isnull=False)
                | (~Q(status=SupplementStatus.CONCLUDED) & Q(holds_from__isnull=True)),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="legal_supplement_moves", field="status", transitions=changes(TRANSITIONS)
            ),
            pgtrigger.Protect(
                name="supplement_begins_as_proposed",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status=BEGINNING.value),
            ),
            pgtrigger.Protect(
                name="supplement_text_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.status IN ('concluded', 'withdrawn') OR"
                    " (OLD.agreement_id, OLD.number, OLD.before, OLD.changes, OLD.effective_on,"
                    " OLD.articles, OLD.digest, OLD.side, OLD.proposed_by_id, OLD.note, OLD.at)"
                    " IS DISTINCT FROM (NEW.agreement_id, NEW.number, NEW.before, NEW.changes,"
                    " NEW.effective_on, NEW.articles, NEW.digest, NEW.side, NEW.proposed_by_id,"
                    " NEW.note, NEW.at)"
                ),
            ),
            pgtrigger.Protect(name="supplement_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"supplement {self.number}"

    @property
    def official_email(self) -> str:
        """Who signs it for the agency: the official whom it names, or who was named before."""
        return str({**self.before, **self.changes}.get("signatory_email") or "").lower()

    @property
    def official_title(self) -> str:
        return str({**self.before, **self.changes}.get("signatory_title") or "")


class SupplementSignature(Signing):
    """One party's signature under one supplement."""

    supplement = models.ForeignKey(Supplement, on_delete=models.PROTECT, related_name="signatures")

    append_only = True

    class Meta:
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="supplement_signed_once_a_side", fields=["supplement", "side"]
            ),
        ]
        triggers: ClassVar = [FROZEN]


class SupplementPaper(Paper):
    """The PDF of a supplement with both signatures; it never changes."""

    supplement = models.OneToOneField(Supplement, on_delete=models.PROTECT, related_name="paper")

    append_only = True

    class Meta:
        triggers: ClassVar = [FROZEN]
