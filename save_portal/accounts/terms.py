"""The terms of use: which version is in force, and who accepted it in which session (S3.5)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import TermsAcceptance, User

VERSION = "2026-11"
ACCEPTED = "terms_accepted"


def accepted_in(session: SessionBase) -> bool:
    """Whether the version in force was accepted since this sign-in."""
    return session.get(ACCEPTED) == VERSION


def session_hash(session: SessionBase) -> str:
    """Names the session in the record without giving its key away."""
    return hashlib.sha256((session.session_key or "").encode()).hexdigest()


def accept(*, session: SessionBase, by: User, at: datetime) -> None:
    """Records the acceptance once a session, with an audit event, and opens the portal."""
    with transaction.atomic():
        _, added = TermsAcceptance.objects.get_or_create(
            user=by,
            session_key_hash=session_hash(session),
            defaults={"version": VERSION, "accepted_at": at},
        )
        if added:
            audit.record(
                "accepted_terms_of_use",
                by=by,
                at=at,
                subject_type="user",
                subject_id=by.pk,
                agency_id=by.agency_id,
                data={"version": VERSION},
            )
    session[ACCEPTED] = VERSION
