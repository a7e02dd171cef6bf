"""Whether somebody is trained on a day. Asked before every case, so it needs no query.

The certificate is the evidence. What it says (which tutorial, until when) stands on the account
too, written in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from agreements.training.catalog import Tutorial, accepted_for, tutorial_for
from save_portal.accounts.models import User

SOON = timedelta(days=30)


class Kind(StrEnum):
    NOT_NEEDED = "not_needed"
    VALID = "valid"
    SOON = "soon"
    MISSING = "missing"
    CHANGED = "changed"
    OVER = "over"


LABELS = {
    Kind.NOT_NEEDED: "Not needed",
    Kind.VALID: "Trained",
    Kind.SOON: "Runs out soon",
    Kind.MISSING: "Not trained yet",
    Kind.CHANGED: "Tutorial has changed",
    Kind.OVER: "Has run out",
}


@dataclass(frozen=True, slots=True)
class State:
    """What holds for a person; `lets_work` is what counts before a case is begun."""

    kind: Kind
    tutorial: Tutorial | None
    until: date | None

    @property
    def label(self) -> str:
        return LABELS[self.kind]

    @property
    def lets_work(self) -> bool:
        return self.kind in (Kind.NOT_NEEDED, Kind.VALID, Kind.SOON)

    @property
    def needs_care(self) -> bool:
        """Whether the person should take the tutorial now."""
        return self.kind not in (Kind.NOT_NEEDED, Kind.VALID)

    @property
    def sentence(self) -> str:
        """Why, to the person. Empty where nothing is to be done."""
        until = f"{self.until:%B} {self.until.day}, {self.until.year}" if self.until else ""
        return {
            Kind.SOON: f"Your training holds until {until}. Take the tutorial again before then.",
            Kind.MISSING: "You have not taken the tutorial of your role yet.",
            Kind.CHANGED: "The tutorial of your role has changed since you took it.",
            Kind.OVER: f"Your training has run out; it held until {until}.",
        }.get(self.kind, "")


def state_of(person: User, *, on: date) -> State:
    """What holds for the person's role on the day. No query."""
    tutorial, until = tutorial_for(person.role), person.trained_until
    if tutorial is None:
        return State(Kind.NOT_NEEDED, None, None)
    if until is None:
        return State(Kind.MISSING, tutorial, None)
    if person.trained_as not in accepted_for(person.role):
        code = person.trained_as.partition(" ")[0]
        known = {key.partition(" ")[0] for key in accepted_for(person.role)}
        return State(Kind.CHANGED if code in known else Kind.MISSING, tutorial, until)
    if until < on:
        return State(Kind.OVER, tutorial, until)
    return State(Kind.SOON if until < on + SOON else Kind.VALID, tutorial, until)
