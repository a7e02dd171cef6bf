"""What a column of a source file may hold: its kinds, their patterns, and the columns all share."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. `key` names the identifier it feeds in the VIS index."""

    name: str
    kind: Kind = TEXT
    required: bool = False  # the file must have the column
    filled: bool = False  # and every row must fill it
    key: str = ""
    verifier_only: bool = False  # never goes to a user agency


@dataclass(frozen=True, slots=True)
class System:
    """One source system: what its daily file looks like and who owns it."""

    name: str
    full_name: str
    owner: str
    own: tuple[Column, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*COMMON, *self.own)

    @property
    def keys(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.key)


COMMON = (
    Column("record_id", KEY, required=True, filled=True),
    Column("updated_at", INSTANT, required=True, filled=True),
    Column("a_number", A_NUMBER, key="a_number"),
    Column("family_name", NAME, required=True),
    Column("given_name", NAME, required=True),
    Column("middle_name", NAME),
    Column("date_of_birth", DATE, required=True),
    Column("sex", SEX),
    Column("country_of_birth", COUNTRY),
    Column("country_of_citizenship", COUNTRY),
)

# A passport number counts only together with the country that issued it.
PASSPORT_COLUMNS = (
    Column("passport_number", PASSPORT, key="passport", verifier_only=True),
    Column("passport_country", COUNTRY, verifier_only=True),
    Column("visa_number", VISA, key="visa", verifier_only=True),
)
