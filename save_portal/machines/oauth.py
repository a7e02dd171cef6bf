"""OAuth 2 client credentials: which secrets hold, and who comes with a token."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from save_portal.accounts.models import User
from save_portal.machines import certificates
from save_portal.machines.models import Client, ClientSecret
from save_portal.machines.tokens import client_of


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class ClientValidator(OAuth2Validator):
    """Any of a client's live secrets opens the door; only client credentials are granted."""

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        """`stored_secret` is the mark of the client; its secrets are rows of their own."""
        now = timezone.now()
        held = ClientSecret.objects.filter(
            client__client_secret=stored_secret,
            digest=digest(provided_secret or ""),
            ended_at__isnull=True,
        )
        return bool(held.update(used_at=now))

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A secret that holds, and the certificate where the client is bound to one."""
        if not super().authenticate_client(request, *args, **kwargs):
            return False
        try:
            return not certificates.is_bound_elsewhere(request.client.certificate, request.headers)
        except certificates.NotBelieved:
            return False


class TokenAuthentication(BaseAuthentication):
    """The account of the client whose token this is. One query."""

    def authenticate(self, request: Request) -> tuple[User, Client] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, raw = header.partition(" ")
        if scheme.lower() != "bearer" or not raw.strip():
            raise AuthenticationFailed("Send the token as `Authorization: Bearer …`.")
        try:
            certificate = certificates.presented(request.META)
        except certificates.NotBelieved as refused:
            raise AuthenticationFailed(str(refused)) from None
        client = client_of(digest(raw.strip()), certificate=certificate, at=timezone.now())
        if client is None:
            raise AuthenticationFailed(
                "The token is unknown, has expired, or its client was ended. "
                "Get a new one at /oauth/token/."
            )
        if client.certificate not in ("", certificate):
            raise AuthenticationFailed(
                "The client is bound to a TLS certificate, and came without it."
            )
        return client.user, client

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="SAVE portal"'
