"""What other apps know about a person, as columns of the page of people.

The kernel imports none of the apps. Each registers what it has to say: training, open cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from save_portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said of one person: words, how urgent (`over`, `soon`, or nothing), where it leads.

    `remark` is a sentence for the person's own page.
    """

    text: str
    tone: str = ""
    address: str = ""
    remark: str = ""


Cells = Callable[[Sequence[User], User, datetime], dict[int, Cell]]


@dataclass(frozen=True, slots=True)
class Column:
    """`cells(people, by, at)` gives the cells by the people's keys, in one query at most."""

    name: str
    label: str
    cells: Cells


_columns: dict[str, Column] = {}


def register(column: Column) -> None:
    _columns[column.name] = column


def columns() -> list[Column]:
    """In the order of their names, whichever app was ready first."""
    return [_columns[name] for name in sorted(_columns)]
