"""What is wrong with a row, as the columns of the file of faults. Pure."""

from __future__ import annotations

from verification.errors import CaseError, InvalidSubmission

# A field of the question → its column, where it has another name there.
COLUMNS = {"benefits": "benefit"}
# The rule behind a field: programs are the agreement's, the rest is what the document says.
RULES = {"benefits": "S5.3", "row": "", "row_id": ""}
OF_THE_DOCUMENT = "S3.5"
LONGEST = 400


def faults_of(refusal: CaseError) -> list[tuple[str, str, str]]:
    """(column, rule, what is wrong and what helps) of each thing that is wrong."""
    if isinstance(refusal, InvalidSubmission):
        return [
            (COLUMNS.get(name, name), RULES.get(name, OF_THE_DOCUMENT), sentence[:LONGEST])
            for name, sentence in refusal.field_errors.items()
        ]
    return [("row", refusal.rule, refusal.message[:LONGEST])]
