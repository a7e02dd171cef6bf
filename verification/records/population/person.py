"""One synthetic person: a name, a birth, the numbers, the rows in each system, and the truth."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from anyascii import anyascii

from verification.records.held import Held
from verification.records.population.name_lists import CULTURES, Culture
from verification.records.systems.columns import COMMON

PORTS = ("JFK", "LAX", "MIA", "SFO", "ORD", "ATL", "IAH", "EWR", "SEA", "BOS", "SYS", "ELP")
OFFICES = ("NYC", "LOS", "MIA", "CHI", "HOU", "NBC", "DAL", "SFR")
CENTERS = ("EAC", "LIN", "SRC", "WAC", "IOE", "MSC", "NBC", "YSC")
BY_COUNTRY = {culture.country: culture for culture in CULTURES}
WEIGHTS = [culture.weight for culture in CULTURES]
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"

SHARED = frozenset(column.name for column in COMMON)

Row = dict[str, str]


@lru_cache(maxsize=10_000)
def on_file(name: str) -> str:
    """A name as the systems hold it: capitals, without accents."""
    return anyascii(name).upper()


@dataclass(slots=True)
class Person:
    """Everything about one person that the situations fill in."""

    number: int
    draw: random.Random
    as_of: date
    culture: Culture
    woman: bool = False
    family: str = ""
    given: str = ""
    middle: str = ""
    born: date = date(1970, 1, 1)
    rows: dict[str, Row] = field(default_factory=dict)
    situation: str = ""
    expects: str = "confirmed"
    statement: int = 0
    shows: Row = field(default_factory=dict)  # the document and what is typed of it
    types: Row = field(default_factory=dict)  # where what is typed differs from what is shown
    typed: str = "as_shown"  # how it differs
    born_on_file: date | None = None  # where the systems have another day of birth
    settled_at: str = ""  # the step that settles it; empty: as the outcome says
    retry: Row = field(default_factory=dict)  # what, typed in addition, would confirm
    retry_statement: int = 0
    must_show: Row = field(default_factory=dict)  # field returned -> value
    must_hide: list[str] = field(default_factory=list)  # values besides the secret columns
    others: list["Person"] = field(
        default_factory=list
    )  # people on record only because of this one
    late: bool = False  # the rows come with the next day's upload
    photo: str = ""

    @property
    def record_id(self) -> str:
        return f"R{self.number:08d}"

    def days(self, least: int, most: int) -> date:
        """A day that lies so many days before (or, negative, after) the day of the files."""
        return self.as_of - timedelta(days=self.draw.randint(least, most))

    # Numbers follow from the person's own number one to one, so no two people share any.
    @property
    def a_number(self) -> str:
        return f"{100_000_000 + self.number * 7_919 % 99_999_989:09d}"

    @property
    def i94(self) -> str:
        value = self.number * 104_729 % 999_999_937
        return f"{value:09d}{LETTERS[self.number % 24]}{self.number % 10}"

    @property
    def sevis_id(self) -> str:
        return f"N{30_000_000 + self.number:010d}"

    @property
    def card(self) -> str:
        return self.receipt(0)

    def receipt(self, which: int) -> str:
        value = (self.number * 8 + which) * 611_953 % 9_999_999_967
        return f"{CENTERS[self.number % 8]}{value:010d}"

    @property
    def certificate(self) -> str:
        return f"{20_000_000 + self.number * 31 % 79_999_987:08d}"

    @property
    def passport(self) -> str:
        return f"{LETTERS[self.number % 24]}{10_000_000 + self.number * 13 % 89_999_999}"

    @property
    def visa(self) -> str:
        return f"{10_000_000 + self.number * 17 % 89_999_999}"

    def row(self, place: str, **own: str | date | None) -> Row:
        """Begin (or add to) the person's row in a system; `ADIS/2` is a second one there."""
        _, _, part = place.partition("/")
        if place not in self.rows:
            first = max(self.born, self.as_of - timedelta(days=400))
            stamp = min(self.as_of, first + timedelta(days=self.number * 37 % 399))
            self.rows[place] = {
                "record_id": f"{self.record_id}-{part}" if part else self.record_id,
                "updated_at": f"{stamp.isoformat()}T06:00:00Z",
                "a_number": "",
                "family_name": on_file(self.family),
                "given_name": on_file(self.given),
                "middle_name": on_file(self.middle),
                "date_of_birth": self.born.isoformat(),
                "sex": "F" if self.woman else "M",
                "country_of_birth": self.culture.country,
                "country_of_citizenship": self.culture.country,
            }
        for name, value in own.items():
            if value:
                self.rows[place][name] = value.isoformat() if isinstance(value, date) else value
        return self.rows[place]

    def held(self) -> list[Held]:
        """The person's records as the rules see them, without a database."""
        return [
            Held(
                pk=number,
                system=place.partition("/")[0],
                record_id=row["record_id"],
                updated_on=date.fromisoformat(row["updated_at"][:10]),
                date_of_birth=date.fromisoformat(row["date_of_birth"]),
                family_name=row["family_name"],
                given_name=row["given_name"],
                middle_name=row["middle_name"],
                a_number=row["a_number"],
                country_of_birth=row["country_of_birth"],
                country_of_citizenship=row["country_of_citizenship"],
                own={name: value for name, value in row.items() if value and name not in SHARED},
            )
            for number, (place, row) in enumerate(self.rows.items(), 1)
        ]

    def central_index(self, code: str, since: date, **own: str | date | None) -> Row:
        return self.row(
            "CIS",
            a_number=self.a_number,
            class_of_admission=code,
            entry_date=since - timedelta(days=self.number % 900) if code[-1] > "5" else since,
            status_date=since,
            port_of_entry=PORTS[self.number % 12],
            file_control_office=OFFICES[self.number % 8],
            **own,
        )

    def admission(self, code: str, on: date, until: str | date, **own: str | date | None) -> Row:
        return self.row(
            "ADIS",
            i94_number=self.i94,
            passport_number=self.passport,
            passport_country=self.culture.country,
            visa_number=self.visa,
            class_of_admission=code,
            arrival_date=on,
            port_of_entry=PORTS[self.number % 12],
            admitted_until=until,
            **own,
        )

    def green_card(self, since: date, kind: str = "I-551") -> None:
        """The card, with a photo for most, and its row in the card system."""
        issued = max(since, self.as_of - timedelta(days=365 * 8))
        self.row(
            "ISRS",
            a_number=self.a_number,
            card_number=self.card,
            card_type=kind,
            issued_on=issued,
            expires_on=issued + timedelta(days=3652 if kind == "I-551" else 730),
            card_status="ACTIVE",
            photo=self.photo if self.draw.random() < 0.95 else "",
        )
        self.row("CIS", card_number=self.card)

    def another(self, like: bool = False) -> "Person":
        """Somebody else who is on record because of this person: a twin, a stranger's card."""
        number = 50_000_000 + self.number
        other = new_person(number, 0, self.as_of, self.culture.country)
        if like:
            other.family, other.given, other.middle = self.family, self.given, self.middle
            other.born, other.woman = self.born, self.woman
        other.photo = self.photo
        self.others.append(other)
        return other

    def show(self, document: str, **typed: str) -> None:
        self.shows = {"document_type": document, **typed}

    def show_green_card(self) -> None:
        expires = self.rows["ISRS"]["expires_on"]
        self.show(
            "i551", a_number=self.a_number, card_number=self.card, document_expires_on=expires
        )


def new_person(number: int, seed: int, as_of: date, country: str = "") -> Person:
    """Draw name, sex and birth; the same seed and number give the same person."""
    draw = random.Random(f"{seed} {number}")  # noqa: S311
    culture = BY_COUNTRY[country] if country else draw.choices(CULTURES, WEIGHTS)[0]
    woman = number % 2 == 0
    person = Person(number, draw, as_of, culture, woman)
    surname = draw.choice(culture.surnames)
    if culture.double and draw.random() < 0.8:
        surname += " " + draw.choice(culture.surnames)
    if culture.country == "RUS" and woman and surname.endswith("v"):
        surname += "a"
    names = culture.women if woman else culture.men
    person.given = draw.choice(names)
    person.family = surname
    if culture.patronymic and draw.random() < 0.6:
        father = anyascii(draw.choice(culture.men)).rstrip("aiy")
        person.middle = father + ("ovna" if woman else "ovich")
    elif culture.middle and draw.random() < 0.5:
        person.middle = draw.choice([name for name in names if name != person.given])
    age = int(draw.triangular(1, 88, 36) * 365.25)
    person.born = as_of - timedelta(days=age + draw.randint(0, 364))
    if culture.country in ("AFG", "SOM", "ETH") and draw.random() < 0.3:
        person.born = person.born.replace(month=1, day=1)
    return person
