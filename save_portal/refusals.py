"""What every refusal that was foreseen is made of."""


class Refusal(Exception):
    """An act that was refused; nothing was changed.

    `message` is a sentence for the person who acted: what, and what to do. `field` names what of
    the form to look at, empty for the whole of it. `status_code` is that of the answer.
    """

    status_code = 409

    def __init__(self, message: str, *, field: str = "", status_code: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.status_code = status_code or self.status_code
