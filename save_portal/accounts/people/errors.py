"""Refusals of keeping people: a sentence that says what to do."""


class PeopleError(Exception):
    """A refusal that was foreseen; nothing was changed. `field` names what to look at."""

    status_code = 409

    def __init__(self, message: str, *, field: str = "", status_code: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.status_code = status_code or self.status_code


class NobodySuch(PeopleError):
    """No such person, or none that this administrator keeps; which of the two is not said."""

    status_code = 404


class InvitationClosed(PeopleError):
    """The link was used, withdrawn, replaced by a newer one, or is too old."""

    status_code = 410
