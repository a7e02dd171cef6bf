"""The documents an applicant may show: which numbers each carries, in which form, and where.

The fields and formats follow what the program publishes for initial verification (S2.1, S3.5).
Numbers are accepted as people copy them, with spaces, dashes and the letter A, and kept in one
canonical form: an A-number as nine digits, a SEVIS ID as `N` and ten digits, and so on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

SEPARATORS = re.compile(r"[\s\-‐-―.,*/#_]+")


def _compact(raw: str) -> str:
    return SEPARATORS.sub("", raw).upper()


# Characters that are read for each other, on paper and by scanners.
DIGIT_FOR = str.maketrans("OQDILZSBG", "000112586")
LETTER_FOR = str.maketrans("01258", "OIZSB")


def _as_digits(value: str) -> str:
    """Digits where the format allows nothing else: the letter O there is a zero."""
    return value.translate(DIGIT_FOR)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _described(value: str) -> str:
    letters = sum(character.isalpha() for character in value)
    digits = sum(character.isdigit() for character in value)
    if letters and digits:
        return f"{_plural(letters, 'letter')} and {_plural(digits, 'digit')}"
    return _plural(letters, "letter") if letters else _plural(digits, "digit")


def a_number(raw: str) -> str:
    """Nine digits from 7 to 9 digits, with or without the letter A."""
    value = _compact(raw)
    digits = _as_digits(value.removeprefix("A"))
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("An A-number has 7 to 9 digits and no letter but the A before them.")
    if not 7 <= len(digits) <= 9:
        hint = " Is one digit doubled?" if len(digits) == 10 else ""
        raise ValueError(f"An A-number has 7 to 9 digits. You typed {len(digits)}.{hint}")
    if int(digits) == 0:
        raise ValueError("An A-number is never all zeros. Copy it from the document.")
    return digits.zfill(9)


def i94_number(raw: str) -> str:
    """Eleven characters: eleven digits, or since 2019 nine digits, a letter and a digit."""
    value = _compact(raw)
    if len(value) != 11:
        raise ValueError(f"An I-94 number has 11 characters. You typed {len(value)}.")
    value = _as_digits(value[:9]) + value[9] + _as_digits(value[10])
    if not re.fullmatch(r"[0-9]{9}[0-9A-Z][0-9]", value):
        raise ValueError(
            "An I-94 number has 11 digits, or 9 digits, a letter and a digit. "
            f"You typed {_described(value)}."
        )
    return value


def sevis_id(raw: str) -> str:
    """`N` and ten digits; the N and the zeros after it may be left out."""
    value = _compact(raw)
    digits = _as_digits(value.removeprefix("N"))
    if re.fullmatch(r"[1-9][0-9]{7}", digits):
        digits = digits.zfill(10)
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise ValueError(
            f"A SEVIS ID has the letter N and 10 digits. You typed {_described(digits)}."
        )
    return f"N{digits}"


def card_number(raw: str) -> str:
    """Three letters and ten digits, as on cards and receipt notices."""
    value = _compact(raw)
    if len(value) == 13:
        value = value[:3].translate(LETTER_FOR) + _as_digits(value[3:])
    if not re.fullmatch(r"[A-Z]{3}[0-9]{10}", value):
        raise ValueError(
            f"A card or receipt number has 3 letters and 10 digits. You typed {_described(value)}."
        )
    return value


def certificate_number(raw: str) -> str:
    """Six to twelve letters and digits, at least one digit."""
    value = _compact(raw)
    if not re.fullmatch(r"[A-Z0-9]{6,12}", value) or not re.search(r"[0-9]", value):
        raise ValueError(
            "A certificate number has 6 to 12 digits and letters, with at least one digit. "
            f"You typed {_described(value)}."
        )
    return value


def passport_number(raw: str) -> str:
    """Six to twelve letters and digits."""
    value = _compact(raw)
    if not re.fullmatch(r"[A-Z0-9]{6,12}", value):
        raise ValueError(
            f"A passport number has 6 to 12 letters and digits. You typed {_described(value)}."
        )
    return value


def passport_country(raw: str) -> str:
    """Three letters of ISO 3166 alpha-3."""
    value = _compact(raw)
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise ValueError("A country of issuance is three letters, for example MEX for Mexico.")
    return value


def visa_number(raw: str) -> str:
    """Eight letters and digits, the red number on the visa foil."""
    value = _compact(raw)
    if not re.fullmatch(r"[A-Z0-9]{8}", value):
        raise ValueError(f"A visa number has 8 letters and digits. You typed {_described(value)}.")
    return value


def document_description(raw: str) -> str:
    """One to 35 characters of free text."""
    value = " ".join(raw.split())
    if not 1 <= len(value) <= 35:
        raise ValueError(f"A description has 1 to 35 characters. You typed {len(value)}.")
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """One number or text that stands on a document."""

    name: str
    label: str
    hint: str
    normalize: Callable[[str], str]
    example: str


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("a_number", "A-number", "7 to 9 digits", a_number, "A 099-041-237"),
        Field("i94_number", "I-94 number", "11 characters", i94_number, "021 300 016 J6"),
        Field("sevis_id", "SEVIS ID", "The letter N and 10 digits", sevis_id, "N00 0420 1188"),
        Field(
            "card_number", "Card number", "3 letters and 10 digits", card_number, "SRC 20 901 44218"
        ),
        Field(
            "naturalization_certificate",
            "Naturalization certificate number",
            "6 to 12 digits and letters",
            certificate_number,
            "40 120 005",
        ),
        Field(
            "citizenship_certificate",
            "Citizenship certificate number",
            "6 to 12 digits and letters",
            certificate_number,
            "AA 204 118",
        ),
        Field(
            "passport_number",
            "Passport number",
            "6 to 12 letters and digits",
            passport_number,
            "G 2041 1880",
        ),
        Field(
            "passport_country",
            "Country of issuance",
            "Three letters, as on the passport",
            passport_country,
            "MEX",
        ),
        Field("visa_number", "Visa number", "8 letters and digits", visa_number, "8133 0001"),
        Field(
            "document_description",
            "What the document is",
            "Up to 35 characters",
            document_description,
            "Order of an immigration judge",
        ),
    )
}
ENUMERATORS: tuple[str, ...] = tuple(name for name in FIELDS if name != "document_description")
# In the order of forms.
US_ISSUED: tuple[str, ...] = (
    "a_number",
    "i94_number",
    "sevis_id",
    "card_number",
    "naturalization_certificate",
    "citizenship_certificate",
)


@dataclass(frozen=True, slots=True)
class FieldUse:
    """How one document uses a field: needed or not, and where it is printed."""

    name: str
    required: bool
    position: str
    label: str = ""

    @property
    def field(self) -> Field:
        return FIELDS[self.name]

    @property
    def title(self) -> str:
        return self.label or self.field.label

    @property
    def hint(self) -> str:
        return f"{self.position}: {self.field.hint[0].lower()}{self.field.hint[1:]}."


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A document, the group it is offered in, and its fields in the order they are read."""

    code: str
    title: str
    form_number: str
    group: str
    fields: tuple[FieldUse, ...]
    expiry: str = "optional"  # "required", "optional" or "none"

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(use.name for use in self.fields if use.required)

    @property
    def name(self) -> str:
        return f"{self.title} ({self.form_number})" if self.form_number else self.title


def _need(name: str, position: str, label: str = "") -> FieldUse:
    return FieldUse(name, True, position, label)


def _may(name: str, position: str, label: str = "") -> FieldUse:
    return FieldUse(name, False, position, label)


CARDS, ARRIVAL, CITIZENSHIP, STUDENT, OTHER = (
    "Cards",
    "Arrival and travel",
    "Citizenship",
    "Students and exchange visitors",
    "Other papers",
)
_PASSPORT_PAIR = (
    _may("passport_number", "On the passport's data page, top right"),
    _may("passport_country", "On the passport's data page"),
)

DOCUMENT_TYPES: dict[str, DocumentType] = {
    document.code: document
    for document in (
        DocumentType(
            "i551",
            "Permanent Resident Card",
            "I-551",
            CARDS,
            (
                _need("a_number", "On the front, under USCIS#"),
                _need("card_number", "On the back, first of the three lines"),
            ),
        ),
        DocumentType(
            "i766",
            "Employment Authorization Card",
            "I-766",
            CARDS,
            (
                _need("a_number", "On the front, under USCIS#"),
                _need("card_number", "On the front, beside Card#"),
            ),
            expiry="required",
        ),
        DocumentType(
            "i94",
            "Arrival/Departure Record",
            "I-94 or I-94A",
            ARRIVAL,
            (
                _need("i94_number", "At the top of the record; a handwritten number wins"),
                _may("sevis_id", "On the I-20 or DS-2019 of a student or exchange visitor"),
            ),
        ),
        DocumentType(
            "i94_in_passport",
            "I-94 in a foreign passport",
            "unexpired passport",
            ARRIVAL,
            (
                _need("i94_number", "On the I-94 in the passport"),
                _need("passport_number", "On the passport's data page, top right"),
                _need("passport_country", "On the passport's data page"),
                _may("visa_number", "On the visa, printed in red"),
                _may("sevis_id", "On the I-20 or DS-2019 of a student or exchange visitor"),
            ),
            expiry="required",
        ),
        DocumentType(
            "foreign_passport",
            "Foreign passport",
            "needs a second, U.S.-issued number",
            ARRIVAL,
            (
                _need("passport_number", "On the data page, top right"),
                _need("passport_country", "On the data page"),
                _may("i94_number", "On the I-94 record"),
                _may("sevis_id", "On the I-20 or DS-2019"),
            ),
            expiry="required",
        ),
        DocumentType(
            "temporary_i551",
            "Temporary I-551 stamp",
            "in a passport or on an I-94",
            ARRIVAL,
            (_need("a_number", "In the stamp"), *_PASSPORT_PAIR),
        ),
        DocumentType(
            "mriv",
            "Immigrant visa with temporary I-551 text",
            "machine-readable",
            ARRIVAL,
            (
                _need("a_number", "On the visa, beside Registration Number"),
                _need("passport_number", "On the passport's data page, top right"),
                _need("passport_country", "On the passport's data page"),
                _may("visa_number", "On the visa, printed in red"),
            ),
        ),
        DocumentType(
            "i327",
            "Reentry Permit",
            "I-327",
            ARRIVAL,
            (_need("a_number", "On the data page, beside the photo"),),
        ),
        DocumentType(
            "i571",
            "Refugee Travel Document",
            "I-571",
            ARRIVAL,
            (_need("a_number", "On the data page, beside the photo"),),
        ),
        DocumentType(
            "naturalization_certificate",
            "Naturalization Certificate",
            "N-550 or N-570",
            CITIZENSHIP,
            (
                _need("naturalization_certificate", "At the top right, after No."),
                _may("a_number", "Where the certificate carries one"),
            ),
            expiry="none",
        ),
        DocumentType(
            "certificate_of_citizenship",
            "Certificate of Citizenship",
            "N-560 or N-561",
            CITIZENSHIP,
            (
                _need("citizenship_certificate", "At the top right, after No."),
                _may("a_number", "Where the certificate carries one"),
            ),
            expiry="none",
        ),
        DocumentType(
            "i20",
            "Student eligibility certificate",
            "I-20",
            STUDENT,
            (
                _need("sevis_id", "At the top of the first page"),
                _may("i94_number", "On the I-94 record"),
                *_PASSPORT_PAIR,
            ),
        ),
        DocumentType(
            "ds2019",
            "Exchange visitor eligibility certificate",
            "DS-2019",
            STUDENT,
            (
                _need("sevis_id", "At the top right of the first page"),
                _may("i94_number", "On the I-94 record"),
                *_PASSPORT_PAIR,
            ),
        ),
        DocumentType(
            "i797",
            "Notice of action",
            "I-797",
            OTHER,
            (_need("card_number", "At the top left", "Receipt number"),),
        ),
        DocumentType(
            "other_a_number",
            "Other document with an A-number",
            "you describe it",
            OTHER,
            (
                _need("a_number", "On the document"),
                _need("document_description", "In your own words"),
                *_PASSPORT_PAIR,
            ),
        ),
        DocumentType(
            "other_i94",
            "Other document with an I-94 number",
            "you describe it",
            OTHER,
            (
                _need("i94_number", "On the document"),
                _need("document_description", "In your own words"),
                *_PASSPORT_PAIR,
                _may("sevis_id", "On the I-20 or DS-2019 of a student or exchange visitor"),
            ),
        ),
    )
}
GROUPS: tuple[str, ...] = (CARDS, ARRIVAL, CITIZENSHIP, STUDENT, OTHER)


def normalize(name: str, raw: str) -> str:
    """The canonical form of what was typed in field `name`; ValueError says what is wrong."""
    return FIELDS[name].normalize(raw)


def show_number(name: str, value: str) -> str:
    """A canonical number grouped as on the document."""
    if not value:
        return ""
    if name == "a_number":
        return f"A {value[:3]}-{value[3:6]}-{value[6:]}"
    if name == "i94_number":
        return f"{value[:3]} {value[3:6]} {value[6:9]} {value[9:]}"
    if name == "sevis_id":
        return f"{value[:3]} {value[3:7]} {value[7:]}"
    if name == "card_number":
        return f"{value[:3]} {value[3:5]} {value[5:8]} {value[8:]}"
    return value
