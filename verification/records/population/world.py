"""The synthetic world as files: six uploads, photos, and a truth table. Same seed, same files.

`truth.csv` has a row for each person: the document shown, what a caseworker types of it, and what
initial verification must answer. Some rows are typed with the differences and mistakes of daily
life; these have their own `typed` value.
"""

import csv
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

from verification.records.population.name_lists import CULTURES
from verification.records.population.person import Person, new_person
from verification.records.population.portraits import portrait
from verification.records.population.situations import SITUATIONS
from verification.records.systems import SYSTEMS

AS_OF = date(2026, 11, 1)
FACES = 500  # distinct portraits at most; photos are kept once by their content
SYSTEM_FILES = ("CIS", "ADIS", "SEVIS", "CLAIMS3", "CLAIMS4", "ISRS")
TRUTH = (
    "record_id", "situation", "typed", "document_type", "family_name", "given_name",
    "middle_name", "date_of_birth", "a_number", "i94_number", "sevis_id", "card_number",
    "naturalization_certificate", "citizenship_certificate", "passport_number",
    "passport_country", "visa_number", "document_expires_on", "outcome", "reason",
    "statement_code", "has_photo",
)  # fmt: skip
COUNTRIES = {  # situations that only people of some countries are in
    "refugee": ("AFG", "SYR", "SOM", "ETH", "MMR", "UKR", "IRN"),
    "asylee": ("VEN", "CHN", "ETH", "HTI", "RUS", "GTM", "IRN", "SYR"),
    "adjusted_refugee": ("AFG", "SYR", "SOM", "ETH", "UKR", "VNM", "IRN", "RUS"),
    "adjusted_cuban_or_haitian": ("CUB", "HTI"),
    "parolee": ("UKR", "AFG", "CUB", "HTI", "VEN"),
    "temporary_protection": ("SLV", "HTI", "VEN", "SYR", "UKR", "ETH"),
    "daca": ("MEX", "SLV", "GTM", "BRA", "KOR"),
    "compact_citizen": ("FSM", "MHL"),
}


def write_uploads(
    directory: str | Path,
    people: int,
    seed: int,
    as_of: date = AS_OF,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the uploads of so many people, with photos and the truth table, into a folder."""
    directory = Path(directory)
    (directory / "photos").mkdir(parents=True, exist_ok=True)
    faces = min(FACES, max(2, people))
    for number in range(faces):
        drawing = portrait(seed * 1000 + number, woman=number % 2 == 0)
        (directory / "photos" / f"p{number:03d}.svg").write_text(drawing)
    order = list(SITUATIONS)
    weights = list(SITUATIONS.values())
    dice = random.Random(seed)  # noqa: S311
    free = [c.country for c in CULTURES if c.country not in ("FSM", "MHL")]
    shares = [c.weight for c in CULTURES if c.country not in ("FSM", "MHL")]
    files = {name: (directory / f"{name}.csv").open("w", newline="") for name in SYSTEM_FILES}
    headers = {name: [c.name for c in SYSTEMS[name].columns] for name in SYSTEM_FILES}
    writers = {name: csv.writer(file, lineterminator="\n") for name, file in files.items()}
    with (directory / "truth.csv").open("w", newline="") as truth_file:
        truth = csv.writer(truth_file, lineterminator="\n")
        truth.writerow(TRUTH)
        for name in SYSTEM_FILES:
            writers[name].writerow(headers[name])
        for number in range(1, people + 1):
            # The first people of any world are in one situation each, so even a small one has all.
            place = number - 1
            situation = order[place] if place < len(order) else dice.choices(order, weights)[0]
            fitting = COUNTRIES.get(situation.__name__)
            country = dice.choice(fitting) if fitting else dice.choices(free, shares)[0]
            person = new_person(number, seed, as_of, country)
            face = (dice.randrange(faces // 2) * 2) + (number % 2)
            person.photo = f"photos/p{face:03d}.svg"
            person.situation = situation.__name__
            situation(person)
            settle(person)
            for name, row in person.rows.items():
                writers[name].writerow([row.get(column, "") for column in headers[name]])
            truth.writerow(truth_row(person, dice.random() if place >= len(order) else 1.0))
            if progress and (number % 500 == 0 or number == people):
                progress(number, people)
    for file in files.values():
        file.close()


def settle(person: Person) -> None:
    """Make rows agree with what came later: a birth moved back, an update after its own facts."""
    today = person.as_of.isoformat()
    for row in person.rows.values():
        row["date_of_birth"] = person.born.isoformat()
        latest = max(value for value in row.values() if value[4:5] == "-" and value[:10] <= today)
        if latest[:10] > row["updated_at"][:10]:
            row["updated_at"] = f"{latest[:10]}T06:00:00Z"


def truth_row(person: Person, chance: float) -> list[str]:
    """What is typed and what must be answered; `chance` decides on a difference in typing."""
    row = {
        "record_id": person.record_id,
        "situation": person.situation,
        "typed": "as_shown",
        "family_name": person.family,
        "given_name": person.given,
        "middle_name": person.middle,
        "date_of_birth": person.born.isoformat(),
        "outcome": "confirmed" if person.expects == "confirmed" else "additional_verification",
        "reason": "" if person.expects == "confirmed" else person.expects,
        "statement_code": str(person.statement),
        "has_photo": "yes" if person.rows.get("ISRS", {}).get("photo") else "no",
        **person.shows,
    }
    if chance < 0.14 and person.expects == "confirmed":
        mistype(row, person, chance)
    if row["outcome"] != "confirmed":
        row["has_photo"] = "no"
    return [row.get(column, "") for column in TRUTH]


def mistype(row: dict[str, str], person: Person, chance: float) -> None:
    """Differences that still are the person, and mistakes that must end in a referral."""

    def fails(reason: str, statement: int = 37) -> None:
        row.update(outcome="additional_verification", reason=reason, statement_code=str(statement))

    if chance < 0.03 and person.given != "FNU":
        row["typed"] = "family_and_given_name_swapped"
        row["family_name"], row["given_name"] = row["given_name"], row["family_name"]
        row["middle_name"] = ""
    elif chance < 0.06:
        row["typed"] = "small_letters_without_middle_name"
        row["family_name"], row["given_name"] = person.family.lower(), person.given.lower()
        row["middle_name"] = ""
    elif chance < 0.08:
        row["typed"] = "another_given_name"
        row["given_name"], row["middle_name"] = "Zebulon Quimby", ""
        fails("name_mismatch")
    elif chance < 0.10:
        row["typed"] = "another_year_of_birth"
        year = person.born.year - 3
        row["date_of_birth"] = f"{year}-{person.born.month:02d}-{min(person.born.day, 28):02d}"
        fails("date_of_birth_mismatch")
    elif chance < 0.12 and person.shows["document_type"] == "i551":
        row["typed"] = "card_number_of_nobody"
        row["card_number"] = "ZZZ" + person.card[3:]
        fails("document_mismatch")
