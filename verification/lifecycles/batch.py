"""The life cycle of a batch: checked first, then started, paused and resumed, to its end (S2.4).

`TRANSITIONS` makes the transitions, the trigger in PostgreSQL and docs/lifecycles/batch.md.
"""

from datetime import datetime
from functools import partial

from django.db import models

from save_portal.lifecycles.machine import Lifecycle, StatusField, Transition, by_name, move


class BatchStatus(models.TextChoices):
    CHECKING = "checking", "Being checked"
    REJECTED = "rejected", "Cannot be used"
    CHECKED = "checked", "Ready to start"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


S = BatchStatus
ENDED: tuple[BatchStatus, ...] = (S.REJECTED, S.FINISHED, S.CANCELLED, S.EXPIRED)
UNDERWAY: tuple[BatchStatus, ...] = (S.CHECKING, S.RUNNING)

# Sides: "agency" is who may see the batch there, "portal" the worker and the timetable.
TRANSITIONS: tuple[Transition, ...] = (
    Transition("accept", (S.CHECKING,), S.CHECKED, "portal", "checked to the end"),
    Transition("reject", (S.CHECKING,), S.REJECTED, "portal", "cannot be used"),
    Transition("start", (S.CHECKED,), S.RUNNING, "agency", "start"),
    Transition("pause", (S.RUNNING,), S.PAUSED, "either", "pause"),
    Transition("resume", (S.PAUSED,), S.RUNNING, "agency", "resume"),
    Transition("finish", (S.RUNNING,), S.FINISHED, "portal", "every row answered"),
    Transition(
        "cancel", (S.CHECKING, S.CHECKED, S.RUNNING, S.PAUSED), S.CANCELLED, "agency", "cancel"
    ),
    Transition("expire", (S.CHECKED, S.PAUSED), S.EXPIRED, "portal", "nobody went on"),
)
BY_NAME = by_name(TRANSITIONS)
_move = partial(move, BY_NAME)


class BatchLifecycle(Lifecycle):
    """Where a batch may go next."""

    status = StatusField(
        choices=BatchStatus.choices,
        default=BatchStatus.CHECKING,
        protected=True,
        editable=False,
        max_length=12,
    )
    why_stopped = models.CharField(
        max_length=400, blank=True, editable=False, help_text="why it was rejected or paused"
    )
    rests_since = models.DateTimeField(
        null=True, editable=False, help_text="since when it waits for somebody to go on"
    )
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @_move("accept")
    def accept(self, *, at: datetime) -> None:
        """Every row was looked at; nothing was asked."""
        self.rests_since = at

    @_move("reject")
    def reject(self, *, why: str, at: datetime) -> None:
        """The file as a whole cannot be used."""
        self.why_stopped, self.ended_at = why, at

    @_move("start")
    def start(self) -> None:
        """Rows are asked from now on, and charged."""
        self.rests_since = None

    @_move("pause")
    def pause(self, *, why: str, at: datetime) -> None:
        """No further row is asked until somebody resumes it."""
        self.why_stopped, self.rests_since = why, at

    @_move("resume")
    def resume(self) -> None:
        """It goes on behind the last row that was asked."""
        self.why_stopped, self.rests_since = "", None

    @_move("finish")
    def finish(self, *, at: datetime) -> None:
        """Every row has its answer or its refusal."""
        self.ended_at = at

    @_move("cancel")
    def cancel(self, *, at: datetime) -> None:
        """No further row is asked; the cases that were begun stay."""
        self.why_stopped, self.rests_since, self.ended_at = "", None, at

    @_move("expire")
    def expire(self, *, at: datetime) -> None:
        """Nobody went on for so long that the file is removed."""
        self.rests_since, self.ended_at = None, at
