"""Korean names: Revised Romanization, McCune-Reischauer, and what passports show.

A spelling is read as syllables of onset, vowel and coda, each as the sounds its letters may be.
JUNG, JEONG and CHONG are one name; MIN and MUN are two.
"""

from functools import cache, lru_cache

from verification.records.naming.keys import Keys, readings, words

ONSETS = {
    "": " ", "G": "g", "K": "g k", "KK": "g", "N": "n", "D": "d", "T": "d t", "TT": "d",
    "R": "r", "L": "r", "M": "m", "B": "b", "P": "b p", "PP": "b", "S": "s", "SS": "s",
    "SH": "s", "J": "j", "JH": "j", "CH": "j c", "KH": "k", "TH": "t", "PH": "p", "H": "h",
}  # fmt: skip
# What may stand between them. With a coda O and U may be EO: CHONG and JUNG for JEONG.
VOWELS = {
    "A": "a", "AH": "a", "AE": "ae", "AI": "ae", "AY": "ae", "YA": "ya", "YAH": "ya",
    "EO": "eo", "U": "u eu", "OU": "u", "UH": "eo", "UR": "eo", "O": "o", "OH": "o",
    "OO": "u", "WOO": "u", "WU": "u", "EU": "eu", "E": "e", "EH": "e", "YEO": "yeo",
    "YU": "yu", "YOU": "yeo yu", "YOO": "yu", "YO": "yo", "YUH": "yeo", "YE": "ye",
    "I": "i ui", "EE": "i ui", "YI": "i ui", "UI": "ui", "EUI": "ui", "WA": "wa", "WAH": "wa",
    "OI": "oe", "OE": "oe", "WO": "weo", "WEO": "weo", "WI": "wi", "WEE": "wi", "WE": "oe",
    "WAE": "wae", "IE": "i",
}  # fmt: skip
CLOSED_VOWELS = VOWELS | {"U": "u eo eu", "OU": "u eo", "O": "o eo", "YU": "yu yeo", "YO": "yo yeo"}
CODAS = {
    "": "", "K": "k", "G": "k", "C": "k", "N": "n", "L": "l", "M": "m", "P": "p", "B": "p",
    "NG": "ng", "T": "t", "D": "t", "S": "t",
}  # fmt: skip

# Surnames whose customary spelling no scheme gives.
SURNAMES = {
    "PARK": "bak", "LEE": "i", "RHEE": "i", "YI": "i", "RI": "i", "LI": "i", "I": "i",
    "REE": "i", "CHOI": "coe", "CHOY": "coe", "CHEY": "coe", "ROH": "no", "RO": "no",
    "NOH": "no", "NO": "no", "LIM": "im", "RIM": "im", "YIM": "im", "IM": "im", "YIEM": "im",
    "RYU": "yu", "LYU": "yu", "YOO": "yu", "YU": "yu", "YOU": "yu", "RYOO": "yu", "HUR": "heo",
    "HUH": "heo", "HEO": "heo", "RYANG": "yang", "LYANG": "yang",
    "YANG": "yang", "AHN": "an", "AN": "an", "OH": "o", "SUH": "seo", "SEO": "seo",
    "SUR": "seo", "PAIK": "baek", "BAIK": "baek", "PAEK": "baek", "BAEK": "baek",
    "BACK": "baek", "PECK": "baek", "SHIM": "sim", "SIM": "sim", "WOO": "u", "WU": "u", "U": "u",
    "NA": "na", "RA": "na", "LA": "na", "NAH": "na", "RAH": "na", "RYEO": "yeo", "LYEO": "yeo",
    "YEO": "yeo", "YEUM": "yeom", "YUM": "yeom", "YEOM": "yeom", "YOM": "yeom", "RYEOM": "yeom",
    "GWAK": "gwak", "KWAK": "gwak", "KWACK": "gwak", "KOH": "go", "KO": "go", "GO": "go",
    "EUM": "eom", "UHM": "eom", "EOM": "eom", "UM": "eom", "SOHN": "son", "SON": "son",
    "HAHN": "han", "HAN": "han", "MOON": "mun", "MUN": "mun", "CHA": "ca", "TCHA": "ca",
    "SHIN": "sin", "SIN": "sin", "CHOO": "cu", "CHU": "cu", "JOO": "ju", "JU": "ju",
}  # fmt: skip


# After these no Y is heard: there is no SYUN and no CHYUL.
NO_GLIDE = words("S SS SH J JH CH D T TH TT")


@cache
def _syllables() -> dict[str, frozenset[str]]:
    spelled: dict[str, set[str]] = {}
    for onset, onsets in ONSETS.items():
        for vowel in VOWELS:
            if vowel[0] == "Y" and vowel != "YI" and onset in NO_GLIDE:
                continue
            for coda, codas in CODAS.items():
                vowels = (CLOSED_VOWELS if coda else VOWELS)[vowel]
                sounds = {
                    o.strip() + v + codas for o in (onsets.split() or [""]) for v in vowels.split()
                }
                written = onset + vowel + coda
                spelled.setdefault(written, set()).update(sounds)
                if onset == "H" and vowel[0] == "W":
                    spelled.setdefault("W" + "H" + vowel[1:] + coda, set()).update(sounds)
    spelled["HAE"].add("hye")  # many a HYE writes herself so
    return {written: frozenset(sounds) for written, sounds in spelled.items()}


@lru_cache(maxsize=16384)
def keys(name: str) -> Keys:
    """Every way to read the letters as Korean syllables, at most three."""
    found = readings(name, _syllables(), most_syllables=3, longest=7)
    return found | {SURNAMES[name]} if name in SURNAMES else found


def is_word(name: str) -> bool:
    """Whether the letters are one or two whole syllables, and so may be a given name."""
    return any(key.count(".") < 2 for key in keys(name))
