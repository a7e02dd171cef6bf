"""Case verification numbers: 15 characters that catch a slip of the pen.

Thirteen digits and capitals are drawn at random, so a number says nothing and cannot be guessed;
two capitals are check letters. I and O are never used: they look like 1 and 0.

The check is a weighted sum modulo the prime 571. No two weights are alike and no difference of
two characters reaches 571, therefore one wrong character, or two neighbors swapped, always changes
the sum; the last weight is chosen so that this also holds across the boundary to the check letters.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LETTERS = ALPHABET[10:]
VALUES = {character: value for value, character in enumerate(ALPHABET)}
MODULUS = 571
WEIGHTS = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
LENGTH = 15
PATTERN = re.compile(r"[0-9A-HJ-NP-Z]{13}[A-HJ-NP-Z]{2}")


def check_letters(body: str) -> str:
    """The two capitals that belong behind the thirteen characters of `body`."""
    total = sum(weight * VALUES[character] for weight, character in zip(WEIGHTS, body, strict=True))
    high, low = divmod(total % MODULUS, len(LETTERS))
    return LETTERS[high] + LETTERS[low]


def new_case_number() -> str:
    """A number that was very probably never used; the database makes that certain."""
    drawn = secrets.randbelow(len(ALPHABET) ** len(WEIGHTS))
    body = ""
    for _ in WEIGHTS:
        drawn, digit = divmod(drawn, len(ALPHABET))
        body += ALPHABET[digit]
    return body + check_letters(body)


def is_case_number(value: str) -> bool:
    """Whether `value`, in canonical form, carries the right check letters."""
    return bool(PATTERN.fullmatch(value)) and check_letters(value[:-2]) == value[-2:]


def canonical(raw: str) -> str:
    """What was typed without spaces and dashes, in capitals."""
    return re.sub(r"[\s\-]+", "", raw).upper()


def grouped(value: str) -> str:
    """Three groups of five, as people read it aloud."""
    return f"{value[:5]} {value[5:10]} {value[10:]}"
