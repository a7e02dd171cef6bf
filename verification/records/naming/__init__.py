"""Naming systems: when two spellings are one name, by where the person was born.

Each system is a module with a function from a spelling to its keys; two spellings are one name
when they have a key in common in a system of the person's country. Nothing here knows a person.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from verification.records.naming import (
    arabic,
    ethiopian,
    korean,
    latin,
    pinyin,
    slavic,
    south_asian,
)
from verification.records.naming.keys import Keys, words

System = Callable[[str], Keys]

# Systems of each group of countries (ISO 3166 alpha-3). A country may be in several.
COUNTRIES: tuple[tuple[tuple[System, ...], str], ...] = (
    ((pinyin.keys,), "CHN TWN HKG MAC SGP MYS"),
    ((korean.keys,), "KOR PRK"),
    (
        (slavic.keys,),
        "RUS UKR BLR KAZ KGZ UZB TKM TJK MDA GEO ARM AZE LVA LTU EST BGR SRB MKD MNE BIH POL CZE"
        " SVK HRV SVN ISR",
    ),
    (
        (arabic.keys,),
        "EGY IRQ SYR JOR LBN YEM SAU KWT ARE QAT BHR OMN PSE LBY TUN DZA MAR MRT SDN SOM DJI COM"
        " IRN AFG TJK PAK IND BGD UZB TKM KAZ KGZ AZE TUR ETH ERI KEN TZA UGA NGA SEN MLI NER TCD"
        " GMB GIN SLE BFA CIV GHA CMR IDN MYS MDV LKA NPL BIH ALB XKX ISR",
    ),
    ((south_asian.keys,), "IND PAK BGD NPL LKA BTN MDV MUS FJI GUY TTO SUR MMR"),
    ((ethiopian.keys,), "ETH ERI"),
    (
        (latin.spanish,),
        "MEX GTM HND SLV NIC CRI PAN CUB DOM PRI COL VEN ECU PER BOL CHL ARG URY PRY ESP PHL GNQ"
        " BLZ",
    ),
    ((latin.portuguese, latin.spanish), "BRA PRT AGO MOZ CPV GNB STP TLS"),
    (
        (latin.french,),
        "HTI FRA BEL CHE LUX CAN COD COG SEN CIV CMR BEN TGO BFA MLI NER GIN GAB CAF BDI RWA MDG"
        " TCD DZA MAR TUN LBN VNM",
    ),
    (
        (latin.germanic,),
        "DEU AUT CHE NLD BEL SWE NOR DNK ISL FIN LUX EST LVA HUN CZE SVK ROU TUR AZE TKM",
    ),
)
# What a group of countries is called where people are counted by how they are named. A country in
# several groups counts in the first of these.
CALLED: tuple[tuple[System, str], ...] = (
    (pinyin.keys, "Chinese names"),
    (korean.keys, "Korean names"),
    (south_asian.keys, "South Asian names"),
    (ethiopian.keys, "Ethiopian and Eritrean names"),
    (latin.spanish, "Spanish, Portuguese and Filipino names"),
    (slavic.keys, "Slavic and neighboring names"),
    (arabic.keys, "Arabic, Persian and African names"),
    (latin.french, "French and Haitian names"),
    (latin.germanic, "Other names in Latin letters"),
)


@lru_cache(maxsize=512)
def culture_of(country: str) -> str:
    """The naming system of a country of birth, in words."""
    for system, called in CALLED:
        if any(system in systems and country in words(where) for systems, where in COUNTRIES):
            return called
    return "All other names"


# Where a name is read syllable by syllable, so that a slip easily makes another real name, and
# where DE, LE or VAN are names and no particles.
SYLLABIC: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(words("CHN TWN HKG MAC SGP"), pinyin.is_word),
    **dict.fromkeys(words("KOR PRK"), korean.is_word),
}
# Where the order of given names makes the person: two syllables, or one's own and the father's.
ORDERED = SYLLABIC.keys() | words(
    "SOM DJI ETH ERI EGY IRQ SYR JOR LBN YEM SAU KWT ARE QAT BHR OMN PSE LBY SDN"
)
# Where a name of two words is one name: MARIE-ROSE is not MARIE, BAPTISTE not JEAN-BAPTISTE.
COMPOUND = words("HTI FRA COD COG SEN CIV CMR BEN TGO GAB CAF")
FIRST_HALVES = words("JEAN MARIE ROSE ANNE SAINT FILS")
NO_PARTICLES = words("CHN TWN HKG MAC SGP KOR PRK VNM KHM LAO THA MMR JPN MNG")


@lru_cache(maxsize=1024)
def systems_of(countries: frozenset[str]) -> tuple[System, ...]:
    """The systems of these countries, and what holds everywhere."""
    found = {system for group, where in COUNTRIES if countries & words(where) for system in group}
    return (
        *sorted(found, key=lambda system: f"{system.__module__}.{system.__name__}"),
        latin.plain,
    )


def same(left: str, right: str, systems: Sequence[System]) -> bool:
    """Whether both spellings are one name in one of the systems."""
    if arabic.keys in systems and arabic.is_bare(left) is not arabic.is_bare(right):
        return bool(arabic.bare(left) & arabic.bare(right))
    # A loop of its own costs half of `any`, and this is asked for most pairs of names.
    for system in systems:  # noqa: SIM110
        if not system(left).isdisjoint(system(right)):
            return True
    return False


def is_word(name: str, countries: frozenset[str]) -> bool:
    """Whether `name` is made of syllables of the country, and so may well be a name."""
    return any(SYLLABIC[country](name) for country in countries if country in SYLLABIC)
