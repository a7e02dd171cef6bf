"""What happens at a sign-in and when an account ends."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.utils import timezone


def signed_in(sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Starts the clock, asks for the terms of use again (S3.5) and leaves an audit event."""
    from save_portal import audit
    from save_portal.accounts import sessions, terms

    sessions.begin(request.session, time.time())
    request.session.pop(terms.ACCEPTED, None)
    audit.record(
        "signed_in",
        by=user,
        at=timezone.now(),
        subject_type="user",
        subject_id=user.pk,
        agency_id=user.agency_id,
    )


def signed_out(sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    from save_portal import audit

    if user is not None:
        audit.record(
            "signed_out",
            by=user,
            at=timezone.now(),
            subject_type="user",
            subject_id=user.pk,
            agency_id=user.agency_id,
        )


def connect() -> None:
    user_logged_in.connect(signed_in, dispatch_uid="accounts.signed_in")
    user_logged_out.connect(signed_out, dispatch_uid="accounts.signed_out")
