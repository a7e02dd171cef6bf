"""Chinese names: pinyin as on the mainland, Wade-Giles and mixed spellings as on Taiwan.

A name is read as syllables; each spelling of a syllable stands for the pinyin syllables that it
may be. CHIENMING and JIAN MING are one name, BO PING and PO-PING too; LI and LU are two.
"""

import re
from functools import cache, lru_cache

from verification.records.naming.keys import Keys, readings

# Finals as they are written after each group of initials.
FINALS = {
    "b p m f": "a o ai ei ao ou an en ang eng ong i ie iao iu ian in ing u",
    "d t n l": "a e ai ei ao ou an en ang eng ong i ia ie iao iu ian in iang ing u uo uan un ui",
    "n l": "ü üe",
    "g k h": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "j q x": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "zh ch sh r": "a e i ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "z c s": "a e i ai ei ao ou an en ang eng ong u uo ui uan un",
}
ALONE = (
    "a o e ai ei ao ou an en ang er yi ya ye yao you yan yin yang ying yong yu yue yuan yun "
    "wu wa wo wai wei wan wen wang weng"
)

# pinyin -> Wade-Giles, without the apostrophes and marks that forms leave out; longest first.
WADE_GILES_INITIALS = (
    ("zh", "ch"), ("ch", "ch"), ("sh", "sh"), ("b", "p"), ("p", "p"), ("d", "t"), ("t", "t"),
    ("g", "k"), ("k", "k"), ("j", "ch"), ("q", "ch"), ("x", "hs"), ("z", "ts"), ("c", "ts"),
    ("r", "j"),
)  # fmt: skip
WADE_GILES_SYLLABLES = {
    "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu", "ci": "tzu",
    "si": "ssu szu", "er": "erh", "ye": "yeh", "yan": "yen", "you": "yu", "yi": "i yi",
    "yong": "yung", "e": "o e", "ge": "ko", "ke": "ko", "he": "ho", "gui": "kuei",
    "kui": "kuei", "duo": "to", "tuo": "to", "nuo": "no", "luo": "lo", "zuo": "tso",
    "cuo": "tso", "suo": "so", "zhuo": "cho", "chuo": "cho", "ruo": "jo", "guo": "kuo",
    "yue": "yueh", "kuo": "kuo",
}  # fmt: skip


def wade_giles(syllable: str) -> str:
    """The spelling of one pinyin syllable in Wade-Giles, plain letters only."""
    if syllable in WADE_GILES_SYLLABLES:
        return WADE_GILES_SYLLABLES[syllable]
    initial, final = "", syllable
    for pinyin, written in WADE_GILES_INITIALS:
        if syllable.startswith(pinyin):
            initial, final = written, syllable[len(pinyin) :]
            break
    else:
        if syllable[0] in "mfnlh":
            initial, final = syllable[0], syllable[1:]
    for pinyin, written in (("ong$", "ung"), ("^ie$", "ieh"), ("ian$", "ien"), ("^[uü]e$", "ueh")):
        final = re.sub(pinyin, written, final)
    return initial + final.replace("ü", "u")


@cache
def _syllables() -> dict[str, frozenset[str]]:
    pinyin = {
        initial + final
        for initials, finals in FINALS.items()
        for initial in initials.split()
        for final in finals.split()
    } | set(ALONE.split())
    spellings: dict[str, set[str]] = {}
    for syllable in pinyin:
        written = {syllable, *wade_giles(syllable).split()}
        if "ü" in syllable:
            written = {syllable.replace("ü", other) for other in ("u", "v", "yu", "ue")} | {
                wade_giles(syllable)
            }
        for spelling in written:
            if "ü" not in spelling:
                spellings.setdefault(spelling.upper(), set()).add(syllable)
    return {spelling: frozenset(of) for spelling, of in spellings.items()}


@lru_cache(maxsize=16384)
def keys(name: str) -> Keys:
    """Every way to read the letters as pinyin syllables; empty when there is none."""
    return readings(name, _syllables(), most_syllables=4, longest=6)


def is_word(name: str) -> bool:
    """Whether the letters are one or two whole syllables, and so may be a given name."""
    return any(key.count(".") < 2 for key in keys(name))
