"""Which names the people on record bear, and of which sex: what tells a slip from a name.

Of each name only a sample of its bearers is kept, the eight smallest check sums of who they are
(full name and day of birth). From the eighth the number of all is estimated; and because the
smallest of everything seen are the same in whatever order it is seen, loading a file twice, or two
files the other way around, changes nothing. The work of a day is the day's rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.backends.utils import CursorWrapper

from verification.records.naming import known

SAMPLE = 8
FEWEST = 1_000  # people on record, before shares of them mean anything
EVERYBODY = ""  # the entry that counts all people has no name
LATIN_MARKS = (
    "ÁÀÂÄÃÅĄÇĆČÉÈÊËĘĚÍÌÎÏŁÑŃŇÓÒÔÖÕØŘŠŚÚÙÛÜŮÝŽŹŻĞŞİ",
    "AAAAAAACCCEEEEEEIIIILNNNOOOOOORSSUUUUUYZZZGSI",
)

# The systems that know people at first hand; the names in all others are of the same people.
WHO_KNOWS_PEOPLE = frozenset({"CIS", "ADIS", "SEVIS", "CCD"})

# One pass over the rows that an upload added; each name once for all of its bearers among them.
# Most names are plain capitals, and then translating marks would be most of the work.
NOTE = """
WITH people AS MATERIALIZED (
    SELECT DISTINCT record.sex,
        hashtextextended(concat_ws('/', upper(record.family_name), upper(record.given_name),
            record.date_of_birth), 0) AS person,
        translate(CASE WHEN octet_length(family_name) = length(family_name) THEN upper(family_name)
            ELSE translate(upper(family_name), %(marked)s, %(plain)s) END, '-''.,', ' ') AS family,
        translate(CASE WHEN octet_length(given_name || middle_name)
                = length(given_name || middle_name) THEN upper(given_name || ' ' || middle_name)
            ELSE translate(upper(given_name || ' ' || middle_name), %(marked)s, %(plain)s) END,
            '-''.,', ' ') AS given
    FROM records_sourcerecord record
    WHERE record.id BETWEEN %(first)s AND %(last)s AND record.upload_id = %(upload)s
), seen AS (
    SELECT unnest(string_to_array(family, ' ')) AS name, 'f' AS place, sex, person FROM people
    UNION ALL
    SELECT unnest(string_to_array(given, ' ')), 'g', sex, person FROM people
)
INSERT INTO records_bornename (name, place, sex, bearers)
SELECT name, place, sex, (array_agg(person ORDER BY person))[1:8]
FROM (
    SELECT DISTINCT name, place, sex, person FROM seen WHERE length(name) BETWEEN 2 AND 40
    UNION ALL
    SELECT DISTINCT '', 'f', sex, person FROM people
) AS bearer
GROUP BY name, place, sex
ON CONFLICT (name, place, sex) DO UPDATE SET bearers = (
    SELECT (array_agg(DISTINCT person ORDER BY person))[1:8]
    FROM unnest(records_bornename.bearers || excluded.bearers) AS person
)
WHERE cardinality(records_bornename.bearers) < 8
    OR excluded.bearers[1] < records_bornename.bearers[8]
"""


def note(cursor: CursorWrapper, *, upload: int, first: int, last: int) -> None:
    """Take in the names of the rows that one upload added."""
    marked, plain = LATIN_MARKS
    cursor.execute(
        NOTE,
        {
            "marked": f"{marked}’",
            "plain": plain,
            "upload": upload,
            "first": first,
            "last": last,
        },
    )


BORNE = "SELECT name, place, sex, bearers FROM records_bornename WHERE name = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Bearers:
    """About how many people bear a name: as a family name, and as a given name by sex."""

    family: float = 0
    given: float = 0
    men: float = 0
    women: float = 0


def about_how_many(sample: list[int]) -> float:
    """The number of people from the smallest of their check sums, exact below eight."""
    if len(sample) < SAMPLE:
        return len(sample)
    share = (sample[-1] + 2**63) / 2**64
    return max(SAMPLE, (SAMPLE - 1) / share)


class PeoplesNames:
    """The names of the people on record, and the public lists. One query a name, when asked.

    `known` are names that were read before and still hold; what is read is added to it.
    """

    def __init__(self, known: dict[str, Bearers] | None = None) -> None:
        self._bearers: dict[str, Bearers] = {} if known is None else known

    def fetch(self, names: Iterable[str]) -> None:
        """One query for all that are not known yet; none when all are."""
        if wanted := sorted({name for name in names if name not in self._bearers}):
            self._bearers |= _read(wanted)

    def bearers(self, name: str) -> Bearers:
        if name not in self._bearers:
            self.fetch((name,))
        return self._bearers[name]

    @cached_property
    def people(self) -> float:
        return self.bearers(EVERYBODY).family

    def is_given_name(self, name: str) -> bool:
        # Among many people somebody's own record is misspelled; then one bearer makes no name.
        return known.is_listed(name) or self.bearers(name).given > self.people / 1_000_000

    def is_family_name(self, name: str) -> bool:
        return self.bearers(name).family > max(1.0, self.people / 500_000)

    def of_the_other_sex(self, name: str, sex: str) -> bool:
        bearers = self.bearers(name)
        own, other = bearers.men, bearers.women
        if sex == "F":
            own, other = other, own
        return sex in ("M", "F") and other >= 5 and own * 20 < other

    def is_only_listed(self, name: str, beside: str) -> bool:
        return not self.bearers(name).given and self.bearers(beside).given >= SAMPLE

    def share(self, given: Iterable[str], family: Iterable[str]) -> float:
        """Taken as independent; of a population too small to tell, nobody."""
        if self.people < FEWEST:
            return 0.0
        rarest_given = min((self.bearers(name).given for name in given), default=0)
        rarest_family = min((self.bearers(name).family for name in family), default=0)
        return (rarest_given / self.people) * (rarest_family / self.people)


def _read(names: list[str]) -> dict[str, Bearers]:
    counts: dict[str, dict[tuple[str, str], float]] = {name: {} for name in names}
    with connection.cursor() as cursor:
        cursor.execute(BORNE, [names])
        for name, place, sex, sample in cursor.fetchall():
            counts[name][place, sex] = about_how_many(sample)
    return {
        name: Bearers(
            family=sum(number for (place, _), number in count.items() if place == "f"),
            given=sum(number for (place, _), number in count.items() if place == "g"),
            men=count.get(("g", "M"), 0),
            women=count.get(("g", "F"), 0),
        )
        for name, count in counts.items()
    }
