"""Where a case stands, in words for its applicant (S7.1). Never a status, never a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from verification import deadlines
from verification.enums import Wish
from verification.lifecycles.case import CaseStatus

if TYPE_CHECKING:
    from verification.models import Case


@dataclass(frozen=True, slots=True)
class Words:
    """What a step of a case means to its applicant; `turn` is who has to act."""

    where: str
    turn: str
    agency_must: tuple[str, ...]
    you_can: tuple[str, ...]
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Dates:
    """`since` when, and `by` when with `why_by`, where a date was promised; as the reader writes

    dates, or "".
    """

    since: str
    by: str
    why_by: str
    late: bool


def has_asked(case: Case) -> bool:
    """Whether the applicant wants additional verification."""
    return case.wish == Wish.WANTS


def words_of(status: str, *, agency: str, asked: bool) -> Words:
    """What the applicant reads. The agency's name is the only name on it."""
    must_not_deny = _(
        "It must not delay, deny, reduce or end your benefit because of your immigration status "
        "before the check has ended."
    )
    tell_you = _("It must tell you what SAVE answered.")
    ask_agency = _("Ask the agency what it still needs from you, and say your case number.")
    correct = _("If you think that a record is wrong, ask the office that keeps it to correct it.")
    may_ask = False
    must: tuple[str, ...]
    can: tuple[str, ...]
    if status == CaseStatus.INITIAL_CONFIRMED:
        where = _("SAVE has answered the agency. The agency now goes on with your application.")
        turn, must, can = agency, (tell_you,), (ask_agency,)
    elif status == CaseStatus.INITIAL_UNCONFIRMED:
        where = _(
            "SAVE could not finish with its first search. This decides nothing, and says nothing "
            "about you. A person can look further."
        )
        turn = agency
        must = (
            _("It must tell you so, and ask whether you want additional verification."),
            _("If you want additional verification, it must request it."),
            must_not_deny,
        )
        can = (
            _(
                "Look at your document together with the caseworker: was everything copied "
                "correctly?"
            ),
            correct,
        )
        if asked:
            can = (_("You have asked for additional verification. The agency was told."), *can)
        may_ask = not asked
    elif status in (CaseStatus.ADDITIONAL_REQUESTED, CaseStatus.ADDITIONAL_IN_REVIEW):
        where = _("A person at SAVE, the status verifier, is looking further.")
        turn, must, can = "SAVE", (must_not_deny,), (_("You need to do nothing now."), correct)
    elif status in (CaseStatus.ADDITIONAL_ANSWERED, CaseStatus.G845_ANSWERED):
        where = _("The status verifier has answered the agency.")
        turn, must, can = agency, (tell_you,), (ask_agency, correct)
    elif status == CaseStatus.G845_RECOMMENDED:
        where = _("SAVE needs copies of your documents.")
        turn = agency
        must = (_("It must send a form and copies of your documents to SAVE."), must_not_deny)
        can = (_("Take your original documents to the agency, so that it can copy them."),)
    elif status in (CaseStatus.G845_MAILED, CaseStatus.G845_IN_REVIEW):
        where = _("SAVE has the form with copies of your documents, or they are on their way.")
        turn, must, can = "SAVE", (must_not_deny,), (_("You need to do nothing now."), correct)
    else:
        where = _("SAVE has finished with this case. The agency has the answer.")
        turn, must, can = agency, (tell_you,), (ask_agency, correct)
    return Words(where=where, turn=turn, agency_must=must, you_can=can, may_ask=may_ask)


def dates_of(case: Case, *, today: date) -> Dates:
    """Since when it is so, and what was promised."""
    promised = deadlines.promised(case)
    return Dates(
        since=_day(deadlines.local_date(case.last_action_at, case.agency.time_zone)),
        by=_day(promised.on) if promised else "",
        why_by=_why(promised) if promised else "",
        late=bool(promised and promised.on < today),
    )


def _why(promised: deadlines.Deadline) -> str:
    """Why this date, from the same stored facts as on the agency's page."""
    facts = promised.because
    if "working_days" not in facts or "from" not in facts:
        return ""
    start = date.fromisoformat(facts["from"])
    text = _("%(days)s working days after %(date)s; weekends do not count.") % {
        "days": facts["working_days"],
        "date": _day(start),
    }
    skipped = [_day(date.fromisoformat(gap["on"])) for gap in facts.get("skipped", [])]
    if skipped:
        text += " " + _("Not counted either: %(days)s.") % {"days": "; ".join(skipped)}
    return text


def _day(day: date) -> str:
    return _written(day, get_language())


@lru_cache(maxsize=4096)
def _written(day: date, language: str | None) -> str:
    """The day in a language; the same few days stand on most pages."""
    return date_format(day, "DATE_FORMAT")
