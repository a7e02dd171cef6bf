"""What all naming systems share: a name's keys, and two ways to find them.

Two spellings are one name in a system when they have a key in common. A system gives a spelling
several keys where its letters may stand for several sounds.
"""

import re
from collections.abc import Mapping

Keys = frozenset[str]
Sounds = Mapping[str, tuple[str, ...]]
MOST_KEYS = 96
LONGEST_GROUP = 6


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


def table(text: str) -> dict[str, tuple[str, ...]]:
    """Read `SH=s CH=s|c ^Y=i H$=`: groups of letters, and the sounds that each may be.

    `^` and `$` are the name's beginning and end; no sound after `=` means that it is silent.
    """
    return {
        letters: tuple(sounds.split("|"))
        for letters, _, sounds in (entry.partition("=") for entry in text.split())
    }


def sounds(name: str, groups: Sounds) -> Keys:
    """The keys of `name`: the longest group at each place, its sounds in every combination."""
    marked = f"^{name}$"
    built = [""]
    place = 0
    while place < len(marked):
        for length in range(min(LONGEST_GROUP, len(marked) - place), 0, -1):
            group = marked[place : place + length]
            if group in groups:
                built = [start + sound for start in built for sound in groups[group]][:MOST_KEYS]
                break
        else:
            group = marked[place]
            if group not in "^$":
                built = [start + group.lower() for start in built]
        # The end may close several groups: what ends with it leaves it for nobody else.
        place += len(group)
    return frozenset(re.sub(r"(.)\1+", r"\1", key) for key in built)


def alike(text: str) -> dict[str, frozenset[str]]:
    """Read `ERIC ERIK ERICK; MARC MARK;`: from each spelling to the groups it is in."""
    member: dict[str, set[str]] = {}
    for group in text.split(";"):
        spellings = group.split()
        for spelling in spellings:
            member.setdefault(spelling, set()).add(f"={spellings[0]}")
    return {spelling: frozenset(names) for spelling, names in member.items()}
