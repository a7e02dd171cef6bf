"""Signing in again before a text is signed (S5.1)."""

from __future__ import annotations

import time

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

# So long after typing the password or touching the passkey again a text can be signed.
FRESH_SECONDS = 10 * 60


def signed_in_again(request: HttpRequest) -> bool:
    """Whether the password or the passkey was given anew, not long ago."""
    return any(
        record.get("reauthenticated") and record.get("at", 0) > time.time() - FRESH_SECONDS
        for record in get_authentication_records(request, request.user)
    )


def sign_in_again(here: str) -> HttpResponse:
    """Leads to the password or the passkey, and back to the page to sign."""
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': here})}")
