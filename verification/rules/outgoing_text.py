"""What a verifier may not write to an agency: passport and visa numbers, and protected facts.

A list of what a text names, found by value (the person's own numbers, however they are spaced)
and by shape (whatever looks like such a number). Refusing too much costs a verifier one word;
refusing too little tells an agency what it may not know (S8.2, 8 CFR 208.6, 8 USC 1367).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

NUMBERS_STAY = (
    "“{found}” looks like a passport or visa number. Those never leave the records (S8.2). "
    "Write “the passport” or “the visa” instead, or name the I-94 number."
)
SOMEBODY_ELSE = (
    "“{found}” is not a number of this applicant. An agency reads only of its own applicant: "
    "leave the other person out."
)
PROTECTED = (
    "“{found}” names what the law keeps from agencies (8 CFR 208.6, 8 USC 1367). "
    "Say what the status is by ticking its item, and leave the matter behind it out."
)

# A number as people write it: in a row, in groups, with its letters before it.
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{1,3}[- .]?)?[0-9]+(?:[- .][0-9]+)*(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9]*[0-9][A-Za-z0-9]*(?![A-Za-z0-9])"
)
_ZIP = re.compile(r"(?:[A-Z]{2,3} )?[0-9]{5}-[0-9]{4}")
_SHAPES = (
    re.compile(r"[A-Z]{1,3}[0-9]{6,9}"),  # most passports, and visa foils
    re.compile(r"[0-9]{8,9}"),
    re.compile(r"[0-9]{2}[A-Z]{2}[0-9]{5}"),  # booklets that print letters inside
)
_A_NUMBER = re.compile(r"A?[0-9]{7,9}")
_FORM = re.compile(r"(?:I|N|G|DS|AR|EOIR)[0-9]{2,4}[A-Z]?")
_PROTECTED_WORDS = re.compile(
    # Asylum may be named where it was granted: that is a status, and an item of the form.
    r"(?<!granted )\basylum\b(?! (?:was |is )?granted)"
    r"|\bcredible fear|\breasonable fear|\bpersecut\w+|\btortur\w+"
    r"|\bvawa\b|\bviolence against women|\bself-petition\w*|\bbatter\w+|\bdomestic violence"
    r"|\bI-589\b|\bI-360\b|\bI-914\b|\bI-918\b|\b[TU]-?[1-6]? (?:visa|nonimmigrant|status)"
    r"|\btrafficking\b",
    re.IGNORECASE,
)


def refusal(text: str, *, secret: Iterable[str], own: Iterable[str]) -> str:
    """Why the text may not go out, or "" if it may.

    `secret` are the passport and visa numbers on the person's records; `own` the numbers of the
    applicant that the agency itself typed or may read.
    """
    own_numbers = {_bare(number) for number in own if number}
    if found := _named(text, {_bare(number) for number in secret if number} - own_numbers):
        return NUMBERS_STAY.format(found=found)
    for match in _NUMBER.finditer(text):
        token = match.group()
        bare = _bare(token)
        digits = bare.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if bare in own_numbers or digits.zfill(9) in own_numbers:
            continue
        if _FORM.fullmatch(bare) or _ZIP.fullmatch(token) or _is_date(token):
            continue
        if bare.startswith("A") and len(bare) > 7 and _A_NUMBER.fullmatch(bare):
            return SOMEBODY_ELSE.format(found=token)
        if any(shape.fullmatch(bare) for shape in _SHAPES):
            return NUMBERS_STAY.format(found=token)
    if protected := _PROTECTED_WORDS.search(text):
        return PROTECTED.format(found=protected.group())
    return ""


def _named(text: str, numbers: set[str]) -> str:
    """The first of the numbers that stands in the text, in whatever groups."""
    squeezed = _bare(text)
    return next(
        (number for number in sorted(numbers) if len(number) >= 5 and number in squeezed), ""
    )


def _bare(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text).upper()


def _is_date(token: str) -> bool:
    """Whether eight digits are a day: 20290930, 2029-09-30, 09-30-2029."""
    digits = re.sub(r"\D", "", token)
    if len(digits) != 8 or not token[:1].isdigit():
        return False
    for year, month, day in (
        (digits[:4], digits[4:6], digits[6:]),
        (digits[4:], digits[:2], digits[2:4]),
    ):
        try:
            if 1900 <= int(year) <= 2199 and date(int(year), int(month), int(day)):
                return True
        except ValueError:
            continue
    return False
