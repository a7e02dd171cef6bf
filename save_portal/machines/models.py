"""A machine of an agency: its client, its secrets, the answers kept for repeated requests.

Each client acts as an account of its own with the role `machine`, so that cases, charges and the
audit log name it like any other actor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from oauth2_provider.models import AbstractApplication

if TYPE_CHECKING:
    from save_portal.accounts.models import User
    from save_portal.machines.pacing import Left


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: User) -> ClientQuerySet:
        """An agency's own, in production and in its sandbox; the fence still lets one side in."""
        if user.is_office_staff:
            return self
        return self.filter(
            Q(agency_id=user.agency_id)
            | Q(agency__sandbox_of_id=user.agency_id, agency__is_active=True)
        )


class ClientManager(models.Manager.from_queryset(ClientQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, client_id: str) -> Client:
        client: Client = self.get(client_id=client_id)
        return client


class Client(AbstractApplication):
    """One machine, bound to its agency, a way of access and the benefits it may ask for (S5.3)."""

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="client"
    )
    access_mode = models.CharField(max_length=20)
    benefits = ArrayField(models.CharField(max_length=30))
    certificate = models.CharField(
        max_length=64,
        blank=True,
        help_text="SHA-256 of the TLS certificate that it must come with; empty: any, or none",
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClientManager()
    left: Left  # of its requests in this minute, on a client that came with a token

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="client_may_ask_for_something", condition=Q(benefits__len__gte=1)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_test(self) -> bool:
        """Whether it works in the agency's sandbox."""
        return self.agency.is_sandbox

    def is_usable(self, request: object) -> bool:
        """Whether the client may get a token, or use one."""
        return self.ended_at is None and self.user.is_active and self.agency.is_active


class ClientSecret(models.Model):
    """A secret of a client. Two may hold at once, so that a machine changes over without a gap.

    Secrets are long and random, so their digest needs no salt and no slow hash.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="secrets")
    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4, help_text="its last characters, to tell secrets apart")
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, help_text="the last token that it gave")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["made_at", "id"]

    def __str__(self) -> str:
        return f"…{self.hint}"


class KeptAnswer(models.Model):
    """The answer to a request with an `Idempotency-Key`, written in the request's transaction."""

    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False, related_name="+")
    key = models.CharField(max_length=255)
    question = models.CharField(max_length=64, help_text="digest of method, address and body")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="answer_kept_once_a_key", fields=["client", "key"])
        ]
        indexes = [models.Index(name="answer_kept_since", fields=["at"])]

    def __str__(self) -> str:
        return self.key


class Webhook(models.Model):
    """An address of the agency that is called when something happens to its cases."""

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=300)
    salt = models.CharField(max_length=32, help_text="what the signing key is derived with")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.url


class SandboxClock(models.Model):
    """How far the clock of a sandbox goes ahead. A tester moves it forward; it runs on."""

    agency = models.OneToOneField(
        "accounts.Agency", on_delete=models.PROTECT, primary_key=True, related_name="clock"
    )
    ahead = models.DurationField()
    worked_until = models.DateTimeField(help_text="up to when, on this clock, what was due is done")

    def __str__(self) -> str:
        return f"{self.ahead} ahead"


class Pace(models.Model):
    """How many requests a client made in a minute. An unlogged table: a crash forgives them."""

    client = models.OneToOneField(Client, on_delete=models.CASCADE, primary_key=True)
    minute = models.BigIntegerField()
    used = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.used} in minute {self.minute}"
