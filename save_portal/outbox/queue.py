"""Putting messages into the outbox, and delivering what is due.

A message is a row of the transaction that causes it: it exists when the transaction commits and
never was when it rolls back. Its key is unique; a repeated key is the same message and is ignored.
Delivery is at least once: each message in its own transaction, locked against other workers, tried
again after longer and longer pauses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from save_portal.accounts.tenancy import whole_scope
from save_portal.outbox.models import Message

Handler = Callable[[Message], None]

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
ATTEMPTS = 22  # three days

logger = structlog.get_logger(__name__)
_handlers: dict[str, Handler] = {}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to an account: `templates/email/<template>.txt`, its first line the subject.

    The context names cases and addresses of pages, never personal data of an applicant.
    """

    to_user_id: int
    template: str
    context: dict[str, Any]
    key: str


class CannotBeDelivered(Exception):
    """Raised by a handler for a message that no later attempt could deliver either."""


def handler(topic: str) -> Callable[[Handler], Handler]:
    """Registers the function that delivers the messages of a topic."""

    def register(function: Handler) -> Handler:
        if _handlers.get(topic, function) is not function:
            raise ValueError(f"The topic {topic} has a handler already.")
        _handlers[topic] = function
        return function

    return register


def enqueue(topic: str, *, key: str, payload: dict[str, Any]) -> None:
    """Puts a message into the outbox, in the caller's transaction."""
    _enqueue_all([Message(topic=topic, key=key, payload=payload, due_at=timezone.now())])


def mail(*, to_user_id: int, template: str, context: dict[str, Any], key: str) -> None:
    """Queues a mail to an account."""
    mail_all([Mail(to_user_id, template, context, key)])


def mail_all(mails: Sequence[Mail]) -> None:
    """Queues any number of mails. Two queries."""
    now = timezone.now()
    _enqueue_all(
        [
            Message(
                topic="mail",
                key=mail.key,
                payload={
                    "to_user_id": mail.to_user_id,
                    "template": mail.template,
                    "context": mail.context,
                },
                due_at=now,
            )
            for mail in mails
        ]
    )


def _enqueue_all(messages: list[Message]) -> None:
    from save_portal.outbox.tasks import deliver_outbox

    if messages:
        Message.objects.bulk_create(messages, ignore_conflicts=True)
        deliver_outbox.defer()


def pause_after(attempts: int) -> timedelta:
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), LONGEST_PAUSE)


def deliver_due(at: datetime) -> int:
    """Delivers what is due; the number of messages that left."""
    delivered = 0
    while (left := _deliver_one(at)) is not None:
        delivered += left
    return delivered


def _deliver_one(at: datetime) -> bool | None:
    """One message: whether it left, or None when nothing is due."""
    with whole_scope():
        message = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(delivered_at__isnull=True, given_up_at__isnull=True, due_at__lte=at)
            .order_by("due_at", "id")
            .first()
        )
        if message is None:
            return None
        message.attempts += 1
        try:
            with transaction.atomic():
                if message.topic not in _handlers:
                    raise CannotBeDelivered(f"No handler for the topic {message.topic}")
                _handlers[message.topic](message)
        except Exception as error:
            message.last_error = f"{type(error).__name__}: {error}"[:300]
            if isinstance(error, CannotBeDelivered) or message.attempts >= ATTEMPTS:
                message.given_up_at = at
            else:
                message.due_at = at + pause_after(message.attempts)
            logger.warning(
                "outbox.not_delivered",
                topic=message.topic,
                message_id=message.pk,
                attempts=message.attempts,
                exc_type=type(error).__name__,
                given_up=message.given_up_at is not None,
            )
        else:
            message.delivered_at = at
            message.last_error = ""
        message.save(
            update_fields=["attempts", "due_at", "delivered_at", "given_up_at", "last_error"]
        )
        return message.delivered_at is not None
