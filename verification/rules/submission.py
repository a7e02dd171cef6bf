"""What may be sent: the fields of a document, the names, the dates. Pure, no database.

Names follow the program's rule: letters of any script, spaces, hyphens and apostrophes, up to 40
characters; periods are dropped. Each refusal names the rule and the remedy.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from anyascii import anyascii

from agreements.articles import Article
from verification.enums import Benefit, NoQueryReason
from verification.errors import InvalidSubmission
from verification.immigration_documents import (
    DOCUMENT_TYPES,
    ENUMERATORS,
    FIELDS,
    US_ISSUED,
    DocumentType,
)
from verification.rules import voter as voter_rules

NAME_LENGTH = 40
OLDEST = 130
APOSTROPHES = "'’ʼ`´‘"
HYPHENS = "-‐‑–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One question to SAVE, as typed. `validate` gives it back in canonical form.

    Enumerators are strings, empty when not given; dates are dates; benefits are codes of the
    contract. `document_doubt` says why the original does not look genuine (S10.2).
    """

    document_type: str
    family_name: str
    date_of_birth: date | None
    given_name: str = ""
    middle_name: str = ""
    also_known_as: tuple[str, ...] = ()
    a_number: str = ""
    i94_number: str = ""
    sevis_id: str = ""
    card_number: str = ""
    naturalization_certificate: str = ""
    citizenship_certificate: str = ""
    passport_number: str = ""
    passport_country: str = ""
    visa_number: str = ""
    document_description: str = ""
    document_expires_on: date | None = None
    benefits: tuple[str, ...] = ()
    agency_reference: str = ""
    original_examined: bool = False
    document_doubt: str = ""
    no_query_reason: str = ""
    # What a machine says beside: kept with the question, asked of no record.
    legal_basis: str = ""
    point_of_contact: str = ""
    channel: str = "browser"  # or "batch", "machine", "machine_batch", "aamvanet"

    def enumerators(self) -> dict[str, str]:
        return {name: value for name in ENUMERATORS if (value := getattr(self, name))}

    def as_json(self) -> dict[str, Any]:
        """The question in the form that is kept beside the answer."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name in self.__dataclass_fields__
            if (value := getattr(self, name)) not in ("", None, ())
        }

    def fingerprint(self, *, agency_id: int) -> str:
        """A digest that is equal when the same agency asks exactly the same of the same person."""
        parts = [
            str(agency_id),
            fold(self.family_name),
            fold(self.given_name),
            fold(self.middle_name),
            *sorted(f"also known as {fold(name)}" for name in self.also_known_as),
            self.date_of_birth.isoformat() if self.date_of_birth else "",
            self.document_type,
            *(f"{name}={value}" for name, value in sorted(self.enumerators().items())),
            self.document_expires_on.isoformat() if self.document_expires_on else "",
            ",".join(sorted(self.benefits)),
        ]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(slots=True)
class Findings:
    """Sentences by field; the first one a field stands."""

    errors: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, sentence)


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A name without case, marks and punctuation, for search and comparison of what was typed."""
    romanized = anyascii(unicodedata.normalize("NFKC", name)).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in romanized).split())


def clean_name(raw: str) -> str:
    """A name in tidy form; ValueError says which character cannot stand in a name."""
    value = unicodedata.normalize("NFC", raw).replace(".", " ").replace(",", " ")
    value = "".join("'" if c in APOSTROPHES else "-" if c in HYPHENS else c for c in value)
    value = " ".join(value.split())
    for character in value:
        if character in " '-" or unicodedata.category(character)[0] in "LM":
            continue
        shown = character if character.isprintable() else f"U+{ord(character):04X}"
        raise ValueError(
            f"A name has letters, spaces, hyphens and apostrophes. Take out “{shown}”."
        )
    if len(value) > NAME_LENGTH:
        raise ValueError(
            f"A name has at most {NAME_LENGTH} characters here. You typed {len(value)}: "
            "leave out the last parts."
        )
    if value and not any(unicodedata.category(c)[0] == "L" for c in value):
        raise ValueError("A name has at least one letter.")
    return value


def _names(submission: Submission, findings: Findings) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    for name in ("family_name", "given_name", "middle_name"):
        try:
            cleaned[name] = clean_name(getattr(submission, name))
        except ValueError as error:
            findings.add(name, str(error))
            cleaned[name] = ""
    if submission.channel != "browser" and not cleaned["family_name"]:
        # A file or a machine may have the only name of a person in either field.
        cleaned["family_name"], cleaned["given_name"] = cleaned["given_name"], ""
    if not cleaned["family_name"] and "family_name" not in findings.errors:
        findings.add(
            "family_name",
            "Type the family name. A person with one name only has it as the family name.",
        )
    aliases = []
    for alias in submission.also_known_as:
        try:
            if tidy := " ".join(clean_name(part) for part in alias.split(",", 1)).strip():
                aliases.append(tidy)
        except ValueError as error:
            findings.add("also_known_as", str(error))
    cleaned["also_known_as"] = tuple(aliases)
    return cleaned


def _dates(submission: Submission, today: date, findings: Findings) -> None:
    born = submission.date_of_birth
    if born is None:
        findings.add("date_of_birth", "Type the date of birth as it stands on the document.")
    elif born > today:
        findings.add(
            "date_of_birth", "A date of birth cannot be in the future. Is the year mistyped?"
        )
    elif born.year < today.year - OLDEST:
        findings.add("date_of_birth", f"Nobody is over {OLDEST} years old. Is the year mistyped?")


def _enumerators(
    submission: Submission, document: DocumentType, further: Collection[str], findings: Findings
) -> dict[str, str]:
    cleaned: dict[str, str] = {}
    used = {use.name: use for use in document.fields}
    for name, known in FIELDS.items():
        raw = getattr(submission, name).strip()
        if raw and name not in used and name not in further:
            findings.add(
                name,
                f"{known.label}: the {document.title} carries none. Take it out, or choose "
                "the document that carries it.",
            )
        elif raw:
            try:
                cleaned[name] = known.normalize(raw)
            except ValueError as error:
                findings.add(name, str(error))
        elif name in used and used[name].required:
            findings.add(name, f"{used[name].title} is needed: {used[name].hint.lower()}")
    _pair_of_passport(cleaned, findings)
    if (
        document.code == "foreign_passport"
        and submission.channel == "browser"
        and cleaned.keys().isdisjoint(US_ISSUED)
        and not {"i94_number", "sevis_id"} & findings.errors.keys()
    ):
        findings.add(
            "i94_number",
            "A foreign passport alone is not enough: add the I-94 number or the SEVIS ID.",
        )
    return cleaned


def _pair_of_passport(cleaned: dict[str, str], findings: Findings) -> None:
    if "passport_number" in cleaned and "passport_country" not in cleaned:
        findings.add("passport_country", "Add the country that issued the passport.")
    if "passport_country" in cleaned and "passport_number" not in cleaned:
        findings.add("passport_number", "Add the passport number that belongs to the country.")


def _expiry(submission: Submission, document: DocumentType, findings: Findings) -> None:
    expires = submission.document_expires_on
    if document.expiry == "required" and expires is None:
        findings.add("document_expires_on", "Type the date on which the document expires.")
    if expires is not None and not 1900 <= expires.year <= 2100:
        findings.add("document_expires_on", "The year of expiry has four digits, 1900 to 2100.")


def validate(
    submission: Submission,
    *,
    today: date,
    permitted_benefits: tuple[str, ...],
    further: Collection[str] = (),
) -> Submission:
    """The submission in canonical form, or `InvalidSubmission` with a sentence a field.

    `today` is the agency's local day; `further` are numbers of other documents that may be given.
    Raises also for a benefit outside `permitted_benefits` (S5.1, S5.3) and for an original that
    nobody examined (S2.1, S10.2).
    """
    findings = Findings()
    document = DOCUMENT_TYPES.get(submission.document_type)
    if document is None:
        raise InvalidSubmission({"document_type": "Choose the document that the applicant showed."})
    cleaned: dict[str, Any] = _names(submission, findings)
    _dates(submission, today, findings)
    numbers = _enumerators(submission, document, further, findings)
    _expiry(submission, document, findings)
    benefits = tuple(dict.fromkeys(submission.benefits))
    voter = voter_rules.refusal_to_ask(
        benefits=benefits,
        document_type=submission.document_type,
        channel=submission.channel,
        permitted=permitted_benefits,
    )
    if voter:
        findings.add("benefits", voter)
    elif not benefits:
        findings.add("benefits", "Tick at least one benefit that the person applies for.")
    elif refused := [code for code in benefits if code not in permitted_benefits]:
        labels = ", ".join(
            Benefit(code).label if code in Benefit.values else code for code in refused
        )
        findings.add(
            "benefits",
            f"{Article.SCOPE} of your agreement with SAVE does not cover {labels} (S5.3). "
            "Your agency administrator can ask for an amendment.",
        )
    reference = " ".join(submission.agency_reference.split())
    if len(reference) > 40:
        findings.add("agency_reference", "A reference has at most 40 characters.")
    if any(unicodedata.category(character) == "Cc" for character in reference):
        findings.add("agency_reference", "A reference has letters, digits and signs only.")
    doubt = " ".join(submission.document_doubt.split())
    if not submission.original_examined and not doubt and submission.channel == "browser":
        findings.add(
            "original_examined",
            "Tick this when you have held the original in your hand. SAVE checks data, not paper.",
        )
    if findings.errors:
        raise InvalidSubmission(findings.errors)
    canonical: dict[str, Any] = {name: numbers.get(name, "") for name in FIELDS}
    return replace(
        submission,
        **cleaned,
        **canonical,
        benefits=benefits,
        agency_reference=reference,
        document_doubt=doubt[:200],
    )


NO_QUERY_RULES: dict[str, str] = {
    NoQueryReason.EMERGENCY_MEDICAID: (
        "Everyone is entitled to emergency medical care, whatever their status. "
        "Emergency-only Medicaid needs no query, and none is made."
    ),
    NoQueryReason.CITIZEN_BY_BIRTH: (
        "A citizen from birth is normally in none of the sources, and no match can never rule out "
        "citizenship. Decide on the documents; no query is made."
    ),
}
