"""What can go wrong with records, in words for the operator or the verifier."""


class RecordsError(Exception):
    """A refusal with a sentence that says what to do."""


class FileRefused(RecordsError):
    """A whole upload is refused: nothing of it was taken over."""


class PhotoRefused(RecordsError):
    """One image is refused; its row is rejected with this reason."""
