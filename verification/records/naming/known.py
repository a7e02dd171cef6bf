"""Which written words are names at all, and which are short for which: two public lists.

`rigour` keeps the names that Wikidata knows (MIT), `nicknames` the customary short forms of given
names (Apache). Both are read once, when first needed: a third of a second, under two megabytes.
"""

import csv
import re
from array import array
from bisect import bisect_left
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from zlib import crc32

ONE_NAME = re.compile(r"(?m)(?:^|, )([a-z]{2,})(?=, | =>)")


@cache
def _names() -> array:
    """Check sums of all names, sorted: half a megabyte instead of thirty."""
    package = find_spec("rigour")
    assert package is not None
    assert package.submodule_search_locations is not None
    # Of the package only its data is installed; its code would need ICU.
    listed = Path(package.submodule_search_locations[0]) / "data" / "names" / "persons.txt"
    found = ONE_NAME.findall(listed.read_text(encoding="utf-8"))
    return array("L", sorted({crc32(name.upper().encode()) for name in found}))


def is_listed(name: str) -> bool:
    """Whether the word, in capitals without marks, is a name somewhere in the world."""
    if name in short_forms():
        return True
    names, wanted = _names(), crc32(name.encode())
    place = bisect_left(names, wanted)
    return place < len(names) and names[place] == wanted


@cache
def short_forms() -> dict[str, frozenset[str]]:
    """From each given name to those it is short for, or that are short for it."""
    pairs: dict[str, set[str]] = {}
    listed = files("nicknames").joinpath("names.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(listed.splitlines()):
        full, short = row["name1"].upper(), row["name2"].upper()
        if row["relationship"] == "has_nickname":
            pairs.setdefault(full, set()).add(short)
            pairs.setdefault(short, set()).add(full)
    return {name: frozenset(others) for name, others in pairs.items()}


def short_for(left: str, right: str) -> bool:
    """Whether one is a customary short form of the other."""
    return right in short_forms().get(left, ())
