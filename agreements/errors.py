"""Refusals of enrollment: each a sentence that says what, which rule and what to do."""


class AgreementError(Exception):
    """A refusal that was foreseen; nothing was changed. `rule` is a tag of docs/program.md."""

    rule = "S5.1"
    status_code = 409

    def __init__(self, message: str, *, rule: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule or self.rule
        self.field = field


class NotAuthorized(AgreementError):
    """This person may not do this, wherever the agreement stands."""

    status_code = 403


class WrongStatus(AgreementError):
    """The agreement is not at a point where this can be done."""


class StaleAgreement(AgreementError):
    """Somebody changed the agreement, or its text, after the page was shown."""


class NoSuchAgreement(AgreementError):
    """Not there, or not this person's: the answer is the same."""

    status_code = 404


class InvalidChoices(AgreementError):
    """Choices that cannot stand, each with its sentence by field."""

    status_code = 422

    def __init__(self, field_errors: dict[str, str]) -> None:
        super().__init__(" ".join(field_errors.values()))
        self.field_errors = field_errors
