"""A request to the office that owns a record, to correct one datum of it (S3.10, S7.2)."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from save_portal.lifecycles.machine import changes
from verification.enums import CorrectionSubject, RecordOwner
from verification.lifecycles.correction import (
    TRANSITIONS,
    CorrectionClosure,
    CorrectionLifecycle,
    CorrectionStatus,
)

if TYPE_CHECKING:
    from save_portal.accounts.models import User


class CorrectionRequest(CorrectionLifecycle):
    """One datum of one record that seems wrong, and what became of it.

    For the program's offices alone: it holds values that no agency may see. `present_value` is
    what the record said when the request was written. One that an applicant began on CaseCheck
    has nobody in `raised_by`, says what is wrong in `said`, and names no datum until an office
    has found it; then the datum never changes either.
    """

    case = models.ForeignKey(
        "verification.Case", null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    record_ref = models.CharField(max_length=60, blank=True, help_text="SYSTEM:record_id")
    field = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=20, choices=CorrectionSubject.choices, blank=True)
    said = models.CharField(
        max_length=400, blank=True, help_text="what the applicant wrote on CaseCheck (S7.2)"
    )
    owner = models.CharField(max_length=20, choices=RecordOwner.choices)
    present_value = models.CharField(max_length=400, blank=True)
    proposed_value = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    evidence = models.CharField(
        max_length=1000, blank=True, help_text="documents seen, or where they are"
    )
    disagrees_with = models.OneToOneField(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="disagreed_by",
        help_text="the request to the other owner, where two systems contradict each other",
    )
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    joined_to = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="joined",
        help_text="the request that asks for the same already; this one is closed",
    )
    sent_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    due_because = models.JSONField(default=dict)
    reply = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    # Read by the row history: who changed the row, and by which act.
    _history_user: "User | None"
    _change_reason: str

    history = HistoricalRecords(cascade_delete_history=False)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="correction_status_is_known",
                condition=Q(status__in=CorrectionStatus.values),
            ),
            models.CheckConstraint(
                name="correction_sent_says_what_and_when",
                condition=Q(status=CorrectionStatus.DRAFTED)
                | Q(
                    status=CorrectionStatus.CLOSED,
                    closure__in=[
                        CorrectionClosure.WITHDRAWN,
                        CorrectionClosure.NOT_FOUND,
                        CorrectionClosure.JOINED,
                    ],
                )
                | (
                    Q(sent_at__isnull=False, due_on__isnull=False)
                    & ~Q(proposed_value="")
                    & ~Q(record_ref="")
                ),
            ),
            models.CheckConstraint(
                name="correction_closed_has_reason_and_time",
                condition=(
                    Q(status=CorrectionStatus.CLOSED, closed_at__isnull=False) & ~Q(closure="")
                )
                | (~Q(status=CorrectionStatus.CLOSED) & Q(closed_at__isnull=True, closure="")),
            ),
            models.UniqueConstraint(
                name="correction_open_once_a_datum",
                fields=["record_ref", "field"],
                condition=~Q(status=CorrectionStatus.CLOSED) & ~Q(record_ref=""),
            ),
            models.CheckConstraint(
                name="correction_is_raised_by_an_office_or_said_by_an_applicant",
                condition=Q(raised_by__isnull=False, said="") & ~Q(record_ref="")
                | Q(raised_by__isnull=True, case__isnull=False) & ~Q(said="") & ~Q(subject=""),
            ),
        ]
        indexes = [
            models.Index(
                name="correction_open_by_due",
                fields=["status", "due_on", "id"],
                condition=~Q(status=CorrectionStatus.CLOSED),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="legal_correction_moves", field="status", transitions=changes(TRANSITIONS)
            ),
            pgtrigger.Protect(
                name="correction_begins_as_a_draft",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status=CorrectionStatus.DRAFTED.value),
            ),
            pgtrigger.ReadOnly(
                name="correction_datum_never_changes",
                fields=["case", "raised_by", "subject", "said"],
            ),
            pgtrigger.Protect(
                name="correction_datum_is_found_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.record_ref <> '' AND "
                    "(OLD.record_ref, OLD.field, OLD.owner, OLD.present_value) IS DISTINCT FROM "
                    "(NEW.record_ref, NEW.field, NEW.owner, NEW.present_value)"
                ),
            ),
            pgtrigger.Protect(name="correction_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk} of {self.record_ref}"

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None

    @property
    def from_applicant(self) -> bool:
        return self.raised_by_id is None

    @property
    def is_open(self) -> bool:
        return bool(self.status != CorrectionStatus.CLOSED)

    def touch(self, *, by: "User | None", act: str) -> None:
        self.version += 1
        self._history_user, self._change_reason = by, f"correction.{act}"

    def decided(self, *, reply: str, by: "User", at: datetime) -> None:
        self.reply, self.decided_by, self.decided_at = reply, by, at


pgtrigger.register(
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
)(CorrectionRequest.history.model)


class CorrectionEvidence(models.Model):
    """A copy of a document that shows what the record should say; for the offices alone."""

    correction = models.ForeignKey(
        CorrectionRequest, on_delete=models.PROTECT, related_name="evidence_files"
    )
    file = models.OneToOneField(
        "documents.StoredFile", on_delete=models.PROTECT, related_name="evidence"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["at", "id"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"evidence of {self.at:%Y-%m-%d}"


class CorrectionNotice(models.Model):
    """Told to an agency: a record behind one of its answers was corrected afterwards.

    Says that the answer may be another now, never what the record said or says.
    """

    case = models.ForeignKey(
        "verification.Case", on_delete=models.PROTECT, related_name="correction_notices"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    correction_id = models.BigIntegerField(help_text="the request; for the offices alone")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="correction_notice_once_a_case", fields=["case", "correction_id"]
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"notice of {self.at:%Y-%m-%d}"
