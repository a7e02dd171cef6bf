"""An agreement in force is suspended, extended, ended; its end is announced and comes (S5)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agreements.enums import Kind
from agreements.errors import AgreementError
from agreements.lifecycles.agreement import AgreementStatus
from agreements.models import Agreement, EndReminder
from agreements.services.locking import lock, save, tell_agency
from agreements.services.negotiation import reason_for
from agreements.services.signing import months_after
from agreements.text import CMA_EXTENSION_MONTHS
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import system_scope
from save_portal.calendar.local import local_date

DAYS_BEFORE = (90, 30, 7)
S = AgreementStatus


@transaction.atomic
def suspend(*, number: str, version: int, message: str, by: User, at: datetime) -> Agreement:
    """No new case from now on; a case being submitted comes before or is refused."""
    agreement = lock(number, "suspend", version=version, by=by)
    agreement.suspend(message=reason_for(message))
    save(agreement, "suspended", by=by, at=at, data={"message": agreement.message})
    tell_agency(agreement, f"It is suspended: {agreement.message}", at=at)
    return agreement


@transaction.atomic
def reinstate(*, number: str, version: int, by: User, at: datetime) -> Agreement:
    """The reason is mended."""
    agreement = lock(number, "reinstate", version=version, by=by)
    agreement.reinstate()
    save(agreement, "reinstated", by=by, at=at)
    tell_agency(agreement, "The suspension is lifted.", at=at)
    return agreement


@transaction.atomic
def extend(*, number: str, version: int, by: User, at: datetime) -> Agreement:
    """A computer matching agreement goes on once, by twelve months."""
    agreement = lock(number, "extend", version=version, by=by)
    if agreement.kind != Kind.CMA or agreement.extended_on is not None:
        raise AgreementError("Only a computer matching agreement is extended, and only once.")
    until = months_after(agreement.term.upper, CMA_EXTENSION_MONTHS)
    agreement.extend(until=until, on=at.date())
    save(agreement, "extended", by=by, at=at, data={"until": until.isoformat()})
    tell_agency(agreement, f"It is extended: it holds before {until:%B %-d, %Y}.", at=at)
    return agreement


@transaction.atomic
def terminate(*, number: str, version: int, message: str, by: User, at: datetime) -> Agreement:
    """A party ends it today."""
    agreement = lock(number, "terminate", version=version, by=by)
    assert agreement.agency is not None
    today = local_date(at, agreement.agency.time_zone)
    agreement.terminate(message=reason_for(message), on=today)
    save(agreement, "terminated", by=by, at=at, data={"message": agreement.message})
    tell_agency(agreement, f"It was ended: {agreement.message}", at=at)
    return agreement


def run_timetable(*, at: datetime) -> int:
    """Announce ends 90, 30 and 7 days before, once each, and let terms end; how many acts.

    Each agreement is a transaction of its own; one that somebody works on waits for the next run.
    """
    acts = 0
    with system_scope():
        keys = list(
            Agreement.objects.filter(status__in=(S.IN_FORCE, S.EXPIRING, S.SUSPENDED)).values_list(
                "pk", flat=True
            )
        )
    for key in keys:
        with system_scope():
            acts += _step(key, at=at)
    return acts


def _step(key: int, *, at: datetime) -> int:
    agreement = (
        Agreement.objects.select_related("agency")
        .select_for_update(of=("self",), skip_locked=True)
        .filter(pk=key, status__in=(S.IN_FORCE, S.EXPIRING, S.SUSPENDED))
        .first()
    )
    if agreement is None:
        return 0
    assert agreement.agency is not None
    today = local_date(at, agreement.agency.time_zone)
    left = (agreement.term.upper - today).days
    if left <= 0:
        agreement.expire()
        save(agreement, "expired", by=None, at=at)
        tell_agency(agreement, "Its term is over: no new case can be begun.", at=at)
        return 1
    acts = 0
    if left <= max(DAYS_BEFORE) and agreement.status == S.IN_FORCE:
        agreement.begin_to_expire()
        save(agreement, "expiring", by=None, at=at)
        acts += 1
    passed = [days for days in DAYS_BEFORE if left <= days]
    if passed and agreement.agency.is_active:
        _, new = EndReminder.objects.get_or_create(
            agreement=agreement,
            days=passed[-1],
            ends_before=agreement.term.upper,
            defaults={"at": at},
        )
        if new:
            agreement.touch(by=None, act="end_announced")
            agreement.save()
            tell_agency(agreement, f"It ends in {left} days. Renew it before.", at=at)
            acts += 1
    return acts
