"""Names as they are compared: one spelling for letters, marks, particles and placeholders.

Pure functions of text. Nothing here decides whether two people are one; matching.py does.
"""

import re
from functools import lru_cache

from anyascii import anyascii

Parts = tuple[str, ...]

PLACEHOLDERS = frozenset({"FNU", "LNU", "NFN", "NLN", "NMN", "XXX", "UNKNOWN", "NONE"})
SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV", "JUNIOR", "SENIOR"})
SAID_TO_BE_MISSING = re.compile(
    r"\b(?:NO|NOT)(?: (?:GIVEN|FIRST|LAST|FAMILY|MIDDLE|NAME|SURNAME|KNOWN|AVAILABLE))+\b"
)
PARTICLES = frozenset(
    (
        "AL",
        "EL",
        "UL",
        "DE",
        "LA",
        "LAS",
        "LOS",
        "DEL",
        "DI",
        "DA",
        "DAS",
        "DO",
        "DOS",
        "DU",
        "LE",
        "VAN",
        "DER",
        "DEN",
        "VON",
        "TER",
        "BIN",
        "BINT",
        "IBN",
        "Y",
        "E",
    )
)
ABBREVIATIONS = {
    "MA": "MARIA", "MARIA": "MARIA", "GPE": "GUADALUPE", "FCO": "FRANCISCO", "JS": "JESUS",
    "MHD": "MOHAMMED", "MOHD": "MOHAMMED", "MD": "MOHAMMED", "ABD": "ABDUL", "ST": "SAINT",
    "STA": "SANTA", "STO": "SANTO", "WM": "WILLIAM", "CHAS": "CHARLES",
}  # fmt: skip

# Customary short forms of English given names, each with the names it may stand for.
NICKNAMES = {
    short: frozenset(full.split())
    for short, full in {
        "ABE": "ABRAHAM", "ALEX": "ALEXANDER ALEXANDRA ALEJANDRO", "ANDY": "ANDREW",
        "BEN": "BENJAMIN", "BETH": "ELIZABETH", "BETTY": "ELIZABETH", "BILL": "WILLIAM",
        "BOB": "ROBERT", "CATHY": "CATHERINE", "CHRIS": "CHRISTOPHER CHRISTINE CHRISTINA",
        "CINDY": "CYNTHIA", "DAN": "DANIEL", "DAVE": "DAVID", "DEBBIE": "DEBORAH",
        "DICK": "RICHARD", "DON": "DONALD", "ED": "EDWARD EDWIN", "FRANK": "FRANCIS FRANKLIN",
        "FRED": "FREDERICK", "GREG": "GREGORY", "JACK": "JOHN", "JEFF": "JEFFREY",
        "JEN": "JENNIFER", "JENNY": "JENNIFER", "JERRY": "GERALD", "JIM": "JAMES",
        "JOE": "JOSEPH", "JON": "JONATHAN", "JOSH": "JOSHUA", "KATE": "KATHERINE CATHERINE",
        "KATHY": "KATHERINE KATHLEEN", "KEN": "KENNETH", "LIZ": "ELIZABETH", "MATT": "MATTHEW",
        "MIKE": "MICHAEL", "NICK": "NICHOLAS", "PAM": "PAMELA", "PAT": "PATRICK PATRICIA",
        "PETE": "PETER", "RICK": "RICHARD", "ROB": "ROBERT", "RON": "RONALD", "SAM": "SAMUEL",
        "SAMMY": "SAMUEL", "SANDY": "SANDRA", "STEVE": "STEVEN STEPHEN", "SUE": "SUSAN",
        "TED": "THEODORE EDWARD", "TIM": "TIMOTHY", "TOM": "THOMAS", "TONY": "ANTHONY",
        "VICKY": "VICTORIA", "WILL": "WILLIAM",
    }.items()
}  # fmt: skip

# Letters and groups that romanizations of one name write differently, the longer first.
SOUNDS = (
    ("Y", "I"), ("TSCH", "C"), ("SHCH", "S"), ("SZCZ", "S"), ("SCH", "S"), ("CHH", "C"),
    ("KH", "H"), ("GH", "G"), ("PH", "F"), ("TH", "T"), ("SH", "S"), ("ZH", "J"), ("CH", "C"),
    ("DH", "D"), ("BH", "B"), ("DJ", "J"), ("TS", "C"), ("TZ", "C"), ("CK", "K"), ("QU", "K"),
    ("OU", "U"), ("OO", "U"), ("EO", "U"), ("II", "I"), ("EE", "I"), ("IE", "E"), ("IO", "O"),
    ("EI", "E"), ("AI", "E"), ("AE", "E"), ("Q", "K"), ("X", "S"), ("Z", "S"), ("W", "V"),
    ("O", "U"),
)  # fmt: skip


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Capitals without marks: letters and single spaces only; hyphens become spaces."""
    plain = anyascii(text).upper()
    plain = re.sub(r"['`’ʼ.]", "", plain)
    return " ".join(re.sub(r"[^A-Z]+", " ", plain).split())


def tokens(text: str) -> Parts:
    """The parts of a name that say something, in their order."""
    return tuple(
        part
        for part in SAID_TO_BE_MISSING.sub(" ", fold(text)).split()
        if part not in PLACEHOLDERS and part not in SUFFIXES
    )


def squashed(parts: Parts) -> str:
    """All parts in one: `DE LA TORRE` and `DELATORRE` become the same."""
    return "".join(parts)


def core(parts: Parts) -> Parts:
    """The parts without particles, unless nothing else is there."""
    return tuple(part for part in parts if part not in PARTICLES) or parts


def spelled_out(part: str) -> str:
    """A customary abbreviation in full."""
    return ABBREVIATIONS.get(part, part)


@lru_cache(maxsize=65536)
def sound(part: str) -> str:
    """One spelling for what different romanizations write: `BELYAYEVA` and `BELIAEVA`."""
    result = part
    for written, heard in SOUNDS:
        result = result.replace(written, heard)
    result = result[:1] + result[1:].replace("H", "")
    result = result.replace("C", "K") if not result.startswith("C") else result
    result = re.sub(r"(.)\1+", r"\1", result)
    return result


def short_for(left: str, right: str) -> bool:
    """Whether one is a customary short form of the other."""
    return right in NICKNAMES.get(left, ()) or left in NICKNAMES.get(right, ())


def neighbors_swapped(left: str, right: str) -> bool:
    """Whether two neighboring letters in the other order are all the difference."""
    places = [i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b]
    return (
        len(left) == len(right)
        and len(places) == 2
        and places[1] == places[0] + 1
        and left[places[0]] == right[places[1]]
        and left[places[1]] == right[places[0]]
    )


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
