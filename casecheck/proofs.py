"""Signed values that pages carry instead of numbers: of a case found, of a code given."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.core import signing

MINUTES_30 = 30 * 60
CASE = "casecheck.proof"
NOTICE = "casecheck.notice"
WORK = "casecheck.work"


def sign(value: str | int, *, salt: str) -> str:
    return signing.dumps(value, salt=salt)


def read(proof: str, *, salt: str, seconds: int | None = MINUTES_30) -> str:
    """The value, or "" when the proof is none, of another kind, or too old."""
    try:
        return str(signing.loads(proof, salt=salt, max_age=seconds))
    except signing.BadSignature:
        return ""


def digest(*parts: str) -> str:
    """A keyed digest of what is not to be kept."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()
