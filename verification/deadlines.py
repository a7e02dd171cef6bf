"""Every date of a case, computed in this one place (S3.2, S3.6, S3.7, S3.10).

A `Deadline` is a day (`.on`) and the facts that lead to it (`.because`), which `.in_words()` turns
into the sentence that page, mail and PDF show alike. A promised day is stored together with its
facts and never moves: when the calendar changes afterwards, the sentence says what changed and
which day would be counted now. Days are those of the agency's zone, working days are federal ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from save_portal.calendar.federal import FederalCalendar, federal_calendar
from save_portal.calendar.local import local_date as local_date
from verification.enums import Promise
from verification.models import AnswerTime

if TYPE_CHECKING:
    from save_portal.accounts.models import Agency
    from verification.models import Case

DAYS_OPEN = 180
WARNINGS = (14, 3)

# What holds until the program sets another number of days (S3.2, S3.10).
STANDARD: dict[str, tuple[int, int]] = {
    Promise.NOTICE: (0, 2),
    Promise.ADDITIONAL: (3, 5),
    Promise.G845: (10, 20),
    Promise.CORRECTION: (10, 20),
}
RULES: dict[str, str] = {
    Promise.NOTICE: "The applicant is told within {most} federal working days.",
    Promise.ADDITIONAL: "Additional verification is answered in {range} federal working days.",
    Promise.G845: "A Form G-845 is answered in {range} federal working days from mailing.",
    Promise.CORRECTION: "The owner of a record replies in {range} federal working days.",
}
OFFICES_ZONE = "America/New_York"  # the program's offices work by Washington's day


@dataclass(frozen=True, slots=True)
class Deadline:
    """A promised day and the facts behind it, ready to be stored and shown.

    `because` is JSON: `rule` (a sentence), `from` (ISO date), and either `working_days` with
    `skipped` (`[{"on", "name"}]`) or `days` (calendar days).
    """

    on: date
    because: dict[str, Any]

    def in_words(self) -> str:
        """Why this date: the rule, the count, the days left out, and what changed since."""
        if "from" not in self.because:
            return str(self.because.get("rule", ""))
        start = date.fromisoformat(self.because["from"])
        begun = _short(start, beside=self.on)
        if "days" in self.because:
            return f"{self.because['rule']} That is {self.because['days']} days from {begun}."
        days = self.because["working_days"]
        unit = "day" if days == 1 else "days"
        left_out = [
            f"{gap['name']} on {_short(date.fromisoformat(gap['on']), beside=self.on)}"
            for gap in self.because.get("skipped", [])
        ]
        skipped = f"; {_listed(left_out)} left out" if left_out else ""
        counted = f"That is {days} federal working {unit} from {begun}{skipped}."
        return " ".join(filter(None, [self.because["rule"], counted, self.changed_since()]))

    def changed_since(self) -> str:
        """What the calendar says today, where that is no longer what was promised; else empty."""
        if "working_days" not in self.because or "from" not in self.because:
            return ""
        calendar = federal_calendar()
        start = date.fromisoformat(self.because["from"])
        counted = calendar.add_working_days(start, self.because["working_days"])
        if counted == self.on:
            return ""
        was = {gap["on"]: gap["name"] for gap in self.because.get("skipped", [])}
        now = {day.isoformat(): name for day, name in calendar.skipped_days(start, self.on)}
        changes = [
            f"offices are closed on {_short(date.fromisoformat(day), beside=self.on)} ({name})"
            for day, name in now.items()
            if day not in was
        ] + [
            f"offices work on {_short(date.fromisoformat(day), beside=self.on)} after all"
            for day in was
            if day not in now
        ]
        told = f"Declared since: {_listed(changes, verb='')}. " if changes else ""
        return f"{told}Counted today it would be {long(counted)}; the promise stands."


def long(day: date) -> str:
    """A day as page, mail and PDF write it: December 1, 2026."""
    return f"{day:%B} {day.day}, {day.year}"


def counted(
    rule: str, days: int, *, start: date, calendar: FederalCalendar | None = None
) -> Deadline:
    """The `days`-th federal working day after `start`, with the days that were left out."""
    calendar = calendar or federal_calendar()
    due = calendar.add_working_days(start, days)
    skipped = calendar.skipped_days(start, due)
    return Deadline(
        on=due,
        because={
            "rule": rule,
            "working_days": days,
            "from": start.isoformat(),
            "skipped": [{"on": day.isoformat(), "name": name} for day, name in skipped],
        },
    )


def follow_up(*, at: datetime, agency: Agency) -> Deadline:
    """By when the agency looks at an initial answer: its own number of federal working days."""
    return counted(
        "Your agency gives this long to follow an initial answer.",
        agency.prompt_days,
        start=local_date(at, agency.time_zone),
    )


def applicants_notice(*, at: datetime, agency: Agency) -> Deadline:
    """By when the applicant is told that SAVE could not confirm (S3.7, S5.2)."""
    return notice_from(local_date(at, agency.time_zone))


def notice_from(answered_on: date) -> Deadline:
    """By when the applicant is told of an answer of that day (S3.7, S5.2)."""
    return _promised(Promise.NOTICE, start=answered_on)


def additional(*, at: datetime, agency: Agency) -> Deadline:
    """By when a status verifier answers: 3 to 5 federal working days from asking (S3.2)."""
    return _promised(Promise.ADDITIONAL, start=local_date(at, agency.time_zone))


def g845(*, mailed_on: date) -> Deadline:
    """By when a Form G-845 is answered: 20 federal working days from mailing (S3.10).

    `mailed_on` is the day in the agency's zone on which the form was mailed or copies were sent.
    """
    return _promised(Promise.G845, start=mailed_on)


def correction(*, at: datetime) -> Deadline:
    """By when the owner of a record replies to a request; the program publishes no time (S3.10)."""
    return _promised(Promise.CORRECTION, start=local_date(at, OFFICES_ZONE))


def expiry(*, last_action_at: datetime, agency: Agency) -> Deadline:
    """The day on which a case that nobody touches closes: 180 days after the last act (S3.6)."""
    start = local_date(last_action_at, agency.time_zone)
    return Deadline(
        on=start + timedelta(days=DAYS_OPEN),
        because={
            "rule": f"A case closes by itself after {DAYS_OPEN} days without action.",
            "days": DAYS_OPEN,
            "from": start.isoformat(),
        },
    )


def expires_on(*, last_action_at: datetime, time_zone: str) -> date:
    """The day of `expiry` alone, for lists."""
    return local_date(last_action_at, time_zone) + timedelta(days=DAYS_OPEN)


def promised(case: Case) -> Deadline | None:
    """What was promised for the case as it stands, with its facts."""
    return Deadline(on=case.due_on, because=case.due_because) if case.due_on else None


def working_days_left(today: date, due: date) -> int:
    """Federal working days from today to the date; negative when it has passed."""
    return federal_calendar().working_days_between(today, due)


def days_for(promise: str, *, on: date) -> tuple[int, int]:
    """The least and the most federal working days that hold for a promise made on a day."""
    return AnswerTime.objects.in_force(promise, on=on) or STANDARD[promise]


def _promised(promise: str, *, start: date) -> Deadline:
    least, most = days_for(promise, on=start)
    shown = f"{least} to {most}" if least < most else str(most)
    return counted(RULES[promise].format(range=shown, most=most), most, start=start)


def _short(day: date, *, beside: date) -> str:
    """A day without its year where the year is plain from the date beside it."""
    return f"{day:%B} {day.day}" if day.year == beside.year else long(day)


def _listed(things: list[str], *, verb: str = " is") -> str:
    if verb and len(things) > 1:
        verb = " are"
    joined = ", ".join(things[:-1]) + " and " + things[-1] if len(things) > 1 else things[0]
    return f"{joined}{verb}"
