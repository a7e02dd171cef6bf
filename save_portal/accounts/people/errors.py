"""Refusals of keeping people: a sentence that says what to do."""

from save_portal.refusals import Refusal


class PeopleError(Refusal):
    """A refusal in keeping people."""


class NobodySuch(PeopleError):
    """No such person, or none that this administrator keeps; which of the two is not said."""

    status_code = 404


class InvitationClosed(PeopleError):
    """The link was used, withdrawn, replaced by a newer one, or is too old."""

    status_code = 410
