"""The first step of every write: find the agreement as this person may, and lock its row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django_fsm import can_proceed

from agreements import policies
from agreements.errors import NoSuchAgreement, StaleAgreement, WrongStatus
from agreements.models import Agreement
from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.outbox import queue

STALE = (
    "Somebody changed this agreement after your page was shown. Nothing of yours was saved: "
    "look at it as it is now and do it again."
)


def lock_row(number: str, *, by: User) -> Agreement:
    """The agreement, locked, if this person may see it."""
    agreement: Agreement | None = (
        Agreement.objects.visible_to(by).select_for_update().filter(number=number).first()
    )
    if agreement is None:
        raise NoSuchAgreement("There is no such agreement among those you may see.")
    return agreement


def check_version(agreement: Agreement, version: int) -> None:
    """Raise `StaleAgreement` where the page showed an older state."""
    if agreement.version != version:
        raise StaleAgreement(STALE)


def lock(number: str, move: str, *, version: int, by: User) -> Agreement:
    """The agreement, locked, if this person may make the move, now, on what the page showed."""
    agreement = lock_row(number, by=by)
    policies.check_can_make(
        move, by=by, agreement=agreement, signatory=policies.has_authority(by, agreement)
    )
    if not can_proceed(getattr(agreement, move)):
        raise WrongStatus(
            f"This cannot be done now: the agreement is “{agreement.get_status_display()}”. "
            "Somebody may have been faster; look at it as it is now."
        )
    check_version(agreement, version)
    return agreement


def save(
    agreement: Agreement, act: str, *, by: User | None, at: datetime, data: Any = None
) -> Agreement:
    """Write it with its history and its audit event."""
    agreement.touch(by=by, act=act)
    agreement.save()
    audit.record(
        f"agreement.{act}",
        by=by,
        at=at,
        subject_type="agreement",
        subject_id=agreement.number,
        agency_id=agreement.agency_id,
        data=data or {},
    )
    return agreement


def tell_agency(agreement: Agreement, what: str, *, at: datetime) -> None:
    """One mail to each administrator of the agency: what happened, and where to look."""
    administrators = User.objects.filter(
        agency_id=agreement.agency_id, role=Role.AGENCY_ADMINISTRATOR, is_active=True
    )
    for user_id in administrators.values_list("pk", flat=True):
        queue.mail(
            to_user_id=user_id,
            template="agreement",
            context={"number": agreement.number, "what": what},
            key=f"agreement:{agreement.number}:{agreement.version}:{user_id}",
        )
