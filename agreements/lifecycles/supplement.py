"""The life cycle of a supplement, which changes a signed agreement from a day on (S5).

`TRANSITIONS` is the one table of legal moves. Python, PostgreSQL, the policies and the diagram in
docs/lifecycles/supplement.md are all made from it.
"""

from datetime import date
from functools import partial

from django.db import models

from save_portal.lifecycles.machine import Lifecycle, StatusField, Transition, by_name, move


class SupplementStatus(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    SIGNED_BY_AGENCY = "signed_by_agency", "Signed by the agency"
    CONCLUDED = "concluded", "Signed by both parties"
    WITHDRAWN = "withdrawn", "Withdrawn"


S = SupplementStatus

BEGINNING = S.PROPOSED
# Still to be signed: an agreement has one of these at a time.
OPEN = (S.PROPOSED, S.SIGNED_BY_AGENCY)
ENDS = (S.CONCLUDED, S.WITHDRAWN)

TRANSITIONS: tuple[Transition, ...] = (
    Transition("sign", (S.PROPOSED,), S.SIGNED_BY_AGENCY, "signatory", "sign"),
    Transition("countersign", (S.SIGNED_BY_AGENCY,), S.CONCLUDED, "office", "countersign"),
    Transition("withdraw", (S.PROPOSED, S.SIGNED_BY_AGENCY), S.WITHDRAWN, "either", "withdraw"),
)
BY_NAME = by_name(TRANSITIONS)
_move = partial(move, BY_NAME)


class SupplementLifecycle(Lifecycle):
    """Where a supplement may go next."""

    status = StatusField(
        choices=SupplementStatus.choices,
        default=SupplementStatus.PROPOSED,
        protected=True,
        editable=False,
        max_length=16,
    )
    holds_from = models.DateField(
        null=True, editable=False, help_text="the first day on which it binds, once both signed"
    )
    message = models.CharField(max_length=2000, blank=True, help_text="why it was withdrawn")

    class Meta:
        abstract = True

    @_move("sign")
    def sign(self) -> None:
        """The agency's official signs."""

    @_move("countersign")
    def countersign(self, *, holds_from: date) -> None:
        """The second signature: it binds from the day."""
        self.holds_from = holds_from

    @_move("withdraw")
    def withdraw(self, *, message: str) -> None:
        """It comes to nothing, and the other side reads why."""
        self.message = message
