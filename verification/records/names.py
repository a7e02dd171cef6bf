"""Names as they are compared: one spelling for letters, marks, placeholders and titles.

Pure functions of text. Nothing here decides whether two people are one; matching.py does.
"""

import re
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


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Capitals without marks: letters and single spaces only; hyphens become spaces."""
    plain = anyascii(text).upper()
    plain = re.sub(r"['`’ʼ]", "", plain)
    return " ".join(re.sub(r"[^A-Z]+", " ", plain).split())


@lru_cache(maxsize=65536)
def tokens(text: str) -> Parts:
    """The parts of a name that say something, in their order."""
    parts = SAID_TO_BE_MISSING.sub(" ", fold(text)).split()
    said = tuple(part for part in parts if part not in PLACEHOLDERS and part not in SUFFIXES)
    return tuple(part for part in said if part not in TITLES) or said


def squashed(parts: Parts) -> str:
    """All parts in one: `DE LA TORRE` and `DELATORRE` become the same."""
    return "".join(parts)


def spelled_out(part: str) -> str:
    """A customary abbreviation in full."""
    return ABBREVIATIONS.get(part, part)


def one_slip(left: str, right: str) -> bool:
    """Whether a single slip of the hand (one letter, or two neighbors swapped) divides them."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    return (
        a[1:] == b[1:]
        or a[1:] == b
        or a == b[1:]
        or (len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:])
    )
