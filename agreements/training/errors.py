"""Refusals of training: a sentence that says what to do."""


class TrainingError(Exception):
    """A refusal that was foreseen; nothing was changed. `fields` are the questions to look at."""

    def __init__(self, message: str, *, status_code: int = 409, fields: tuple[str, ...] = ()):
        super().__init__(message)
        self.message = message
        self.status_code = status_code
        self.fields = fields
