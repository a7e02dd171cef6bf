"""One row of a batch, of a truth file or of the demonstration's people as a submission."""

from __future__ import annotations

from datetime import date
from typing import Any

from verification.rules.submission import Submission

DATES = ("date_of_birth", "document_expires_on")


def submission_of(row: dict[str, str]) -> Submission:
    """A line of a truth file or of a batch as a submission by machine."""
    known = Submission.__dataclass_fields__.keys()
    values: dict[str, Any] = {name: value for name, value in row.items() if name in known and value}
    for name in DATES:
        try:
            values[name] = date.fromisoformat(values[name]) if values.get(name) else None
        except ValueError:
            values[name] = None
    values.pop("also_known_as", None)
    values.pop("benefits", None)
    if values.get("document_type", "").startswith("other_"):
        values.setdefault("document_description", "Other document")
    return Submission(
        **{"document_type": "", "family_name": "", **values},
        benefits=tuple(filter(None, row.get("benefit", "").split(";"))),
        original_examined=True,
        channel="batch",
    )
