"""Many questions in one file, and what became of each row (S2.4)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from save_portal.accounts.roles import Permission
from save_portal.lifecycles.machine import changes
from verification.lifecycles.batch import (
    ENDED,
    TRANSITIONS,
    UNDERWAY,
    BatchLifecycle,
    BatchStatus,
)

if TYPE_CHECKING:
    from save_portal.accounts.models import User


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: User) -> BatchQuerySet:
        """The own ones, or the agency's for who may see its cases. Never an office's."""
        if user.agency_id is None:
            return self.none()
        mine = self.filter(agency_id=user.agency_id)
        if user.can(Permission.VIEW_AGENCY_CASES):
            return mine
        if not user.can(Permission.VIEW_OWN_CASES):
            return self.none()
        return mine.filter(created_by_id=user.pk)

    def underway(self) -> BatchQuerySet:
        """What the worker goes on with."""
        return self.filter(status__in=UNDERWAY)


class Batch(BatchLifecycle):
    """One uploaded file. It lies in the storage `documents` under `stored_as` until the end.

    `checked_to` is the byte of the file behind which the check goes on. It divides the rows into
    chunks, which are asked by as many workers as there are.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    created_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="whose cases the rows become: who started it, or resumed it last",
    )
    started_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=80, help_text="of the file, for who uploaded it")
    stored_as = models.CharField(max_length=80, unique=True)
    file_removed_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    columns = models.JSONField(default=list, help_text="the header, in its order")
    checked_to = models.PositiveBigIntegerField(default=0)
    checked_lines = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0, help_text="found so far by the check")
    faulty = models.PositiveIntegerField(default=0, help_text="rows that cannot be asked")
    done = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    unconfirmed = models.PositiveIntegerField(default=0)
    found_open = models.PositiveIntegerField(default=0, help_text="of both: asked already, free")
    refused = models.PositiveIntegerField(default=0)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="batch_status_is_known", condition=Q(status__in=BatchStatus.values)
            ),
            models.CheckConstraint(
                name="batch_ended_has_its_time",
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | ~Q(status__in=ENDED) & Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="batch_started_says_by_whom",
                condition=Q(asked_by__isnull=True, started_at__isnull=True, done=0)
                | Q(asked_by__isnull=False, started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_running_was_started",
                condition=~Q(status__in=[BatchStatus.RUNNING, BatchStatus.FINISHED])
                | Q(started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_counts_every_row",
                condition=Q(
                    done=models.F("confirmed") + models.F("unconfirmed") + models.F("refused")
                ),
            ),
            # The same file in a second tab, or sent twice, is the batch that is there already.
            models.UniqueConstraint(
                name="batch_file_once_at_a_time",
                fields=["created_by", "sha256"],
                condition=~Q(status__in=ENDED),
            ),
        ]
        indexes = [
            models.Index(name="batch_newest", fields=["agency", "-created_at", "-id"]),
            models.Index(name="batch_underway", fields=["id"], condition=Q(status__in=UNDERWAY)),
            models.Index(
                name="batch_with_file",
                fields=["status", "rests_since"],
                condition=Q(file_removed_at__isnull=True),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="legal_batch_moves", field="status", transitions=changes(TRANSITIONS)
            ),
            pgtrigger.Protect(
                name="batch_begins_with_the_check",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status=BatchStatus.CHECKING.value),
            ),
            pgtrigger.ReadOnly(
                name="batch_file_never_changes",
                fields=["key", "agency", "created_by", "created_at", "stored_as", "sha256", "size"],
            ),
            pgtrigger.Protect(
                name="batch_never_goes_back",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.done < OLD.done OR NEW.checked_to < OLD.checked_to"
                ),
            ),
            pgtrigger.Protect(name="batch_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"batch of {self.created_at:%Y-%m-%d}"

    @property
    def is_ended(self) -> bool:
        return self.status in ENDED

    @property
    def fit(self) -> int:
        """Rows that the check found fit to be asked."""
        return self.rows - self.faulty


class BatchChunk(models.Model):
    """Rows that lie one behind the other and are asked in one transaction, by whoever takes them.

    The check writes it, for it knows where a row begins.
    """

    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, db_index=False, related_name="chunks"
    )
    starts_at = models.PositiveBigIntegerField(help_text="the byte at which its first row begins")
    lines = models.PositiveIntegerField(help_text="of the file before its first row")
    rows = models.PositiveIntegerField()
    is_done = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["batch", "starts_at"]
        constraints = [
            models.UniqueConstraint(name="batch_chunk_once", fields=["batch", "starts_at"])
        ]
        indexes = [
            models.Index(
                name="batch_chunk_waits", fields=["batch", "starts_at"], condition=Q(is_done=False)
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="batch_chunk_is_done_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__is_done=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rows} rows behind line {self.lines}"


class BatchRow(models.Model):
    """What became of one row: its case, or the sentence of its refusal.

    Written with the case, in the order of the file. Who is not confirmed is not written here: the
    answer is read from the case (S1.4).
    """

    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, db_index=False, related_name="answered"
    )
    line = models.PositiveIntegerField(help_text="of the file, counted from 1, the header's")
    row_id = models.CharField(max_length=60)
    case = models.ForeignKey(
        "verification.Case",
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="batch_rows",
    )
    found_open = models.BooleanField(help_text="an open case asked the same: nothing was charged")
    refusal = models.CharField(max_length=600, blank=True)
    rule = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["batch", "line"]
        constraints = [
            models.UniqueConstraint(name="batch_row_once", fields=["batch", "line"]),
            models.CheckConstraint(
                name="batch_row_has_a_case_or_a_refusal",
                condition=Q(case__isnull=False, refusal="") | Q(case__isnull=True) & ~Q(refusal=""),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"line {self.line}"


class BatchFault(models.Model):
    """Why a row cannot be asked, as the check found: the field, the rule, and what helps."""

    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, db_index=False, related_name="faults"
    )
    line = models.PositiveIntegerField()
    row_id = models.CharField(max_length=60, blank=True)
    field = models.CharField(max_length=40)
    rule = models.CharField(max_length=10, blank=True)
    remedy = models.CharField(max_length=400)

    class Meta:
        ordering: ClassVar = ["batch", "line", "id"]
        indexes = [models.Index(name="batch_fault_by_line", fields=["batch", "line", "id"])]

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}"
