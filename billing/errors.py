"""Refusals of billing: a sentence that says what to do."""

from save_portal.refusals import Refusal


class BillingError(Refusal):
    """A refusal in prices, invoices or payments."""


class InvalidPrices(BillingError):
    """A price list that cannot be; a sentence for each field, "" for the whole of it."""

    status_code = 422

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors
