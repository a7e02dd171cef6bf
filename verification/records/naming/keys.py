"""What all naming systems share: a name's keys, and two ways to find them.

Two spellings are one name in a system when they have a key in common. A system gives a spelling
several keys where its letters may stand for several sounds.
"""

import re
from collections.abc import Mapping

Keys = frozenset[str]
MOST_KEYS = 96
DOUBLED = re.compile(r"(.)\1+")


def readings(
    name: str, syllables: Mapping[str, frozenset[str]], *, most_syllables: int, longest: int
) -> Keys:
    """Each way to divide `name` into `syllables`, as their canonical forms joined by a dot."""
    found: dict[int, set[tuple[str, ...]]] = {0: {()}}
    for end in range(1, len(name) + 1):
        here: set[tuple[str, ...]] = set()
        for start in range(max(0, end - longest), end):
            for canonical in syllables.get(name[start:end], ()) if start in found else ():
                here.update(
                    (*before, canonical) for before in found[start] if len(before) < most_syllables
                )
        if here:
            found[end] = here
    # Fewest syllables first: XIAN is one syllable before it is XI and AN.
    whole = sorted(found.get(len(name), ()), key=lambda parts: (len(parts), parts))
    return frozenset(".".join(parts) for parts in whole[:MOST_KEYS])


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Sounds:
    """What groups of letters stand for, read from `SH=s CH=s|c ^Y=i H$=`.

    `^` and `$` are the name's beginning and end; nothing after `=` means that it is silent. At each
    place the longest group counts; a letter that is in no group stands for itself.
    """

    def __init__(self, text: str) -> None:
        self.groups = {
            letters: tuple(sounds.split("|"))
            for letters, _, sounds in (entry.partition("=") for entry in text.split())
        }
        longest_first = sorted(self.groups, key=lambda letters: (-len(letters), letters))
        self.pattern = re.compile("|".join((*map(re.escape, longest_first), ".")))

    def keys(self, name: str) -> Keys:
        """The keys of `name`: its sounds in every combination, doubled ones once."""
        built = [""]
        for group in self.pattern.findall(f"^{name}$"):
            sounds = self.groups.get(group) or (group.strip("^$").lower(),)
            if len(sounds) == 1:
                built = [start + sounds[0] for start in built]
            else:
                built = [start + sound for start in built for sound in sounds][:MOST_KEYS]
        return frozenset(DOUBLED.sub(r"\1", key) for key in built)


def alike(text: str) -> dict[str, frozenset[str]]:
    """Read `ERIC ERIK ERICK; MARC MARK;`: from each spelling to the groups it is in."""
    member: dict[str, set[str]] = {}
    for group in text.split(";"):
        spellings = group.split()
        for spelling in spellings:
            member.setdefault(spelling, set()).add(f"={spellings[0]}")
    return {spelling: frozenset(names) for spelling, names in member.items()}
