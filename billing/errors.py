"""Refusals of billing: a sentence that says what to do."""


class BillingError(Exception):
    """A refusal that was foreseen; nothing was changed."""

    status_code = 409

    def __init__(self, message: str, *, field: str = "", status_code: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.status_code = status_code or self.status_code


class InvalidPrices(BillingError):
    """A price list that cannot be; a sentence for each field, "" for the whole of it."""

    status_code = 422

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors
