"""An answer in plain words: one sentence, and the class of admission explained."""

from __future__ import annotations

from dataclasses import dataclass

from verification.models import Case, InitialAnswer
from verification.records.classes import classes

PLAIN: dict[int, str] = {
    1: "lawful permanent resident, authorized to work",
    3: "temporary resident, authorized to work for a time",
    4: "Cuban or Haitian entrant, authorized to work for a time",
    7: "application pending, authorized to work for a time",
    10: "authorized to work for a time",
    12: "lawful permanent resident",
    13: "nonimmigrant",
    18: "refugee, authorized to work",
    20: "granted asylum, authorized to work",
    22: "temporary resident, authorized to work for a time",
    24: "United States citizen",
    122: "student, in status for a time",
    128: "nonimmigrant, authorized to work for a time",
    148: "asylum application pending, authorized to work",
    168: "nonimmigrant, authorized to work in the Northern Mariana Islands only",
    188: "deferred action for childhood arrivals, authorized to work",
    189: "temporary protected status, authorized to work",
}
GRANTED: dict[str, str] = {
    "lpr": "Resident since",
    "lpr_conditional": "Resident since",
    "lpr_humanitarian": "Resident since",
    "asylee": "Asylum granted",
    "refugee": "Admitted as a refugee",
    "parolee": "Paroled",
    "citizen": "Citizen since",
}


@dataclass(frozen=True, slots=True)
class InWords:
    """`sentence` for the top of the page; the class with its meaning where the record has one."""

    sentence: str
    class_code: str
    class_text: str
    granted_label: str


def in_words(case: Case, answer: InitialAnswer | None) -> InWords:
    """What a caseworker reads first."""
    if answer is None:
        return InWords("This case has no initial answer.", "", "", "")
    if not answer.is_confirmed:
        return InWords(
            f"SAVE could not confirm {possessive(case.applicant_name)} status from the records "
            "it could search.",
            "",
            "",
            "",
        )
    plain = PLAIN.get(answer.statement_code, answer.statement.lower())
    code = (answer.returned or {}).get("class_of_admission", {}).get("value", "")
    group, text = classes().get(code, ("", ""))
    return InWords(f"SAVE confirmed: {plain}.", code, text, GRANTED.get(group, "Status granted"))


def possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"
