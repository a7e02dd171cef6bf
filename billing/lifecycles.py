"""The life cycles of billing.

An invoice is drafted, issued, and settled one way or another (S4.2, S4.4). A price list is proposed
by one officer and approved by another (S4.3).
"""

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from save_portal.lifecycles.machine import Lifecycle, StatusField, Transition, by_name, move

if TYPE_CHECKING:
    from save_portal.accounts.models import User


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ISSUED = "issued", "Issued"
    PARTLY_PAID = "partly_paid", "Partly paid"
    PAID = "paid", "Paid"
    DISPUTED = "disputed", "Disputed"
    ADJUSTED = "adjusted", "Adjusted"
    WRITTEN_OFF = "written_off", "Written off"


S = InvoiceStatus
PAYABLE = (S.ISSUED, S.PARTLY_PAID, S.ADJUSTED)  # what is disputed waits for its answer
OWED = (S.ISSUED, S.PARTLY_PAID, S.DISPUTED, S.ADJUSTED)

# Sides: "office" is the program's billing, "agency" the administrator who gets the invoice.
TRANSITIONS: tuple[Transition, ...] = (
    Transition("issue", (S.DRAFT,), S.ISSUED, "office", "issue"),
    Transition(
        "pay_part",
        (S.ISSUED, S.PARTLY_PAID, S.ADJUSTED),
        S.PARTLY_PAID,
        "office",
        "a payment came, something is open",
    ),
    Transition("settle", OWED, S.PAID, "office", "nothing is open"),
    Transition("dispute", (S.ISSUED, S.PARTLY_PAID), S.DISPUTED, "agency", "dispute"),
    Transition("adjust", (S.DISPUTED,), S.ADJUSTED, "office", "adjust with a credit note"),
    Transition("uphold", (S.DISPUTED,), S.ISSUED, "office", "uphold"),
    Transition("write_off", OWED, S.WRITTEN_OFF, "office", "write off"),
)
BY_NAME = by_name(TRANSITIONS)
_move = partial(move, BY_NAME)


class InvoiceLifecycle(Lifecycle):
    """Where an invoice may go next."""

    status = StatusField(
        choices=InvoiceStatus.choices,
        default=InvoiceStatus.DRAFT,
        protected=True,
        editable=False,
        max_length=12,
    )
    number = models.CharField(max_length=16, blank=True, editable=False)
    issued_at = models.DateTimeField(null=True, editable=False)
    due_on = models.DateField(null=True, editable=False)

    class Meta:
        abstract = True

    @_move("issue")
    def issue(self, *, number: str, at: datetime, due_on: date) -> None:
        """It has its number now, and never changes again."""
        self.number, self.issued_at, self.due_on = number, at, due_on

    @_move("pay_part")
    def pay_part(self) -> None:
        """Something was paid, not all."""

    @_move("settle")
    def settle(self) -> None:
        """Payments and credit notes cover it."""

    @_move("dispute")
    def dispute(self) -> None:
        """The agency says that a line is wrong."""

    @_move("adjust")
    def adjust(self) -> None:
        """The office agrees and credits it."""

    @_move("uphold")
    def uphold(self) -> None:
        """The office explains why the line stands."""

    @_move("write_off")
    def write_off(self) -> None:
        """The office gives the open rest up."""


class PriceChangeStatus(models.TextChoices):
    PROPOSED = "proposed", "Waits for another officer"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


P = PriceChangeStatus

# Sides: "proposer" is the officer who proposed it, "second" any other officer of the program.
PRICE_CHANGE_TRANSITIONS: tuple[Transition, ...] = (
    Transition("approve", (P.PROPOSED,), P.APPROVED, "second", "approve"),
    Transition("reject", (P.PROPOSED,), P.REJECTED, "second", "reject"),
    Transition("withdraw", (P.PROPOSED,), P.WITHDRAWN, "proposer", "withdraw"),
)
PRICE_CHANGE_BY_NAME = by_name(PRICE_CHANGE_TRANSITIONS)
_decide = partial(move, PRICE_CHANGE_BY_NAME)


class PriceChangeLifecycle(Lifecycle):
    """Waits for a second officer, then is decided for good."""

    status = StatusField(
        choices=PriceChangeStatus.choices,
        default=PriceChangeStatus.PROPOSED,
        protected=True,
        editable=False,
        max_length=10,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    reply = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        abstract = True

    @_decide("approve")
    def approve(self, *, by: "User", at: datetime) -> None:
        """It will hold from its day on."""
        self.decided_by, self.decided_at = by, at

    @_decide("reject")
    def reject(self, *, by: "User", at: datetime, reply: str) -> None:
        """It will not hold."""
        self.decided_by, self.decided_at, self.reply = by, at, reply

    @_decide("withdraw")
    def withdraw(self, *, by: "User", at: datetime) -> None:
        """Its own officer takes it back."""
        self.decided_by, self.decided_at = by, at
