"""The synthetic world as files: an upload of every system, images, and a truth table.

Same seed, same files. `truth.csv` has a row for each person: the document shown, what a caseworker
types of it, what initial verification must answer, the step that settles it, what a correction
would bring, and what must not reach the agency (values separated by `|`). Some rows are typed with
the differences and mistakes of daily life; these have their own `typed` value. `next_day/` holds
what arrives a day later.
"""

import csv
import random
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from verification.records.disclosure import columns_shown
from verification.records.population.background import add_background
from verification.records.population.contradictions import CONTRADICTIONS
from verification.records.population.name_lists import CULTURES
from verification.records.population.papers import KINDS, paper
from verification.records.population.person import Person, Row, new_person, on_file
from verification.records.population.portraits import portrait
from verification.records.population.situations import SITUATIONS as ORDINARY
from verification.records.population.situations import Situation
from verification.records.systems import SYSTEMS, Viewer

AS_OF = date(2026, 11, 1)
FACES = 500  # distinct portraits at most; photos are kept once by their content
TRUTH = (
    "record_id", "situation", "contradiction", "typed", "document_type", "family_name",
    "given_name", "middle_name", "date_of_birth", "a_number", "i94_number", "sevis_id",
    "card_number", "naturalization_certificate", "citizenship_certificate", "passport_number",
    "passport_country", "visa_number", "document_expires_on", "outcome", "reason",
    "statement_code", "has_photo", "settled_at", "retry", "retry_statement_code", "must_show",
    "must_not_disclose",
)  # fmt: skip
NAMES = ("family_name", "given_name", "middle_name", "aliases", "spouse_name", "petitioner")
DIGIT = re.compile("[0-9]")
SHARE_OF_A_CONTRADICTION = 3  # of some 1,200
SITUATIONS: dict[Situation, int] = {
    **ORDINARY,
    **{entry.situation: SHARE_OF_A_CONTRADICTION for entry in CONTRADICTIONS},
}
BY_SITUATION = {entry.name: entry for entry in CONTRADICTIONS}
TWO_SURNAMES = ("MEX", "SLV", "GTM", "CUB", "VEN")
COUNTRIES = {  # situations that only people of some countries are in
    "refugee": ("AFG", "SYR", "SOM", "ETH", "MMR", "UKR", "IRN"),
    "asylee": ("VEN", "CHN", "ETH", "HTI", "RUS", "GTM", "IRN", "SYR"),
    "adjusted_refugee": ("AFG", "SYR", "SOM", "ETH", "UKR", "VNM", "IRN", "RUS"),
    "asylee_now_resident": ("VEN", "CHN", "ETH", "RUS", "IRN", "SYR"),
    "adjusted_cuban_or_haitian": ("CUB", "HTI"),
    "entrant_by_parole_class_alone": ("CUB", "HTI"),
    "parolee": ("UKR", "AFG", "CUB", "HTI", "VEN"),
    "parole_asylum_and_protection": ("VEN", "HTI"),
    "temporary_protection": ("SLV", "HTI", "VEN", "SYR", "UKR", "ETH"),
    "daca": ("MEX", "SLV", "GTM", "BRA", "KOR"),
    "deferred_action_for_childhood_arrivals": ("MEX", "SLV", "GTM", "BRA", "KOR"),
    "compact_citizen": ("FSM", "MHL"),
    "compact_citizen_by_i94": ("FSM", "MHL"),
    "compact_citizen_by_passport": ("FSM", "MHL"),
    "twins_on_one_entry": ("AFG", "SYR", "SOM", "ETH"),
    "hyphen_typed": TWO_SURNAMES,
    "given_names_joined": ("PHL", "POL", "GBR", "BRA"),
    "one_name_only": ("AFG", "IND"),
    "married_name_typed": ("IND", "PHL", "POL", "GBR", "UKR", "NGA", "PAK"),
    "maiden_name_as_alias": ("IND", "PHL", "POL", "GBR", "UKR", "NGA", "PAK", "BRA"),
    "naturalized_in_the_fifties": ("POL", "GBR", "MEX", "CHN"),
    "unreadable_papers": ("CUB", "CHN", "PHL"),
}


def write_uploads(
    directory: str | Path,
    people: int,
    seed: int,
    as_of: date = AS_OF,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the uploads of so many people, with images and the truth table, into a folder."""
    directory = Path(directory)
    faces = min(FACES, max(2, people))
    draw_images(directory, faces, seed)
    with ExitStack() as opened:
        uploads = Uploads(directory, opened)
        file = opened.enter_context((directory / "truth.csv").open("w", newline=""))
        truth = csv.writer(file, lineterminator="\n")
        truth.writerow(TRUTH)
        for number, (person, chance) in enumerate(drawn(people, seed, as_of, faces), 1):
            uploads.write(person)
            truth.writerow(truth_row(person, chance))
            if progress and (number % 500 == 0 or number == people):
                progress(number, people)


def draw_images(directory: Path, faces: int, seed: int) -> None:
    for name in ("photos", "papers", "next_day"):
        (directory / name).mkdir(parents=True, exist_ok=True)
    for number in range(faces):
        drawing = portrait(seed * 1000 + number, woman=number % 2 == 0)
        (directory / "photos" / f"p{number:03d}.svg").write_text(drawing)
    for title, name in KINDS.items():
        (directory / "papers" / f"{name}.svg").write_text(paper(title))
    (directory / "papers" / "faded.svg").write_text(paper("Index card", faded=True))


def drawn(people: int, seed: int, as_of: date, faces: int) -> Iterator[tuple[Person, float]]:
    """Each person in a situation, with the chance that decides on a difference in typing."""
    order, weights = list(SITUATIONS), list(SITUATIONS.values())
    dice = random.Random(seed)  # noqa: S311
    free = [c.country for c in CULTURES if c.country not in ("FSM", "MHL")]
    shares = [c.weight for c in CULTURES if c.country not in ("FSM", "MHL")]
    for number in range(1, people + 1):
        # The first people of any world are in one situation each, so even a small one has all.
        first = number <= len(order)
        situation = order[number - 1] if first else dice.choices(order, weights)[0]
        fitting = COUNTRIES.get(situation.__name__)
        country = dice.choice(fitting) if fitting else dice.choices(free, shares)[0]
        person = new_person(number, seed, as_of, country)
        person.photo = f"photos/p{dice.randrange(faces // 2) * 2 + number % 2:03d}.svg"
        person.situation = situation.__name__
        situation(person)
        add_background(person)
        for each in (person, *person.others):
            settle(each)
        yield person, dice.random() if not first else 1.0


class Uploads:
    """The open files, one a system, and those of the next day."""

    def __init__(self, directory: Path, opened: ExitStack) -> None:
        self.columns = {s.name: [c.name for c in s.columns] for s in SYSTEMS.values()}
        self.today, self.late = (
            {
                name: csv.writer(
                    opened.enter_context((folder / f"{name}.csv").open("w", newline="")),
                    lineterminator="\n",
                )
                for name in names
            }
            for folder, names in ((directory, list(SYSTEMS)), (directory / "next_day", ["ADIS"]))
        )
        for writers in (self.today, self.late):
            for name, writer in writers.items():
                writer.writerow(self.columns[name])

    def write(self, person: Person) -> None:
        for each in (person, *person.others):
            writers = self.late if each.late else self.today
            for place, row in each.rows.items():
                system = place.partition("/")[0]
                if system in writers:
                    writers[system].writerow([row.get(name, "") for name in self.columns[system]])


def settle(person: Person) -> None:
    """Make rows agree with what came later: a birth moved back, an update after its own facts."""
    today = person.as_of.isoformat()
    for row in person.rows.values():
        row["date_of_birth"] = (person.born_on_file or person.born).isoformat()
        latest = max(value for value in row.values() if value[4:5] == "-" and value[:10] <= today)
        if latest[:10] > row["updated_at"][:10]:
            row["updated_at"] = f"{latest[:10]}T06:00:00Z"


def truth_row(person: Person, chance: float) -> list[str]:
    """What is typed and what must be answered; `chance` decides on a difference in typing."""
    outcomes = {"confirmed": "confirmed", "refused": "refused"}
    entry = BY_SITUATION.get(person.situation)
    row = {
        "record_id": person.record_id,
        "situation": person.situation,
        "contradiction": str(entry.number) if entry else "",
        "typed": person.typed,
        "family_name": person.family,
        "given_name": person.given,
        "middle_name": person.middle,
        "date_of_birth": person.born.isoformat(),
        "outcome": outcomes.get(person.expects, "additional_verification"),
        "reason": "" if person.expects in outcomes else person.expects,
        "statement_code": str(person.statement or ""),
        "has_photo": "yes" if person.rows.get("ISRS", {}).get("photo") else "no",
        **person.shows,
        **person.types,
        "retry": ";".join(f"{name}={value}" for name, value in person.retry.items()),
        "retry_statement_code": str(person.retry_statement or ""),
        "must_show": ";".join(f"{name}={value}" for name, value in person.must_show.items()),
    }
    if chance < 0.14 and person.expects == "confirmed" and person.typed == "as_shown":
        mistype(row, person, chance)
    confirmed = row["outcome"] == "confirmed"
    row["settled_at"] = (
        "initial" if confirmed else "retry" if row["typed"] != person.typed else "additional"
    )
    if entry and row["typed"] == person.typed:
        row["settled_at"] = entry.settled_at
    if not confirmed:
        row["has_photo"] = "no"
        row["must_show"] = ""
    row["must_not_disclose"] = "|".join(secrets(person, row, confirmed))
    return [row.get(column, "") for column in TRUTH]


def secrets(person: Person, typed: Row, confirmed: bool) -> list[str]:
    """Values on record that may not reach the agency: names, numbers and dates, not mere words.

    Of a referral, nothing that was not typed; of a confirmation, nothing that the tables keep back.
    """
    known = {value.casefold() for value in typed.values()}
    kept: set[str] = set(person.must_hide)
    shown: set[str] = set()
    for place, row in person.rows.items():
        agency = columns_shown(place.partition("/")[0], Viewer.AGENCY)
        for name, value in row.items():
            if name in ("record_id", "updated_at") or len(value) < 6:
                continue
            if name in NAMES or DIGIT.search(value):
                (shown if confirmed and name in agency else kept).add(value)
    known |= {on_file(typed[name]).casefold() for name in NAMES if typed.get(name)}
    return sorted(value for value in kept - shown if value.casefold() not in known)


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
