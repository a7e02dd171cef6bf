"""Classes of admission: the group of each code, and what it means in plain words."""

import csv
from functools import cache, lru_cache
from importlib.resources import files

# What a code means when the file beside this module has no sentence of its own for it.
GROUPS = {
    "citizen": "United States citizen",
    "lpr": "Lawful permanent resident",
    "lpr_conditional": "Lawful permanent resident on conditions",
    "lpr_humanitarian": "Lawful permanent resident who came for protection",
    "refugee": "Refugee",
    "asylee": "Person granted asylum",
    "parolee": "Person let in on parole",
    "cuban_haitian": "Cuban or Haitian entrant",
    "tps": "Person with temporary protection",
    "compact": "Citizen of a state in free association with the United States",
    "student": "Student or exchange visitor",
    "student_family": "Family of a student or exchange visitor",
    "nonimmigrant": "Admitted for a time and a purpose",
    "nonimmigrant_worker": "Admitted for a time to do certain work",
    "nonimmigrant_cnmi": "Admitted for work in the Northern Mariana Islands",
    "temporary": "Resident for a time under family unity or legalization",
    "protected": "A class that only a status verifier can confirm",
    "review": "A class that only a status verifier can confirm",
    "unknown": "A class that the portal's list does not have",
}


@cache
def classes() -> dict[str, tuple[str, str]]:
    """Every code with its group and its plain words."""
    with files("verification.records").joinpath("classes_of_admission.csv").open() as file:
        return {
            row["code"]: (row["group"], row["text"] or GROUPS[row["group"]])
            for row in csv.DictReader(file)
        }


@lru_cache(maxsize=4096)
def normal(code: str) -> str:
    """A code as the list writes it: `F-1` and `f1` are `F1`."""
    return code.upper().replace("-", "").replace(" ", "")


@lru_cache(maxsize=4096)
def group_of(code: str) -> str:
    return classes().get(normal(code), ("unknown", ""))[0]


def plain_words(code: str) -> str:
    """What a class of admission means, for a caseworker."""
    return classes().get(normal(code), ("", GROUPS["unknown"]))[1]
