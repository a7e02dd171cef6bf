"""Filters that somebody keeps under a name."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from verification.errors import CaseError
from verification.models import SavedView

MOST_VIEWS = 20
NAME_LENGTH = 40


@transaction.atomic
def save(*, by: User, at: datetime, name: str, query: str) -> SavedView:
    """Keep the filters of `query` (an address's parameters) under a name; the same name again

    replaces them.
    """
    name = " ".join(name.split())[:NAME_LENGTH]
    if not name:
        raise CaseError("Give the view a name. Nothing was saved.")
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if SavedView.objects.filter(user=by).exclude(name=name).count() >= MOST_VIEWS:
        raise CaseError(f"You have {MOST_VIEWS} views, the most there can be. Remove one.")
    view, _ = SavedView.objects.update_or_create(
        user=by, name=name, defaults={"query": query[:400], "agency_id": by.agency_id}
    )
    _record("view.saved", view.pk, by=by, at=at)
    return view


@transaction.atomic
def remove(*, by: User, at: datetime, view_id: int) -> None:
    """Forget a view of one's own; one that is not there is forgotten already."""
    removed, _ = SavedView.objects.filter(pk=view_id, user=by).delete()
    if removed:
        _record("view.removed", view_id, by=by, at=at)


def _record(verb: str, view_id: int, *, by: User, at: datetime) -> None:
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="saved_view",
        subject_id=view_id,
        agency_id=by.agency_id,
    )
