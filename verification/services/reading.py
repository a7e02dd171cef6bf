"""Noting that somebody of the agency has opened an answer, so that it no longer waits unread."""

from __future__ import annotations

from datetime import datetime

from save_portal import audit
from save_portal.accounts.models import User
from verification import policies
from verification.models import Case


def mark_read(*, case: Case, by: User, at: datetime) -> None:
    """Take a case from "Answers to read" once its page is shown to somebody who acts on it.

    No act: version and the 180 days stay. An answer that came after the page was read stays unread.
    """
    if case.unread_since is None or not policies.can_act_on(by=by, case=case):
        return
    shown = Case.objects.filter(pk=case.pk, unread_since=case.unread_since)
    if shown.update(unread_since=None, changed_by=by, change_reason="case.answer_opened"):
        audit.record(
            "case.answer_opened",
            by=by,
            at=at,
            subject_type="case",
            subject_id=case.number,
            agency_id=case.agency_id,
        )
