"""A source record as the rules see it: values only, no database."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from verification.records.matching import About, Name, alias_name, name_of

Identifier = tuple[str, str]

# own column -> kind of identifier in the index
OWN_IDENTIFIERS = (
    ("consolidated_to", "a_number"),
    ("i94_number", "i94"),
    ("sevis_id", "sevis"),
    ("card_number", "card"),
    ("receipt_number", "card"),
    ("naturalization_certificate", "naturalization"),
    ("citizenship_certificate", "citizenship"),
    ("visa_number", "visa"),
    ("petition_receipt", "petition"),
)


@dataclass(frozen=True)
class Held:
    """One current record of one system."""

    pk: int
    system: str
    record_id: str
    updated_on: date
    family_name: str
    given_name: str
    middle_name: str = ""
    date_of_birth: date | None = None
    a_number: str = ""
    country_of_birth: str = ""
    country_of_citizenship: str = ""
    own: dict[str, str] = field(default_factory=dict)
    photo_id: int | None = None
    sex: str = ""

    @property
    def ref(self) -> str:
        return f"{self.system}:{self.record_id}"

    def on(self, column: str) -> date | None:
        """A date among the system's own columns; None when empty or not a date (D/S)."""
        value = self.own.get(column, "")
        return date.fromisoformat(value) if value[:4].isdigit() else None

    @cached_property
    def about(self) -> About:
        """What chooses the rules by which this person's name is compared."""
        countries = {self.country_of_birth, self.country_of_citizenship} - {""}
        return About(frozenset(countries), self.sex)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The name on the record, its aliases, and a name changed at naturalization."""
        found = [name_of(self.family_name, self.given_name, self.middle_name)]
        for alias in (*self.own.get("aliases", "").split(";"), self.own.get("name_changed_to", "")):
            if alias.strip():
                found.append(alias_name(alias))
        return tuple(found)

    @cached_property
    def identifiers(self) -> frozenset[Identifier]:
        """Every identifier on the record, in the shape of the index."""
        found = {("a_number", self.a_number)} if self.a_number else set()
        found |= {(kind, self.own[name]) for name, kind in OWN_IDENTIFIERS if name in self.own}
        if "certificate_number" in self.own:
            citizenship = self.own.get("form", "").startswith("N-600")
            kind = "citizenship" if citizenship else "naturalization"
            found.add((kind, self.own["certificate_number"]))
        if "passport_number" in self.own and "passport_country" in self.own:
            number = f"{self.own['passport_country']}:{self.own['passport_number']}"
            found.add(("passport", number))
        return frozenset(found)

    def numbers(self, *kinds: str) -> set[str]:
        return {value for kind, value in self.identifiers if kind in kinds}
