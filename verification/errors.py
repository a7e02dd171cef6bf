"""Refusals. Each is a sentence that a caseworker understands: what, which rule, what to do."""

STALE = (
    "Somebody changed this case after your page was shown. Nothing of yours was saved: "
    "look at the case as it is now and do it again."
)


class CaseError(Exception):
    """A refusal that was foreseen; nothing was changed. `rule` is a tag of docs/program.md."""

    rule = ""
    status_code = 409

    def __init__(self, message: str, *, rule: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule or self.rule


class NoSuchCase(CaseError):
    """Not there, or not this person's: the answer is the same."""

    status_code = 404


class NotPermitted(CaseError):
    """This person may not do this, whatever the state of the case."""

    status_code = 403


class NotTrained(NotPermitted):
    """The tutorial of the role is missing or no longer holds; the page leads there (S5.1)."""

    rule = "S5.1"


class WrongStatus(CaseError):
    """The case is not at a point where this can be done."""


class StaleCase(CaseError):
    """Somebody changed the case after the page was shown."""


class DutyOpen(CaseError):
    """A duty toward the applicant stands before the act."""


class NoAgreement(CaseError):
    """No agreement in force permits this."""

    rule = "S5.1"
    status_code = 403


class DuplicateCase(CaseError):
    """An open case asks exactly the same; its number is given."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"An open case asks exactly the same: {number}. Nothing was sent or charged. "
            "Open that case and go on there.",
            rule="S4.1",
        )
        self.number = number


class InvalidSubmission(CaseError):
    """Fields that cannot be sent, each with its sentence. `whole_case`: they are a case's own."""

    status_code = 422
    whole_case = False

    def __init__(self, field_errors: dict[str, str]) -> None:
        super().__init__(" ".join(field_errors.values()))
        self.field_errors = field_errors
