"""How long a session lasts: an idle limit, an absolute limit, and the end with the account."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

SIGNED_IN = "signed_in_at"
LAST_SEEN = "last_seen_at"

# The time of the last request is written at most this often, so that reading writes little.
PRECISION_SECONDS = 20


def begin(session: SessionBase, now: float) -> None:
    session[SIGNED_IN] = now
    session[LAST_SEEN] = now


def touch(session: SessionBase, now: float) -> None:
    """The person is here: the idle time starts again."""
    if SIGNED_IN not in session:
        begin(session, now)
    elif now - session.get(LAST_SEEN, 0) >= min(
        PRECISION_SECONDS, settings.SESSION_IDLE_SECONDS / 10
    ):
        session[LAST_SEEN] = now


def extend(session: SessionBase, now: float) -> None:
    """The person asked to stay: the idle time starts again at once."""
    touch(session, now)
    session[LAST_SEEN] = now


def remaining_seconds(session: SessionBase, now: float) -> int:
    """Until the nearer of the two limits; a session without times has just begun."""
    signed_in = session.get(SIGNED_IN, now)
    last_seen = session.get(LAST_SEEN, now)
    idle = last_seen + settings.SESSION_IDLE_SECONDS - now
    absolute = signed_in + settings.SESSION_ABSOLUTE_SECONDS - now
    return max(0, int(min(idle, absolute)))


def absolute_remaining_seconds(session: SessionBase, now: float) -> int:
    return max(0, int(session.get(SIGNED_IN, now) + settings.SESSION_ABSOLUTE_SECONDS - now))


def end_all(user_id: int) -> int:
    """Deletes every session of the account; the number of them."""
    ended = 0
    for session in Session.objects.iterator(chunk_size=500):
        if session.get_decoded().get("_auth_user_id") == str(user_id):
            session.delete()
            ended += 1
    return ended
