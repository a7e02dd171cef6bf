"""Whether the answer says that the person may work, until when, and by which provision.

Kept apart from the class of admission: the one says in which status a person is, the other what
an employer may rely on (8 CFR 274a.12).
"""

from __future__ import annotations

from datetime import date

PROVISIONS: dict[str, str] = {
    "A02": "temporary resident",
    "A03": "refugee",
    "A04": "paroled as a refugee",
    "A05": "granted asylum",
    "A07": "parent or child of a special immigrant",
    "A08": "citizen of a freely associated state",
    "A10": "removal withheld",
    "A11": "departure deferred by order of the President",
    "A12": "temporary protected status",
    "A15": "adjusting under the LIFE Act",
    "A17": "husband or wife of an E worker",
    "A18": "husband or wife of an L worker",
    "C03": "practical training of a student",
    "C05": "family of an exchange visitor",
    "C08": "asylum not yet decided",
    "C09": "residence applied for",
    "C10": "cancellation of removal applied for",
    "C11": "parole",
    "C19": "temporary protected status applied for",
    "C22": "legalization applied for",
    "C24": "LIFE Act legalization applied for",
    "C26": "husband or wife of an H-1B worker",
    "C33": "deferred action for childhood arrivals",
}
BY_STATUS = frozenset({1, 18, 20})
CITIZEN, WORKER, STUDENT, MARIANAS = 24, 128, 122, 168


def employment(
    *,
    statement_code: int,
    group: str,
    provision: str,
    start: date | None,
    end: date | None,
    on: date,
) -> str:
    """One sentence for the case page."""
    if statement_code == CITIZEN:
        return "Allowed: a citizen needs no authorization."
    if statement_code in BY_STATUS or group == "compact":
        return "Allowed by the status itself, without an end."
    if provision and not (start and start > on):
        code = f"{provision}: {PROVISIONS[provision]}" if provision in PROVISIONS else provision
        if end is None:
            return f"Allowed under {code}. The record gives no end."
        if end >= on:
            return f"Allowed until {end:%B} {end.day}, {end.year}, under {code}."
        if statement_code not in (WORKER, STUDENT, MARIANAS):
            return f"The authorization on record ended on {end:%B} {end.day}, {end.year}."
    if statement_code == WORKER:
        return "Allowed only the work that the class of admission is for."
    if statement_code == MARIANAS:
        return "Allowed in the Northern Mariana Islands only."
    if statement_code == STUDENT:
        return "Allowed only what the school, the sponsor or USCIS has authorized."
    return "Not shown by these records."
