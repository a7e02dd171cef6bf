"""Open figures: what the page and the files show of the daily counts, without small numbers.

The page reads the rows of twelve months, whatever the number of cases (S10.3: nobody measured).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from casecheck.counting import month_before
from casecheck.guide import DOCUMENT_NAMES
from casecheck.models import Figure
from casecheck.who_looked import BENEFITS

SMALLEST = 10
MONTHS = 12


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
    errors: dict[str, list[Share]]


STEPS = ("initial", "additional", "g845", "open")
OUTCOMES = ("source_corrected", "rejected", "other")


def figures(*, today: date) -> Figures:
    """The twelve months before this one. One query, and no number below ten."""
    first = today.replace(day=1)
    for _month in range(MONTHS):
        first = month_before(first)
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
    """Each group's part of the whole; small numbers are hidden."""
    whole = sum(counts.values())
    given = {group: counts.get(group, 0) for group in groups}
    hidden = kept_back(given, {group for group, count in given.items() if 0 < count < SMALLEST})
    return tuple(
        Share(group, None, None)
        if group in hidden
        else Share(group, given[group], round(100 * given[group] / whole, 1) if whole else 0.0)
        for group in groups
    )


def kept_back(counts: dict[str, int], small: Iterable[str]) -> set[str]:
    """The small numbers, and as many of the next smallest as it takes that none can be found

    by subtraction: at least two are hidden, which together are ten or more.
    """
    hidden = set(small)
    others = sorted(
        (group for group, count in counts.items() if count and group not in hidden),
        key=lambda group: counts[group],
    )
    while hidden and others and not _safe(counts, hidden):
        hidden.add(others.pop(0))
    return hidden


def _safe(counts: dict[str, int], hidden: set[str]) -> bool:
    some = [counts[group] for group in hidden if counts[group]]
    return not some or (len(some) > 1 and sum(some) >= SMALLEST)


def _outcomes(rows: list[Figure]) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.measure == "correction" and row.group != "joined":
            known = row.group in ("source_corrected", "rejected")
            counted[row.group if known else "other"] += row.cases
    return counted


def _errors(rows: list[Figure]) -> dict[str, list[Share]]:
    """By each sort of group; a share only where it rests on ten cases with an error and ten

    without. The largest groups first.
    """
    cases: dict[str, dict[str, int]] = {sort: defaultdict(int) for sort in SORTS}
    parts: dict[str, dict[str, int]] = {sort: defaultdict(int) for sort in SORTS}
    for row in rows:
        sort, _colon, group = row.group.partition(":")
        if row.measure == "error" and sort in SORTS:
            cases[sort][group] += row.cases
            parts[sort][group] += row.part or 0
    return {sort: _errors_of(cases[sort], parts[sort]) for sort in SORTS}


def _errors_of(cases: dict[str, int], parts: dict[str, int]) -> list[Share]:
    no_count = kept_back(cases, {group for group, count in cases.items() if count < SMALLEST})
    no_share = no_count | kept_back(
        parts,
        {
            group
            for group, count in cases.items()
            if parts[group] < SMALLEST or count - parts[group] < SMALLEST
        },
    )
    return [
        Share(
            group,
            None if group in no_count else count,
            None if group in no_share else round(100 * parts[group] / count, 1),
        )
        for group, count in sorted(cases.items(), key=lambda item: (-item[1], item[0]))
    ]


# The sorts of groups, in the order of the page: how each is called, and its groups.
SORTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "standing": (
        _("By what the document shows"),
        {
            "citizen": _("Citizens"),
            "resident": _("Permanent residents"),
            "refugee": _("Refugees and asylees"),
            "worker": _("People with a work card"),
            "student": _("Students and exchange visitors"),
            "visitor": _("Visitors and other arrivals"),
            "other": _("Other documents"),
        },
    ),
    "document": (_("By document"), DOCUMENT_NAMES),
    "program": (_("By program"), BENEFITS),
    "age": (
        _("By age"),
        {
            "child": _("Under 18 years"),
            "adult": _("18 to 64 years"),
            "elder": _("65 years or more"),
        },
    ),
    "name": (
        _("By family name"),
        {"one": _("One word"), "several": _("Several words, a hyphen or an apostrophe")},
    ),
}


@dataclass(frozen=True, slots=True)
class Named:
    name: Any
    share: Share


def in_words(errors: dict[str, list[Share]]) -> list[tuple[Any, list[Named]]]:
    """The sorts that have groups, each by its title, and the groups by their names."""
    return [
        (title, [Named(names.get(share.group, share.group), share) for share in errors[sort]])
        for sort, (title, names) in SORTS.items()
        if errors[sort]
    ]
