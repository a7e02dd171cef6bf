"""Looks that the law lets the program show to the person later: dated rules, only ever added.

Who looked at a record is the person's to know (S10.3). A rule that delays it names its purpose,
its days and its law, holds from a day in the future, and stands on the person's own page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from casecheck.models import DelayRule
from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from save_portal.calendar.local import local_date
from verification.enums import Benefit
from verification.errors import InvalidSubmission, NotPermitted

LONGEST_CITATION = 200
# The person reads the page in one of ten languages, so a rule has no words of its own: only the
# law's citation, which is the same in all of them. Several are parted by semicolons.
CITATION = re.compile(
    r"\d{1,3} (?:USC|CFR|FR) \d[\w.-]*(?:\(\w{1,6}\))*"
    r"|Pub\. L\. \d{1,3}-\d{1,4}(?:, sec\. \d[\w.-]*(?:\(\w{1,6}\))*)?"
    r"|EO \d{4,5}",
    re.ASCII,
)
# Three years: what is kept back longer than that would never be told.
MOST_DAYS = 1095


def check_sets_delays(*, by: User) -> None:
    """Raise `NotPermitted` unless this person is of the program office (S10.3)."""
    if not by.can(Permission.MANAGE_PROGRAM):
        raise NotPermitted("Only the program office sets what is shown later.", rule="S10.3")


@transaction.atomic
def set_delay(
    *, purpose: str, days: int, effective_from: date, basis: str, by: User, at: datetime
) -> DelayRule:
    """Have looks for a purpose shown `days` later from a day on; 0 days ends a delay.

    Never backwards: a look keeps the rule of its day, and `effective_from` is tomorrow at the
    earliest. Raises `InvalidSubmission` by field.
    """
    check_sets_delays(by=by)
    today = local_date(at, settings.TIME_ZONE)
    errors: dict[str, str] = {}
    if purpose not in Benefit.values:
        errors["purpose"] = "Choose the purpose whose looks are shown later."
    if not 0 <= days <= MOST_DAYS:
        errors["days"] = f"Give 0 to {MOST_DAYS:,} days. With 0 the delay ends."
    if effective_from <= today:
        errors["effective_from"] = (
            "Choose a day after today: looks of earlier days keep their rule."
        )
    basis = citation_of(basis)
    if not basis:
        errors["basis"] = (
            "Write the law as it is cited, and nothing else: 5 USC 552a(c)(3), 28 CFR 16.96, "
            "73 FR 75445, Pub. L. 107-296 or EO 12333. CaseCheck says the rest in the person’s "
            "language."
        )
    elif len(basis) > LONGEST_CITATION:
        errors["basis"] = f"Write at most {LONGEST_CITATION} characters."
    if errors:
        raise InvalidSubmission(errors)
    rule = DelayRule.objects.create(
        purpose=purpose,
        days=days,
        effective_from=effective_from,
        basis=basis,
        at=at,
        by=by,
    )
    audit.record(
        "set_delay_rule",
        by=by,
        at=at,
        subject_type="delay_rule",
        subject_id=rule.pk,
        data={
            "purpose": purpose,
            "days": days,
            "effective_from": effective_from.isoformat(),
            "basis": rule.basis,
        },
    )
    return rule


def citation_of(typed: str) -> str:
    """The citations in their usual form, or "" where something is none."""
    plain = " ".join(typed.replace("U.S.C.", "USC").replace("C.F.R.", "CFR").split())
    parts = [part.strip() for part in plain.split(";")]
    return "; ".join(parts) if all(CITATION.fullmatch(part) for part in parts) else ""


@dataclass(frozen=True, slots=True)
class Rules:
    """`holding` delay looks of today, one a purpose; `rows` is all that was set, newest first."""

    holding: list[DelayRule]
    rows: list[DelayRule]


def rules(*, today: date) -> Rules:
    """What holds and what was set. One query, whatever the number."""
    rows = list(DelayRule.objects.select_related("by").order_by("-effective_from", "-id"))
    newest: dict[str, DelayRule] = {}
    for rule in reversed(rows):
        if rule.effective_from <= today:
            newest[rule.purpose] = rule
    return Rules([rule for _, rule in sorted(newest.items()) if rule.days], rows)
