"""Refusals of keeping the table of programs."""


class ProgramError(Exception):
    """A refusal that was foreseen; nothing was changed. `field_errors` holds a sentence a field."""

    def __init__(self, field_errors: dict[str, str], *, status_code: int = 422) -> None:
        super().__init__(" ".join(field_errors.values()))
        self.field_errors = field_errors
        self.status_code = status_code
