"""Whether an account has a second factor: a passkey or an authenticator app."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from save_portal.accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()
