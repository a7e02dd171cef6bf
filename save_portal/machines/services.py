"""Making, changing over and ending the clients of an agency."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import Agency, User
from save_portal.accounts.roles import Permission
from save_portal.machines import certificates
from save_portal.machines.models import Client, ClientSecret
from save_portal.machines.oauth import digest
from save_portal.machines.sandbox import machine_account

MOST_SECRETS = 2
TEST = "test_"  # how the credentials of a sandbox begin, so that nobody takes them for others


class ClientError(Exception):
    """A refusal that was foreseen, with a sentence for the person; nothing was changed."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def may_manage(user: User) -> bool:
    """Whether this person makes and ends clients: the administrator of the agency."""
    return user.agency_id is not None and user.can(Permission.MANAGE_PEOPLE)


@transaction.atomic
def make_client(
    *,
    agency: Agency,
    name: str,
    access_mode: str,
    benefits: Iterable[str],
    by: User | None,
    at: datetime,
) -> tuple[Client, str]:
    """A client with its first secret, which is given here and never again.

    `by=None` is the operator's command. What the agreement permits is the caller's to check.
    """
    _check_manages(by, agency)
    name, asked = " ".join(name.split()), list(dict.fromkeys(benefits))
    if not name or len(name) > 100:
        raise ClientError("Give the system a name of 1 to 100 characters.", field="name")
    if not asked:
        raise ClientError("Tick at least one benefit that it asks for (S5.3).", field="benefits")
    client_id = f"{TEST if agency.is_sandbox else ''}{secrets.token_hex(16)}"
    account = machine_account(agency=agency, name=name)
    client = Client.objects.create(
        client_id=client_id,
        client_secret=f"client:{client_id}",
        hash_client_secret=False,
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        name=name,
        agency=agency,
        user=account,
        access_mode=access_mode,
        benefits=asked,
        made_at=at,
        made_by=by,
    )
    secret = _new_secret(client, at=at)
    _record("client.made", client, by=by, at=at, data={"mode": access_mode, "benefits": asked})
    return client, secret


@transaction.atomic
def add_secret(*, client_id: int, by: User, at: datetime) -> tuple[Client, str]:
    """A second secret beside the first, for the change over; the first holds until it is ended."""
    client = _locked(client_id, by=by)
    if client.ended_at is not None:
        raise ClientError("This system was ended. Make a new one.")
    if client.secrets.filter(ended_at__isnull=True).count() >= MOST_SECRETS:
        raise ClientError(
            "Two secrets hold already. End the one that is no longer in use, then make another."
        )
    secret = _new_secret(client, at=at)
    _record("client.secret_made", client, by=by, at=at, data={"hint": secret[-4:]})
    return client, secret


@transaction.atomic
def end_secret(*, client_id: int, secret_id: int, by: User, at: datetime) -> Client:
    """End a secret at once, and every token of the client with it. Ended twice is ended."""
    client = _locked(client_id, by=by)
    secret = client.secrets.filter(pk=secret_id).first()
    if secret is None:
        raise ClientError("There is no such secret.")
    if secret.ended_at is None:
        secret.ended_at = at
        secret.save(update_fields=["ended_at"])
        _end_tokens(client)
        _record("client.secret_ended", client, by=by, at=at, data={"hint": secret.hint})
    return client


@transaction.atomic
def bind_certificate(*, client_id: int, certificate: str, by: User, at: datetime) -> Client:
    """Let the client come only with this TLS certificate; with an empty text, with any or none.

    `certificate` is PEM, or the SHA-256 of it in hex. Tokens that are out hold with it alone.
    """
    client = _locked(client_id, by=by)
    if client.ended_at is not None:
        raise ClientError("This system was ended. Make a new one.")
    try:
        bound = certificates.fingerprint(certificate) if certificate.strip() else ""
    except ValueError:
        raise ClientError(
            "Paste the certificate in PEM, or its SHA-256: 64 digits and letters a to f.",
            field="certificate",
        ) from None
    if client.certificate != bound:
        client.certificate = bound
        client.save(update_fields=["certificate"])
        _record("client.certificate_bound", client, by=by, at=at, data={"sha256": bound})
    return client


@transaction.atomic
def end_client(*, client_id: int, by: User, at: datetime) -> Client:
    """End a client at once: its secrets, its tokens, its account. Its cases stay."""
    client = _locked(client_id, by=by)
    if client.ended_at is None:
        client.ended_at, client.ended_by = at, by
        client.save(update_fields=["ended_at", "ended_by"])
        client.secrets.filter(ended_at__isnull=True).update(ended_at=at)
        _end_tokens(client)
        client.user.is_active, client.user.ended_at = False, at
        client.user.save(update_fields=["is_active", "ended_at"])
        _record("client.ended", client, by=by, at=at, data={})
    return client


def _new_secret(client: Client, *, at: datetime) -> str:
    secret = f"{TEST if client.is_test else ''}{secrets.token_urlsafe(48)}"
    ClientSecret.objects.create(
        client=client,
        agency_id=client.agency_id,
        digest=digest(secret),
        hint=secret[-4:],
        made_at=at,
    )
    return secret


def _end_tokens(client: Client) -> None:
    client.accesstoken_set.all().delete()


def _locked(client_id: int, *, by: User) -> Client:
    client: Client | None = (
        Client.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("agency", "user")
        .filter(pk=client_id)
        .first()
    )
    if client is None:
        raise ClientError("There is no such system in your agency.")
    _check_manages(by, client.agency)
    return client


def _check_manages(by: User | None, agency: Agency) -> None:
    own = by is not None and by.agency_id in (agency.pk, agency.sandbox_of_id)
    if by is not None and not (may_manage(by) and own):
        raise ClientError("Only an administrator of the agency manages its systems.")


def _record(
    verb: str, client: Client, *, by: User | None, at: datetime, data: dict[str, object]
) -> None:
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="client",
        subject_id=client.client_id,
        agency_id=client.agency_id,
        data={"name": client.name, **data},
    )
