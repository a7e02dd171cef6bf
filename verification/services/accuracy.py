"""How often initial verification erred, as second looks and real outcomes show (S10.3).

A false no-match is a case that initial verification did not confirm and a status verifier did. A
wrong confirmation is one that a verifier found to be of a document that is not valid, or of another
person. What is counted are the cases that a verifier settled in the period: a case that nobody
asked about again shows nothing of its error.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from verification.enums import AnswerKind, Outcome, Reason, Step
from verification.g845_answers import ITEMS, NOT_VALID, SEARCHING
from verification.immigration_documents import DOCUMENT_TYPES
from verification.records.naming import culture_of
from verification.rules.shares import Share, hidden_beside

# What a verifier says that names no status: no permission to work, still searching, not valid.
NAMES_NO_STATUS = frozenset({4, SEARCHING, NOT_VALID})
CANNOT_TELL = "Not said"

# The newest settling answer of each case in the period, by the index on its time, and the initial
# answer before it. Both are found by keys, so the work is that of the period's answers.
SETTLED = """
WITH newest AS (
    SELECT DISTINCT ON (case_id) case_id, at, items, person_ref, record_refs
    FROM verification_verifieranswer
    WHERE at >= %(first)s AND at < %(end)s AND kind IN (%(final)s, %(correction)s)
    ORDER BY case_id, at DESC, id DESC
), settled AS (
    SELECT newest.*, initial.outcome, initial.reasons[1] AS reason,
        initial.asked ->> 'document_type' AS document_type,
        initial.person_ref AS first_ref,
        ARRAY(SELECT (item ->> 'item')::int FROM jsonb_array_elements(newest.items) item) AS said,
        coalesce(nullif(newest.person_ref, ''), newest.record_refs[1], '') AS ref
    FROM newest
    CROSS JOIN LATERAL (
        SELECT * FROM verification_initialanswer initial
        WHERE initial.case_id = newest.case_id AND initial.at <= newest.at
        ORDER BY initial.at DESC, initial.id DESC LIMIT 1
    ) initial
)
SELECT outcome, coalesce(reason, ''), document_type, coalesce(country, ''),
    (SELECT min(number) FROM unnest(said) number WHERE number <> ALL (%(no_status)s)) AS status,
    %(not_valid)s = ANY (said)
        OR (first_ref <> '' AND person_ref <> '' AND first_ref <> person_ref) AS contradicted,
    count(*)
FROM settled
LEFT JOIN LATERAL (
    SELECT country_of_birth AS country FROM records_sourcerecord record
    WHERE record.system = split_part(ref, ':', 1) AND record.record_id = split_part(ref, ':', 2)
        AND record.replaced_in IS NULL
    LIMIT 1
) born ON ref <> ''
GROUP BY 1, 2, 3, 4, 5, 6
"""

LOOKS = """
SELECT answer.step, count(*) FILTER (WHERE look.agrees), count(*)
FROM verification_secondreview look
JOIN verification_verifieranswer answer ON answer.id = look.answer_id
WHERE look.done_at >= %(first)s AND look.done_at < %(end)s
GROUP BY 1
"""

CORRECTED = """
SELECT
    count(*) FILTER (WHERE kind = %(correction)s),
    count(*) FILTER (WHERE kind IN (%(final)s, %(correction)s)),
    (SELECT count(DISTINCT case_id) FROM verification_correctionnotice
        WHERE at >= %(first)s AND at < %(end)s)
FROM verification_verifieranswer
WHERE at >= %(first)s AND at < %(end)s
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """Cases alike in everything that is counted by, and how many they are."""

    confirmed_first: bool
    reason: str
    document_type: str
    country: str
    status: int | None
    contradicted: bool
    number: int


@dataclass(frozen=True, slots=True)
class Table:
    """One way to divide the cases; its shares are enough to be shown, or put together."""

    kind: str
    title: str
    shares: list[Share]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The page's data."""

    missed: Share
    missed_by: list[Table]
    wrong: Share
    wrong_by: list[Table]
    looks: list[Share]
    corrected: Share
    misled: int

    @property
    def tables(self) -> list[Table]:
        """Everything, as the CSV gives it."""
        return [
            Table("false_no_match", "All", [self.missed]),
            *self.missed_by,
            Table("wrong_confirmation", "All", [self.wrong]),
            *self.wrong_by,
            Table("second_look_agrees", "By step", self.looks),
            Table("answer_corrected", "All", [self.corrected]),
        ]


def accuracy(*, first: datetime, end: datetime) -> Accuracy:
    """What verifiers settled from `first` to before `end`. Three queries."""
    asked: dict[str, datetime | str | int | list[int]] = {
        "first": first,
        "end": end,
        "final": AnswerKind.FINAL.value,
        "correction": AnswerKind.CORRECTION.value,
        "no_status": sorted(NAMES_NO_STATUS),
        "not_valid": NOT_VALID,
    }
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, asked)
        settled = [Settled(row[0] == Outcome.CONFIRMED, *row[1:]) for row in cursor.fetchall()]
        cursor.execute(LOOKS, asked)
        looks = {step: (agreed, of) for step, agreed, of in cursor.fetchall()}
        cursor.execute(CORRECTED, asked)
        corrected, answers, misled = cursor.fetchone()
    refused = [each for each in settled if not each.confirmed_first]
    confirmed = [each for each in settled if each.confirmed_first]
    return Accuracy(
        missed=_share("False no-matches", refused),
        missed_by=[
            _divided("false_no_match", "By the reason given", refused, _reason),
            _divided("false_no_match", "By document type", refused, _document),
            _divided("false_no_match", "By naming system", refused, _culture),
            _statuses(refused),
        ],
        wrong=_share("Wrong confirmations", confirmed),
        wrong_by=[
            _divided("wrong_confirmation", "By document type", confirmed, _document),
            _divided("wrong_confirmation", "By naming system", confirmed, _culture),
        ],
        looks=[Share(Step(step).label, *looks[step]) for step in sorted(looks)],
        corrected=Share("Answers corrected", corrected, answers),
        misled=misled,
    )


def _wrong(each: Settled) -> bool:
    return each.contradicted if each.confirmed_first else each.status is not None


def _share(label: str, cases: Iterable[Settled]) -> Share:
    cases = list(cases)
    return Share(
        label,
        sum(each.number for each in cases if _wrong(each)),
        sum(each.number for each in cases),
    )


def _divided(kind: str, title: str, cases: list[Settled], name: Callable[[Settled], str]) -> Table:
    groups: dict[str, list[Settled]] = defaultdict(list)
    for each in cases:
        groups[name(each)].append(each)
    return Table(
        kind, title, hidden_beside([_share(label, groups[label]) for label in sorted(groups)])
    )


def _statuses(refused: list[Settled]) -> Table:
    """Of the false no-matches, which status the verifier then found."""
    found: Counter[str] = Counter()
    for each in refused:
        if each.status is not None:
            found[ITEMS[each.status].label] += each.number
    # The parts are of one whole, so it is the part that may be too few to be shown.
    everybody = sum(found.values())
    parts = hidden_beside([Share(label, number, number) for label, number in found.most_common()])
    shares = [Share(part.label, part.part, everybody) for part in parts if part.shown]
    return Table("status_of_false_no_matches", "Status that the verifier found", shares)


def _reason(each: Settled) -> str:
    return Reason(each.reason).label if each.reason else CANNOT_TELL


def _document(each: Settled) -> str:
    document = DOCUMENT_TYPES.get(each.document_type)
    return document.title if document else CANNOT_TELL


def _culture(each: Settled) -> str:
    return culture_of(each.country) if each.country else CANNOT_TELL
