"""Setting how long answers take: by the program office or the verifiers' supervisor, by date."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.calendar.local import local_date
from verification import policies
from verification.enums import Promise
from verification.errors import InvalidSubmission
from verification.models import AnswerTime

MOST = 60


@transaction.atomic
def set_time(
    *,
    promise: str,
    from_on: date,
    least_days: int,
    most_days: int,
    why: str,
    by: User,
    at: datetime,
) -> AnswerTime:
    """Give a promise another number of federal working days from a day on.

    Never backwards: what was promised stays, and `from_on` is tomorrow at the earliest.
    """
    policies.check_sets_answer_times(by=by)
    today = local_date(at, settings.TIME_ZONE)
    errors: dict[str, str] = {}
    if promise not in Promise.values:
        errors["promise"] = "Choose which time to set."
    if from_on <= today:
        errors["from_on"] = "Choose a day after today: what was promised before is kept."
    if not 1 <= most_days <= MOST:
        errors["most_days"] = f"Give 1 to {MOST} federal working days."
    elif not 0 <= least_days <= most_days:
        errors["least_days"] = "The fewest days cannot be more than the most."
    why = " ".join(why.split())
    if not why:
        errors["why"] = "Say why in a sentence; people read it beside the change."
    if errors:
        raise InvalidSubmission(errors)
    kept = AnswerTime.objects.create(
        promise=promise,
        from_on=from_on,
        least_days=least_days,
        most_days=most_days,
        why=why[:200],
        by=by,
        at=at,
    )
    audit.record(
        "set_answer_time",
        by=by,
        at=at,
        subject_type="answer_time",
        subject_id=kept.pk,
        data={
            "promise": promise,
            "from_on": from_on.isoformat(),
            "least_days": least_days,
            "most_days": most_days,
            "why": kept.why,
        },
    )
    return kept
