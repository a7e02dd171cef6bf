"""Names as they are compared: one spelling for letters, marks, placeholders and titles.

Pure functions of text. Nothing here decides whether two people are one; matching.py does.
"""

import re
from enum import Enum
from functools import lru_cache

from anyascii import anyascii

from verification.records.naming.keys import words

Parts = tuple[str, ...]

PLACEHOLDERS = words("FNU LNU NFN NLN NMN NMI XXX XX UNKNOWN NONE NONAME")
SUFFIXES = words("JR SR II III IV JUNIOR SENIOR")
TITLES = words("MR MRS MS MISS DR")
SAID_TO_BE_MISSING = re.compile(
    r"\b(?:NO|NOT)(?: (?:GIVEN|FIRST|LAST|FAMILY|MIDDLE|NAME|SURNAME|KNOWN|AVAILABLE|PROVIDED))+\b"
)
# Written or left out, apart or joined to the name they belong to.
PARTICLES = words(
    "AL EL UL DE LA LAS LOS DEL DELA DELAS DELOS DI DA DAS DO DOS DU LE VAN DER DEN VON TER Y E"
)
ABBREVIATIONS = {
    "MA": "MARIA", "GPE": "GUADALUPE", "FCO": "FRANCISCO", "JS": "JESUS", "MHD": "MOHAMMED",
    "MOHD": "MOHAMMED", "MUHD": "MOHAMMED", "MD": "MOHAMMED", "ST": "SAINT", "STE": "SAINTE",
    "STA": "SANTA", "STO": "SANTO", "WM": "WILLIAM", "CHAS": "CHARLES", "GEO": "GEORGE",
    "THOS": "THOMAS", "JAS": "JAMES", "JNO": "JOHN", "BDO": "BERNARDO", "SN": "SAN",
}  # fmt: skip


HAN = re.compile(r"([\u3400-\u9fff])")
# Characters that are read in another way when they are surnames.
SURNAMES = {
    "曾": "Zeng",
    "单": "Shan",
    "仇": "Qiu",
    "解": "Xie",
    "查": "Zha",
    "区": "Ou",
    "朴": "Piao",
}


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Capitals without marks: letters and single spaces only; hyphens become spaces.

    Other scripts are written in Latin letters, each Chinese character as a syllable of its own.
    """
    if HAN.search(text):
        text = SURNAMES.get(text.strip()[:1], text.strip()[:1]) + " " + text.strip()[1:]
        text = HAN.sub(r" \1 ", text)
    plain = anyascii(text).upper()
    plain = re.sub(r"['`’ʼ]", "", plain)
    return " ".join(re.sub(r"[^A-Z]+", " ", plain).split())


@lru_cache(maxsize=65536)
def tokens(text: str) -> Parts:
    """The parts of a name that say something, in their order."""
    parts = SAID_TO_BE_MISSING.sub(" ", fold(text)).split()
    said = tuple(part for part in parts if part not in PLACEHOLDERS)
    # A child who is called JUNIOR, or a family DR, has that name alone.
    return tuple(part for part in said if part not in SUFFIXES and part not in TITLES) or said


def squashed(parts: Parts) -> str:
    """All parts in one: `DE LA TORRE` and `DELATORRE` become the same."""
    return "".join(parts)


def spelled_out(part: str) -> str:
    """A customary abbreviation in full."""
    return ABBREVIATIONS.get(part, part)


KEYBOARD = {
    key: (row, place + row * 0.4)
    for row, keys in enumerate(("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"))
    for place, key in enumerate(keys)
}


def near(left: str, right: str) -> bool:
    """Whether two letters are neighbors on the keyboard, or the same one struck twice."""
    (row, place), (other_row, other_place) = KEYBOARD[left], KEYBOARD[right]
    return abs(row - other_row) <= 1 and abs(place - other_place) <= 1.3


class Slip(Enum):
    """What a hand does to one letter of a name."""

    SWAPPED = "two neighbors in the other order"
    NEAR = "the key beside the right one, or struck besides it"
    OMITTED = "a letter left out"
    WRONG = "some other letter"
    BESIDES = "some letter too many"


def slip_between(typed: str, held: str) -> tuple[Slip, int] | None:
    """The one slip of the hand that made `typed` of `held`, and at which letter; None if no one."""
    if typed == held or abs(len(typed) - len(held)) > 1:
        return None
    at = 0
    while at < min(len(typed), len(held)) and typed[at] == held[at]:
        at += 1
    a, b = typed[at:], held[at:]
    if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]:
        return Slip.SWAPPED, at
    if a[1:] == b[1:] and a and b:
        return (Slip.NEAR if near(a[0], b[0]) else Slip.WRONG), at
    if a == b[1:]:
        return Slip.OMITTED, at
    if a[1:] == b:
        beside = typed[max(0, at - 1) : at] + typed[at + 1 : at + 2]
        return (Slip.NEAR if any(near(a[0], key) for key in beside) else Slip.BESIDES), at
    return None
