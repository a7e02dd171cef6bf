"""Webhooks as Standard Webhooks say: signed, a key for each endpoint, references and no data.

The key is derived from the portal's secret and the endpoint's salt, so no table holds it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from save_portal import audit
from save_portal.accounts.models import Agency, User
from save_portal.machines.models import Webhook
from save_portal.machines.services import ClientError, may_manage
from save_portal.outbox import posting, queue
from save_portal.outbox.models import Message

TOPIC = "webhook"
MOST = 5


def key_of(webhook: Webhook) -> str:
    """The signing key in the form that libraries of Standard Webhooks take."""
    text = f"webhook:{webhook.pk}:{webhook.salt}"
    key = hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(key).decode()}"


def signature(key: str, message_id: str, sent: int, body: bytes) -> str:
    raw = base64.b64decode(key.removeprefix("whsec_"))
    signed = f"{message_id}.{sent}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()


@transaction.atomic
def add(*, agency: Agency, url: str, by: User, at: datetime) -> Webhook:
    """An endpoint of the agency, or of its sandbox."""
    _check_manages(by, agency)
    agency_id = agency.pk
    url = url.strip()
    try:
        posting.check(url)
    except posting.NotAllowed as refused:
        raise ClientError(str(refused), field="url") from None
    if len(url) > 300:
        raise ClientError("An address has at most 300 characters.", field="url")
    if Webhook.objects.filter(agency_id=agency_id, ended_at__isnull=True).count() >= MOST:
        raise ClientError(f"At most {MOST} endpoints are called. End one first.", field="url")
    webhook = Webhook.objects.create(
        agency_id=agency_id, url=url, salt=secrets.token_hex(16), made_at=at, made_by=by
    )
    _record("webhook.added", webhook, by=by, at=at)
    return webhook


@transaction.atomic
def end(*, agency: Agency, webhook_id: int, by: User, at: datetime) -> None:
    """No further call; what still waits is given up."""
    webhook = _own(webhook_id, agency, by)
    if webhook.ended_at is None:
        webhook.ended_at = at
        webhook.save(update_fields=["ended_at"])
        _record("webhook.ended", webhook, by=by, at=at)


@transaction.atomic
def replay(*, agency: Agency, webhook_id: int, by: User, at: datetime) -> int:
    """Send again what was given up; how many messages."""
    webhook = _own(webhook_id, agency, by)
    given_up = Message.objects.filter(
        topic=TOPIC, payload__webhook=webhook.pk, given_up_at__isnull=False
    )
    count: int = given_up.update(given_up_at=None, attempts=0, due_at=at, last_error="")
    _record("webhook.replayed", webhook, by=by, at=at, data={"messages": count})
    return count


def given_up(webhook: Webhook) -> int:
    """How many calls were given up. One query."""
    return Message.objects.filter(
        topic=TOPIC, payload__webhook=webhook.pk, given_up_at__isnull=False
    ).count()


def announce(*, agency_id: int, key: str, kind: str, at: datetime, data: dict[str, Any]) -> None:
    """Put a call to each endpoint of the agency into the outbox. One query without endpoints."""
    for pk in Webhook.objects.filter(agency_id=agency_id, ended_at__isnull=True).values_list(
        "pk", flat=True
    ):
        queue.enqueue(
            TOPIC,
            key=f"{key}:{pk}",
            payload={"webhook": pk, "type": kind, "timestamp": at.isoformat(), "data": data},
        )


@queue.handler(TOPIC)
def deliver(message: Message) -> None:
    """One call. Anything but a 2xx is tried again after longer and longer pauses."""
    webhook = Webhook.objects.filter(pk=message.payload["webhook"]).first()
    if webhook is None or webhook.ended_at is not None:
        raise queue.CannotBeDelivered("The endpoint has ended")
    body = json.dumps({name: message.payload[name] for name in ("type", "timestamp", "data")})
    sent = int(timezone.now().astimezone(UTC).timestamp())
    message_id = f"msg_{message.pk}"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "SAVE-portal-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(sent),
        "webhook-signature": signature(key_of(webhook), message_id, sent, body.encode()),
    }
    try:
        status = posting.post(webhook.url, body.encode(), headers)
    except posting.NotAllowed as refused:
        raise queue.CannotBeDelivered(str(refused)) from None
    if status == 410:
        raise queue.CannotBeDelivered("The endpoint says that it is gone (410)")
    if not 200 <= status < 300:
        raise OSError(f"The endpoint answered {status}")


def _own(webhook_id: int, agency: Agency, by: User) -> Webhook:
    _check_manages(by, agency)
    own = Webhook.objects.filter(pk=webhook_id, agency=agency)
    webhook = own.select_for_update().first()
    if webhook is None:
        raise ClientError("There is no such endpoint in your agency.")
    return webhook


def _check_manages(by: User, agency: Agency) -> None:
    if not may_manage(by) or by.agency_id not in (agency.pk, agency.sandbox_of_id):
        raise ClientError("Only an administrator of the agency manages its endpoints.")


def _record(
    verb: str, webhook: Webhook, *, by: User, at: datetime, data: dict[str, Any] | None = None
) -> None:
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="webhook",
        subject_id=webhook.pk,
        agency_id=webhook.agency_id,
        data=data,
    )
