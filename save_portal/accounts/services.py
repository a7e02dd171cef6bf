"""What is done to accounts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from save_portal import audit
from save_portal.accounts import sessions
from save_portal.accounts.models import User


@transaction.atomic
def end_account(*, user_id: int, by: User | None, at: datetime) -> User:
    """Ends an account at once: no further sign-in, and every open session of it dies."""
    user: User = User.objects.select_for_update().get(pk=user_id)
    if user.is_active:
        user.is_active = False
        user.ended_at = at
        user.save(update_fields=["is_active", "ended_at"])
        audit.record(
            "ended_account",
            by=by,
            at=at,
            subject_type="user",
            subject_id=user.pk,
            agency_id=user.agency_id,
        )
    sessions.end_all(user.pk)
    return user
