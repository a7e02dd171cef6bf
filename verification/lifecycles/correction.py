"""The life cycle of a correction request: drafted → sent → decided → closed (S3.10, S7.2).

The portal never changes a source record. The owner's office decides; an accepted correction comes
back with the source's next upload.
"""

from datetime import datetime
from functools import partial

from django.db import models

from save_portal.lifecycles.machine import Lifecycle, StatusField, Transition, by_name, move


class CorrectionStatus(models.TextChoices):
    DRAFTED = "drafted", "Draft"
    SENT = "sent", "Sent to the owner"
    NEEDS_EVIDENCE = "needs_evidence", "More evidence is needed"
    ACCEPTED = "accepted", "Accepted: comes with the next upload"
    REJECTED = "rejected", "Rejected"
    CLOSED = "closed", "Closed"


class CorrectionClosure(models.TextChoices):
    SOURCE_CORRECTED = "source_corrected", "The source shows the right value"
    REJECTED = "rejected", "The owner keeps its value"
    NO_EVIDENCE = "no_evidence", "The evidence did not come"
    WITHDRAWN = "withdrawn", "Withdrawn"
    NOT_FOUND = "not_found", "No record was found that says this"
    JOINED = "joined", "Another request asks for the same"


S = CorrectionStatus

# Sides: "requester" raised it (a verifier), "owner" is the records office that decides.
TRANSITIONS: tuple[Transition, ...] = (
    Transition("send", (S.DRAFTED,), S.SENT, "requester", "send"),
    Transition("give_evidence", (S.NEEDS_EVIDENCE,), S.SENT, "requester", "give the evidence"),
    Transition("accept", (S.SENT,), S.ACCEPTED, "owner", "accept"),
    Transition("reject", (S.SENT,), S.REJECTED, "owner", "reject"),
    Transition("ask_for_evidence", (S.SENT,), S.NEEDS_EVIDENCE, "owner", "ask for evidence"),
    Transition(
        "close",
        (S.DRAFTED, S.SENT, S.NEEDS_EVIDENCE, S.ACCEPTED, S.REJECTED),
        S.CLOSED,
        "either",
        "close",
    ),
)
BY_NAME = by_name(TRANSITIONS)
_move = partial(move, BY_NAME)

# Which closings fit where the request stands: nothing is called corrected that was not accepted.
CLOSINGS: dict[str, tuple[CorrectionClosure, ...]] = {
    S.DRAFTED: (CorrectionClosure.WITHDRAWN, CorrectionClosure.NOT_FOUND),
    S.SENT: (CorrectionClosure.WITHDRAWN,),
    S.NEEDS_EVIDENCE: (CorrectionClosure.NO_EVIDENCE, CorrectionClosure.WITHDRAWN),
    S.ACCEPTED: (CorrectionClosure.SOURCE_CORRECTED,),
    S.REJECTED: (CorrectionClosure.REJECTED,),
}


class CorrectionLifecycle(Lifecycle):
    """Where a correction request may go next."""

    status = StatusField(
        choices=CorrectionStatus.choices,
        default=CorrectionStatus.DRAFTED,
        protected=True,
        editable=False,
        max_length=16,
    )
    closure = models.CharField(
        max_length=16, choices=CorrectionClosure.choices, blank=True, editable=False
    )
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @_move("send")
    def send(self) -> None:
        """The owner's office is asked."""

    @_move("give_evidence")
    def give_evidence(self) -> None:
        """What the owner asked for is added."""

    @_move("accept")
    def accept(self) -> None:
        """The owner corrects its record."""

    @_move("reject")
    def reject(self) -> None:
        """The owner keeps its value."""

    @_move("ask_for_evidence")
    def ask_for_evidence(self) -> None:
        """The owner cannot decide on what it has."""

    @_move("close")
    def close(self, *, closure: str, at: datetime) -> None:
        """Nothing more is to be done."""
        self.closure = closure
        self.closed_at = at
