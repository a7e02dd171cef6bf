"""The page of a case, drawn once for all cases of a sort and filled for each.

It is the page that is asked for most, and drawing it anew took most of its time. Of ten thousand
cases that wait for the same in a language it differs in a number, a name and some dates. So the
template is drawn with marks in their place, and what it leaves between the marks is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.conf import settings
from django.utils import translation

from casecheck.states import Dates, words_of
from casecheck.views.page import draw

# In no text: Unicode leaves these to private agreement.
MARK = "\ue000{}\ue001"
MARKS = re.compile("\ue000([a-z]+)\ue001")


@dataclass(frozen=True, slots=True)
class Sort:
    """All that decides how the page of a case is drawn, but for what is filled in."""

    language: str
    status: str
    asked: bool
    """The applicant wants additional verification; `just_now`: by the click that led here."""
    just_now: bool
    promised: bool
    explained: bool
    late: bool


def case_page(
    sort: Sort, *, number: str, agency: str, dates: Dates, proof: str, followed: str
) -> str:
    """The page; `followed` is HTML, the rest is text."""
    values = {
        "number": escape(number),
        "agency": escape(agency),
        "since": escape(dates.since),
        "by": escape(dates.by),
        "why": escape(dates.why_by),
        "proof": escape(proof),
        "followed": followed,
    }
    texts, names = _drawn(sort, demo=settings.DEMO)
    filled = [texts[0]]
    for name, text in zip(names, texts[1:], strict=True):
        filled += (values[name], text)
    return "".join(filled)


@lru_cache(maxsize=512)
def _drawn(sort: Sort, *, demo: bool) -> tuple[list[str], list[str]]:
    """The texts of the page, and the names of what stands between each two."""
    marks = {
        name: MARK.format(name)
        for name in ("number", "agency", "since", "by", "why", "proof", "followed")
    }
    with translation.override(sort.language):
        drawn = draw(
            "case",
            sort.language,
            marks
            | {
                "words": words_of(sort.status, agency=marks["agency"], asked=sort.asked),
                "dates": Dates(
                    since=marks["since"],
                    by=marks["by"] if sort.promised else "",
                    why_by=marks["why"] if sort.explained else "",
                    late=sort.late,
                ),
                "asked": sort.just_now,
            },
        )
    pieces = MARKS.split(drawn)
    return pieces[::2], pieces[1::2]
