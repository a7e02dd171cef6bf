"""The life cycle of a case: initial → additional → G-845 → closed (S3).

`TRANSITIONS` is the one table of legal moves. Python (django-fsm), PostgreSQL (triggers), the
policies and the diagram in docs/lifecycles/case.md are all made from it. Transitions set fields of
`self` only: services lock, save, audit and notify.
"""

from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models

from save_portal.lifecycles.machine import Lifecycle, StatusField, Transition, by_name, move
from verification.enums import ClosureReason, Step, WaitsFor


class CaseStatus(models.TextChoices):
    INITIAL_CONFIRMED = "initial_confirmed", "Initial: confirmed"
    INITIAL_UNCONFIRMED = "initial_unconfirmed", "Initial: not confirmed"
    ADDITIONAL_REQUESTED = "additional_requested", "Additional: in the queue"
    ADDITIONAL_IN_REVIEW = "additional_in_review", "Additional: with a verifier"
    ADDITIONAL_ANSWERED = "additional_answered", "Additional: answered"
    G845_RECOMMENDED = "g845_recommended", "G-845: print and mail"
    G845_MAILED = "g845_mailed", "G-845: mailed"
    G845_IN_REVIEW = "g845_in_review", "G-845: with a verifier"
    G845_ANSWERED = "g845_answered", "G-845: answered"
    CLOSED = "closed", "Closed"


S = CaseStatus

STEP_OF: dict[str, Step] = {
    status.value: (Step.CLOSED if status == S.CLOSED else Step(status.value.split("_", 1)[0]))
    for status in CaseStatus
}

WAITS_FOR: dict[str, WaitsFor] = {
    S.INITIAL_CONFIRMED: WaitsFor.CASEWORKER,
    S.INITIAL_UNCONFIRMED: WaitsFor.CASEWORKER,
    S.ADDITIONAL_REQUESTED: WaitsFor.VERIFIER,
    S.ADDITIONAL_IN_REVIEW: WaitsFor.VERIFIER,
    S.ADDITIONAL_ANSWERED: WaitsFor.CASEWORKER,
    S.G845_RECOMMENDED: WaitsFor.CASEWORKER,
    S.G845_MAILED: WaitsFor.VERIFIER,
    S.G845_IN_REVIEW: WaitsFor.VERIFIER,
    S.G845_ANSWERED: WaitsFor.CASEWORKER,
    S.CLOSED: WaitsFor.NOBODY,
}
OPEN = tuple(status for status in CaseStatus if status != S.CLOSED)
WAITS_FOR_CASEWORKER = tuple(s for s in OPEN if WAITS_FOR[s] == WaitsFor.CASEWORKER)
WAITS_FOR_VERIFIER = tuple(s for s in OPEN if WAITS_FOR[s] == WaitsFor.VERIFIER)
IN_REVIEW = (S.ADDITIONAL_IN_REVIEW, S.G845_IN_REVIEW)
IN_QUEUE = tuple(s for s in WAITS_FOR_VERIFIER if s not in IN_REVIEW)

# A case begins where initial verification left it, or as a paper G-845 keyed in by the office.
BEGINNINGS = (S.INITIAL_CONFIRMED, S.INITIAL_UNCONFIRMED, S.G845_MAILED)


# Sides: "agency" and "office"; `None` as the actor in services means the timetable.
TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "confirm_on_retry",
        (S.INITIAL_UNCONFIRMED,),
        S.INITIAL_CONFIRMED,
        "agency",
        "retry, confirmed",
    ),
    Transition(
        "stay_unconfirmed",
        (S.INITIAL_UNCONFIRMED,),
        S.INITIAL_UNCONFIRMED,
        "agency",
        "retry, not confirmed",
    ),
    Transition(
        "request_additional",
        (S.INITIAL_CONFIRMED, S.INITIAL_UNCONFIRMED, S.ADDITIONAL_ANSWERED),
        S.ADDITIONAL_REQUESTED,
        "agency",
        "request additional verification",
    ),
    Transition(
        "take_additional",
        (S.ADDITIONAL_REQUESTED,),
        S.ADDITIONAL_IN_REVIEW,
        "office",
        "take",
    ),
    Transition(
        "release_additional",
        (S.ADDITIONAL_IN_REVIEW,),
        S.ADDITIONAL_REQUESTED,
        "office",
        "release",
    ),
    Transition(
        "answer_additional",
        (S.ADDITIONAL_IN_REVIEW,),
        S.ADDITIONAL_ANSWERED,
        "office",
        "answer",
    ),
    Transition(
        "ask_for_g845",
        (S.INITIAL_UNCONFIRMED, S.ADDITIONAL_ANSWERED, S.G845_ANSWERED),
        S.G845_RECOMMENDED,
        "agency",
        "ask for a Form G-845",
    ),
    Transition(
        "recommend_g845",
        (S.ADDITIONAL_IN_REVIEW, S.G845_IN_REVIEW),
        S.G845_RECOMMENDED,
        "office",
        "recommend a Form G-845",
    ),
    Transition("mail_g845", (S.G845_RECOMMENDED,), S.G845_MAILED, "agency", "mark as mailed"),
    Transition("take_g845", (S.G845_MAILED,), S.G845_IN_REVIEW, "office", "take"),
    Transition("release_g845", (S.G845_IN_REVIEW,), S.G845_MAILED, "office", "release"),
    Transition("answer_g845", (S.G845_IN_REVIEW,), S.G845_ANSWERED, "office", "answer"),
    Transition("close", OPEN, S.CLOSED, "agency", "close"),
)
BY_NAME = by_name(TRANSITIONS)
LEGAL_MOVES: frozenset[tuple[str, str]] = frozenset(
    (source.value, made.target.value) for made in TRANSITIONS for source in made.sources
)


_move = partial(move, BY_NAME)


class CaseLifecycle(Lifecycle):
    """Where a case may go next."""

    status = StatusField(choices=CaseStatus.choices, protected=True, editable=False, max_length=24)
    closure_reason = models.CharField(
        max_length=20, choices=ClosureReason.choices, blank=True, editable=False
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        editable=False,
        related_name="+",
        help_text="the status verifier who has the case; set exactly while it is in review",
    )
    taken_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def step(self) -> Step:
        return STEP_OF[self.status]

    @property
    def waits_for(self) -> WaitsFor:
        return WAITS_FOR[self.status]

    @property
    def is_open(self) -> bool:
        return bool(self.status != CaseStatus.CLOSED)

    def _with(self, reviewer: Any, taken_at: datetime | None) -> None:
        """Who reviews the case, and since when; nobody outside of a review."""
        self.reviewer, self.taken_at = reviewer, taken_at

    def hand_to(self, colleague: Any, *, at: datetime) -> None:
        """The review goes on with another verifier; the status stays."""
        self._with(colleague, at)

    @_move("confirm_on_retry")
    def confirm_on_retry(self) -> None:
        """A corrected query found the record."""

    @_move("stay_unconfirmed")
    def stay_unconfirmed(self) -> None:
        """A corrected query did not find it either."""

    @_move("request_additional")
    def request_additional(self) -> None:
        """A status verifier is asked (S3.7)."""

    @_move("take_additional")
    def take_additional(self, *, by: Any, at: datetime) -> None:
        """A status verifier takes the request."""
        self._with(by, at)

    @_move("release_additional")
    def release_additional(self) -> None:
        """The verifier gives the request back to the queue."""
        self._with(None, None)

    @_move("answer_additional")
    def answer_additional(self) -> None:
        """The verifier's answer returns to the agency (S3.8)."""
        self._with(None, None)

    @_move("ask_for_g845")
    def ask_for_g845(self) -> None:
        """The caseworker goes on with the form (S3.9)."""

    @_move("recommend_g845")
    def recommend_g845(self) -> None:
        """Only the documents can settle it (S3.9)."""
        self._with(None, None)

    @_move("mail_g845")
    def mail_g845(self) -> None:
        """The form and the copies are on their way."""

    @_move("take_g845")
    def take_g845(self, *, by: Any, at: datetime) -> None:
        """A status verifier takes the form."""
        self._with(by, at)

    @_move("release_g845")
    def release_g845(self) -> None:
        """The verifier gives the form back to the queue."""
        self._with(None, None)

    @_move("answer_g845")
    def answer_g845(self) -> None:
        """The verifier's answer to the form returns to the agency (S3.10)."""
        self._with(None, None)

    @_move("close")
    def close(self, *, reason: str, at: datetime) -> None:
        """The case ends; it can still be read and printed (S3.6)."""
        self.closure_reason = reason
        self.closed_at = at
        self._with(None, None)
