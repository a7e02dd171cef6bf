"""A request to the office that owns a record, to correct one datum of it (S3.10, S7.2)."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from save_portal.lifecycles.machine import changes
from verification.enums import RecordOwner
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
    what the record said when the request was written.
    """

    case = models.ForeignKey(
        "verification.Case", null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    record_ref = models.CharField(max_length=60, help_text="SYSTEM:record_id")
    field = models.CharField(max_length=40)
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
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
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
                | Q(status=CorrectionStatus.CLOSED, closure=CorrectionClosure.WITHDRAWN)
                | (Q(sent_at__isnull=False, due_on__isnull=False) & ~Q(proposed_value="")),
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
                condition=~Q(status=CorrectionStatus.CLOSED),
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
                fields=["case", "record_ref", "field", "owner", "present_value", "raised_by"],
            ),
            pgtrigger.Protect(name="correction_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk} of {self.record_ref}"

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
