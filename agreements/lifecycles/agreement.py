"""The life cycle of an agreement: from the first draft of a registration to its end (S5).

`TRANSITIONS` is the one table of legal moves. Python (django-fsm), PostgreSQL (triggers), the
policies and the diagram in docs/lifecycles/agreement.md are all made from it.
"""

from datetime import date, datetime
from functools import partial

from django.contrib.postgres.fields.ranges import DateRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from save_portal.lifecycles.machine import Lifecycle, StatusField, Transition, by_name, move


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    IN_REVIEW = "in_review", "In review"
    NEGOTIATING = "negotiating", "Text under negotiation"
    READY_TO_SIGN = "ready_to_sign", "Ready to sign"
    SIGNED_BY_AGENCY = "signed_by_agency", "Signed by the agency"
    IN_FORCE = "in_force", "In force"
    SUSPENDED = "suspended", "Suspended"
    EXPIRING = "expiring", "In force, ends soon"
    RENEWED = "renewed", "Ended, renewed"
    EXPIRED = "expired", "Expired"
    TERMINATED = "terminated", "Terminated"
    REFUSED = "refused", "Refused"


S = AgreementStatus

# A registration begins as a draft; what was signed on paper before is taken over as in force.
BEGINNINGS = (S.DRAFT, S.IN_FORCE)
# While one of these holds and the day is within the term, the agency may ask (S5.1).
BINDING = (S.IN_FORCE, S.EXPIRING)
# Has had its two signatures, and a term.
CONCLUDED = (S.IN_FORCE, S.SUSPENDED, S.EXPIRING, S.RENEWED, S.EXPIRED, S.TERMINATED)
ENDS = (S.RENEWED, S.EXPIRED, S.TERMINATED, S.REFUSED)
# Before the program office accepts it there may be no agency yet.
APPLICATION = (S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.REFUSED)
NEGOTIABLE = (S.NEGOTIATING, S.READY_TO_SIGN)

# Sides: "applicant" has no account yet, or is the administrator who renews; "agency" is the
# agency's administrator; "signatory" its official with authority; "office" the program office.
TRANSITIONS: tuple[Transition, ...] = (
    Transition("submit", (S.DRAFT,), S.SUBMITTED, "applicant", "submit"),
    Transition("take_up", (S.SUBMITTED,), S.IN_REVIEW, "office", "take up the review"),
    Transition("ask_back", (S.IN_REVIEW,), S.DRAFT, "office", "ask back"),
    Transition("accept", (S.IN_REVIEW,), S.NEGOTIATING, "office", "accept"),
    Transition(
        "refuse",
        (S.SUBMITTED, S.IN_REVIEW, S.NEGOTIATING, S.READY_TO_SIGN, S.SIGNED_BY_AGENCY),
        S.REFUSED,
        "office",
        "refuse",
    ),
    Transition("propose", (S.NEGOTIATING, S.READY_TO_SIGN), S.NEGOTIATING, "either", "propose"),
    Transition("agree", (S.NEGOTIATING,), S.READY_TO_SIGN, "either", "agree to the text"),
    Transition("sign", (S.READY_TO_SIGN,), S.SIGNED_BY_AGENCY, "signatory", "sign"),
    Transition("send_back", (S.SIGNED_BY_AGENCY,), S.NEGOTIATING, "office", "reopen the text"),
    Transition("countersign", (S.SIGNED_BY_AGENCY,), S.IN_FORCE, "office", "countersign"),
    Transition("suspend", (S.IN_FORCE, S.EXPIRING), S.SUSPENDED, "office", "suspend"),
    Transition("reinstate", (S.SUSPENDED,), S.IN_FORCE, "office", "lift the suspension"),
    Transition("extend", (S.IN_FORCE, S.EXPIRING), S.IN_FORCE, "office", "extend a CMA once"),
    Transition("begin_to_expire", (S.IN_FORCE,), S.EXPIRING, "timetable", "90 days are left"),
    Transition("pass_on", (S.IN_FORCE, S.EXPIRING), S.RENEWED, "office", "countersign the next"),
    Transition(
        "expire", (S.IN_FORCE, S.EXPIRING, S.SUSPENDED), S.EXPIRED, "timetable", "the term is over"
    ),
    Transition(
        "terminate",
        (S.IN_FORCE, S.EXPIRING, S.SUSPENDED),
        S.TERMINATED,
        "party",
        "terminate",
    ),
)
BY_NAME = by_name(TRANSITIONS)
_move = partial(move, BY_NAME)


class AgreementLifecycle(Lifecycle):
    """Where an agreement may go next. `term` is a half-open range of days, in the agency's zone."""

    status = StatusField(
        choices=AgreementStatus.choices,
        default=AgreementStatus.DRAFT,
        protected=True,
        editable=False,
        max_length=16,
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    term = DateRangeField(null=True, help_text="from the countersignature; None before it")
    extended_on = models.DateField(null=True, editable=False)
    message = models.CharField(
        max_length=2000, blank=True, help_text="what the office last told the agency, or why"
    )

    class Meta:
        abstract = True

    def _cut(self, day: date) -> None:
        """The term ends before the day."""
        first, last = self.term.lower, self.term.upper
        if day < last:
            self.term = DateRange(first, max(first, day))

    @_move("submit")
    def submit(self, *, at: datetime) -> None:
        """The agency hands its registration in."""
        self.submitted_at, self.message = at, ""

    @_move("take_up")
    def take_up(self) -> None:
        """The program office reads it."""

    @_move("ask_back")
    def ask_back(self, *, message: str) -> None:
        """Something is missing or unclear; the agency corrects it and hands it in again."""
        self.message = message

    @_move("accept")
    def accept(self) -> None:
        """The agency may enroll; the text is on the table."""
        self.message = ""

    @_move("refuse")
    def refuse(self, *, message: str) -> None:
        """It comes to nothing, and the agency reads why."""
        self.message = message

    @_move("propose")
    def propose(self) -> None:
        """A further version of the text is on the table."""

    @_move("agree")
    def agree(self) -> None:
        """Both sides want the text as it stands."""

    @_move("sign")
    def sign(self) -> None:
        """The agency's official signs."""

    @_move("send_back")
    def send_back(self, *, message: str) -> None:
        """The office does not countersign this text; it is negotiated further."""
        self.message = message

    @_move("countersign")
    def countersign(self, *, term: DateRange) -> None:
        """The second signature: it binds for its term."""
        self.term, self.message = term, ""

    @_move("suspend")
    def suspend(self, *, message: str) -> None:
        """No new case until the reason is mended; open ones go on."""
        self.message = message

    @_move("reinstate")
    def reinstate(self) -> None:
        """The reason is mended."""
        self.message = ""

    @_move("extend")
    def extend(self, *, until: date, on: date) -> None:
        """A computer matching agreement goes on once, unchanged."""
        self.term = DateRange(self.term.lower, until)
        self.extended_on = on

    @_move("begin_to_expire")
    def begin_to_expire(self) -> None:
        """Its end is near, and it still binds."""

    @_move("pass_on")
    def pass_on(self, *, on: date) -> None:
        """The agreement that renews or amends it takes its place."""
        self._cut(on)

    @_move("expire")
    def expire(self) -> None:
        """Its term is over and nothing follows it."""

    @_move("terminate")
    def terminate(self, *, message: str, on: date) -> None:
        """A party ends it; from the day on it binds nobody."""
        self.message = message
        self._cut(on)
