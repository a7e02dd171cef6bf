"""Open figures: counted once a day into a row a month and group, shown without small numbers.

The page reads the rows of twelve months, whatever the number of cases (S10.3: nobody measured).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from casecheck.models import Figure
from save_portal.accounts.tenancy import system_scope
from verification import deadlines
from verification.immigration_documents import DOCUMENT_TYPES

SMALLEST = 10
MONTHS = 12

# From the newest request or mailing before an answer to that answer.
_WAITS = """
SELECT 'wait', step, count(*), NULL::int,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY days),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY days)
FROM (
    SELECT answer.step, extract(epoch FROM answer.at - (
        SELECT max(asked.at) FROM (
            SELECT at FROM verification_additionalrequest
            WHERE case_id = answer.case_id AND answer.step = 'additional'
            UNION ALL
            SELECT at FROM verification_g845mailing
            WHERE case_id = answer.case_id AND answer.step = 'g845'
        ) asked WHERE asked.at <= answer.at
    )) / 86400 AS days
    FROM verification_verifieranswer answer
    WHERE answer.kind = 'final' AND answer.at >= %(since)s AND answer.at < %(until)s
) took WHERE days IS NOT NULL GROUP BY step
"""
# A case counts in the month in which it began; where it was settled is the step of its last answer.
_CASES = """
WITH began AS MATERIALIZED (
    SELECT own.id, own.document_type,
        (SELECT given.step FROM verification_verifieranswer given
         WHERE given.case_id = own.id AND given.kind = 'final'
         ORDER BY given.at DESC, given.id DESC LIMIT 1) AS answered,
        EXISTS (SELECT FROM verification_verifieranswer given
         WHERE given.case_id = own.id AND given.kind = 'final' AND given.person_ref <> '') AS found,
        EXISTS (SELECT FROM verification_initialanswer given
         WHERE given.case_id = own.id AND given.outcome = 'confirmed') AS confirmed,
        (SELECT given.outcome FROM verification_initialanswer given
         WHERE given.case_id = own.id ORDER BY given.at, given.id LIMIT 1) AS at_first
    FROM verification_case own
    WHERE own.created_at >= %(since)s AND own.created_at < %(until)s
)
SELECT 'settled', coalesce(answered, CASE WHEN confirmed THEN 'initial' ELSE 'open' END),
       count(*), NULL::int, NULL::float, NULL::float
FROM began GROUP BY 2
UNION ALL
SELECT 'error', document_type, count(*),
       count(*) FILTER (WHERE at_first <> 'confirmed' AND (confirmed OR found)), NULL, NULL
FROM began WHERE at_first IS NOT NULL GROUP BY 2
"""
_CORRECTIONS = """
SELECT 'correction', closure, count(*), NULL::int, NULL::float, NULL::float
FROM verification_correctionrequest
WHERE status = 'closed' AND closed_at >= %(since)s AND closed_at < %(until)s GROUP BY 2
"""


@transaction.atomic
def roll_up(*, months: int, at: datetime) -> int:
    """Count the newest months anew; how many rows there are of them. Again, it changes nothing."""
    written = 0
    month = deadlines.local_date(at, deadlines.OFFICES_ZONE).replace(day=1)
    for _ in range(months):
        with system_scope(), connection.cursor() as cursor:
            rows: list[tuple[Any, ...]] = []
            for query in (_WAITS, _CASES, _CORRECTIONS):
                cursor.execute(query, {"since": month, "until": _after(month)})
                rows += cursor.fetchall()
            Figure.objects.filter(month=month).delete()
            Figure.objects.bulk_create(
                Figure(
                    month=month, measure=measure, group=group, cases=cases, part=part,
                    half=half, nine_tenths=nine,
                )
                for measure, group, cases, part, half, nine in rows
            )  # fmt: skip
        written += len(rows)
        month = _before(month)
    return written


@dataclass(frozen=True, slots=True)
class Wait:
    """A month of one step; None where fewer than ten answers were given."""

    month: date
    answers: int | None
    half: float | None
    nine_tenths: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a group; `share` in percent. None where the number is small."""

    group: str
    cases: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Settled:
    month: date
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    waits: dict[str, list[Wait]]
    settled: list[Settled]
    corrections: list[Share]
    errors: list[Share]


STEPS = ("initial", "additional", "g845", "open")
OUTCOMES = ("source_corrected", "rejected", "other")
SHORT_NAMES = {code: kind.name for code, kind in DOCUMENT_TYPES.items()}


def figures(*, today: date) -> Figures:
    """The twelve months before this one. One query, and no number below ten."""
    first = today.replace(day=1)
    for _ in range(MONTHS):
        first = _before(first)
    rows = list(Figure.objects.filter(month__gte=first, month__lt=today.replace(day=1)))
    months = sorted({row.month for row in rows}, reverse=True)
    waits: dict[str, list[Wait]] = {"additional": [], "g845": []}
    for row in sorted(rows, key=lambda row: row.month):
        if row.measure == "wait" and row.group in waits:
            enough = row.cases >= SMALLEST
            waits[row.group].append(
                Wait(
                    row.month,
                    row.cases if enough else None,
                    round(row.half, 1) if enough and row.half is not None else None,
                    round(row.nine_tenths, 1) if enough and row.nine_tenths is not None else None,
                )
            )
    settled = [
        Settled(
            month,
            shares(
                {r.group: r.cases for r in rows if (r.measure, r.month) == ("settled", month)},
                STEPS,
            ),
        )
        for month in months
    ]
    return Figures(
        waits=waits,
        settled=[row for row in settled if any(share.cases for share in row.shares)],
        corrections=list(shares(_outcomes(rows), OUTCOMES)),
        errors=_errors(rows),
    )


def shares(counts: dict[str, int], groups: tuple[str, ...]) -> tuple[Share, ...]:
    """Each group's part of the whole. A small number is hidden, and where only one would be, the

    next smallest too, so that it cannot be found by subtraction.
    """
    whole = sum(counts.values())
    given = {group: counts.get(group, 0) for group in groups}
    hidden = {group for group, count in given.items() if 0 < count < SMALLEST}
    if len(hidden) == 1:
        others = [group for group in groups if given[group] and group not in hidden]
        hidden |= set(sorted(others, key=lambda group: given[group])[:1])
    return tuple(
        Share(group, None, None)
        if group in hidden
        else Share(group, given[group], round(100 * given[group] / whole, 1) if whole else 0.0)
        for group in groups
    )


def _outcomes(rows: list[Figure]) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.measure == "correction" and row.group != "joined":
            known = row.group in ("source_corrected", "rejected")
            counted[row.group if known else "other"] += row.cases
    return counted


def _errors(rows: list[Figure]) -> list[Share]:
    cases: dict[str, int] = defaultdict(int)
    parts: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.measure == "error":
            cases[row.group] += row.cases
            parts[row.group] += row.part or 0
    return [
        Share(SHORT_NAMES.get(group, group), count, round(100 * parts[group] / count, 1))
        if parts[group] >= SMALLEST and count - parts[group] >= SMALLEST
        else Share(SHORT_NAMES.get(group, group), count if count >= SMALLEST else None, None)
        for group, count in sorted(cases.items(), key=lambda item: -item[1])
    ]


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


# -- the drawing -------------------------------------------------------------------------------

WIDTH, HEIGHT, TOP, FOOT = 600, 220, 20, 30


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str
    kind: str


def bars(waits: list[Wait]) -> list[Bar]:
    """Two bars a month: half of the answers, nine of ten. Drawn by the server, no script."""
    shown = [wait for wait in waits if wait.nine_tenths is not None]
    if not shown:
        return []
    highest = max(wait.nine_tenths or 0.0 for wait in shown) or 1.0
    step = WIDTH / len(shown)
    drawn = []
    for place, wait in enumerate(shown):
        for shift, value, kind in ((0.1, wait.half, "half"), (0.5, wait.nine_tenths, "nine")):
            height = (HEIGHT - TOP - FOOT) * (value or 0.0) / highest
            drawn.append(
                Bar(
                    x=round(place * step + shift * step, 1),
                    y=round(HEIGHT - FOOT - height, 1),
                    width=round(step * 0.38, 1),
                    height=round(height, 1),
                    label=f"{wait.month:%m/%y}" if kind == "half" else "",
                    kind=kind,
                )
            )
    return drawn
