"""What a column of a source file may hold, who may see it, and the columns all systems share."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

# One pattern for a real calendar day, leap days included: the same text works in Python's `re`
# and in PostgreSQL's regular expressions, so a file is checked set by set inside the database.
YEAR = r"(?:1[6-9]|2[01])[0-9]{2}"
LEAP = r"(?:(?:1[6-9]|2[01])(?:0[48]|[2468][048]|[13579][26])|(?:16|20)00)"
DAY = (
    rf"(?:{YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    rf"|{LEAP}-02-29)"
)
CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: the pattern it must fit, and the words that say so to an operator."""

    name: str
    pattern: str
    expects: str
    upper: bool = False  # letters count alike, held in capitals
    longest: int = 0  # characters; 0 where the pattern itself limits the length


PRINTED = r"[^\x01-\x1f\x7f]+"
TEXT = Kind("text", PRINTED, "one line of text of at most 400 characters", longest=400)
NAME = Kind("name", PRINTED, "a name of at most 80 characters, in one line", longest=80)
KEY = Kind("key", r"[A-Za-z0-9._:-]{1,40}", "1 to 40 letters, digits, or . _ : -")
DATE = Kind("date", DAY, "a date written YYYY-MM-DD")
INSTANT = Kind(
    "instant", rf"{DAY}(?:[T ]{CLOCK}{ZONE})?", "an instant such as 2026-11-01T00:00:00Z"
)
UNTIL = Kind("until", rf"(?:{DAY}|D/S)", "a date written YYYY-MM-DD, or D/S")
SEX = Kind("sex", r"[MFX]", "M, F, or X", upper=True)
COUNTRY = Kind("country", r"[A-Za-z]{3}", "a three-letter country code", upper=True)
A_NUMBER = Kind("a_number", r"[0-9]{7,9}", "an A-number of seven to nine digits")
I94 = Kind("i94", r"[0-9A-Za-z]{11}", "an I-94 number of eleven characters", upper=True)
SEVIS_ID = Kind("sevis_id", r"[Nn][0-9]{10}", "N and ten digits", upper=True)
RECEIPT = Kind("receipt", r"[A-Za-z]{3}[0-9]{10}", "three letters and ten digits", upper=True)
CERTIFICATE = Kind("certificate", r"[0-9A-Za-z]{5,12}", "5 to 12 letters or digits", upper=True)
PASSPORT = Kind("passport", r"[0-9A-Za-z]{4,20}", "4 to 20 letters or digits", upper=True)
VISA = Kind("visa", r"[0-9A-Za-z]{6,20}", "6 to 20 letters or digits", upper=True)
CODE = Kind("code", r"[0-9A-Za-z/ _-]{1,30}", "a short code", upper=True)


IMAGE_FILE = Kind(
    "image_file",
    r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,3}",
    "the name of a file beside the CSV",
)


class Viewer(StrEnum):
    """Whom a value may be shown to."""

    AGENCY = "agency"
    VERIFIER = "verifier"
    CLEARED = "cleared_verifier"  # a verifier with the permission for protected people
    RECORDS = "records_officer"


STAFF = frozenset({Viewer.VERIFIER, Viewer.CLEARED, Viewer.RECORDS})
EVERYONE = STAFF | {Viewer.AGENCY}
# Another department's, or the enforcement's: lent to verifiers, not handed on (third-agency rule).
VERIFIERS = frozenset({Viewer.VERIFIER, Viewer.CLEARED})
PROTECTED = frozenset({Viewer.CLEARED})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. `key` names the identifier it feeds in the VIS index.

    `seen_by` is a list of who may: a new column stays within the staff until somebody says that
    an agency needs it.
    """

    name: str
    kind: Kind = TEXT
    required: bool = False  # the file must have the column
    filled: bool = False  # and every row must fill it
    key: str = ""
    seen_by: frozenset[Viewer] = STAFF


@dataclass(frozen=True)
class System:
    """One source system: whose it is, what it holds, what its file looks like, who may see it."""

    name: str
    full_name: str
    owner: str
    holds: str
    updated: str  # how the portal gets it, and what comes late
    own: tuple[Column, ...]
    every_days: int | None = 1  # None: history, no upload is missed
    successor: str = ""
    seen_by: frozenset[Viewer] = EVERYONE  # the most that any column of the system may reach
    rule: str = ""  # the law behind a narrower `seen_by`

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The shared columns and the system's own, each within what the system allows."""
        return tuple(
            replace(column, seen_by=column.seen_by & self.seen_by)
            for column in (*COMMON, *self.own)
        )

    @property
    def keys(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.key)

    @property
    def images(self) -> tuple[Column, ...]:
        """The columns that name a file beside the CSV."""
        return tuple(column for column in self.columns if column.kind is IMAGE_FILE)

    def shown_to(self, viewer: Viewer) -> frozenset[str]:
        """The names of the columns that a viewer may see of an ordinary person's record."""
        return frozenset(column.name for column in self.columns if viewer in column.seen_by)


COMMON = (
    Column("record_id", KEY, required=True, filled=True),
    Column("updated_at", INSTANT, required=True, filled=True, seen_by=EVERYONE),
    Column("a_number", A_NUMBER, key="a_number", seen_by=EVERYONE),
    Column("family_name", NAME, required=True, seen_by=EVERYONE),
    Column("given_name", NAME, required=True, seen_by=EVERYONE),
    Column("middle_name", NAME, seen_by=EVERYONE),
    Column("date_of_birth", DATE, required=True, seen_by=EVERYONE),
    Column("sex", SEX),
    Column("country_of_birth", COUNTRY, seen_by=EVERYONE),
    Column("country_of_citizenship", COUNTRY, seen_by=EVERYONE),
)

# A passport number counts only together with the country that issued it. Neither reaches an agency
# (S8.2), nor a records officer: the agreement with State lends them to verifiers alone.
PASSPORT_COLUMNS = (
    Column("passport_number", PASSPORT, key="passport", seen_by=VERIFIERS),
    Column("passport_country", COUNTRY, seen_by=VERIFIERS),
    Column("visa_number", VISA, key="visa", seen_by=VERIFIERS),
)

# Naturalization as CLAIMS 4 and its predecessor hold it.
CITIZENSHIP_COLUMNS = (
    Column("application_id", CODE),
    Column("form", CODE, required=True),
    Column("decision", CODE, required=True),
    Column("decided_on", DATE),
    Column("oath_date", DATE, seen_by=EVERYONE),
    Column("court", seen_by=EVERYONE),
    # The index kind follows the form: N-600 gives citizenship, all else naturalization.
    Column("certificate_number", CERTIFICATE, required=True, key="certificate", seen_by=EVERYONE),
    Column("name_changed_to"),
)

# The arrival and departure halves of an I-94, as ADIS and NIIS both hold them.
ADMISSION_COLUMNS = (
    Column("i94_number", I94, required=True, key="i94", seen_by=EVERYONE),
    *PASSPORT_COLUMNS,
    Column("sevis_id", SEVIS_ID, key="sevis", seen_by=EVERYONE),
    Column("class_of_admission", CODE, required=True, seen_by=EVERYONE),
    Column("arrival_date", DATE, seen_by=EVERYONE),
    Column("port_of_entry", seen_by=EVERYONE),
    Column("admitted_until", UNTIL, seen_by=EVERYONE),
    Column("departure_date", DATE),
)
