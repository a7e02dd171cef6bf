"""Whether an account has a second factor: a passkey or an authenticator app."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from save_portal.accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())


def factors_of(user: User) -> list[str]:
    """The second factors of an account in plain words."""
    names = {
        Authenticator.Type.TOTP: "Authenticator app",
        Authenticator.Type.WEBAUTHN: "Passkey or security key",
        Authenticator.Type.RECOVERY_CODES: "Recovery codes",
    }
    types = Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True)
    return sorted(names[Authenticator.Type(kind)] for kind in set(types))
