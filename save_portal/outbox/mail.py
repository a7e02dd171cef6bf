"""The mail handler: renders the text and hands it to Django's mail backend."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from save_portal.accounts.models import User
from save_portal.accounts.roles import AUTOMATIC_ROLES
from save_portal.outbox.models import Message
from save_portal.outbox.queue import CannotBeDelivered, handler


@handler("mail")
def send_mail(message: Message) -> None:
    payload = message.payload
    user = User.objects.filter(pk=payload["to_user_id"]).first()
    if user is None or not user.is_active:
        raise CannotBeDelivered("The account that this mail is for has ended")
    if user.role in AUTOMATIC_ROLES:
        return  # a machine is told by its events
    send(message, user, payload["template"], payload["context"])


def send(message: Message, user: User, template: str, context: dict[str, Any]) -> None:
    """Send the text `email/<template>.txt` to an account; its first line is the subject.

    The message's id is the mail's: whoever gets it twice can tell that it is one mail.
    """
    known = {"recipient": user, "base_url": settings.BASE_URL}
    try:
        text = render_to_string(f"email/{template}.txt", context | known)
    except TemplateDoesNotExist as error:
        raise CannotBeDelivered(f"No mail template {template}") from error
    subject, _, body = text.strip().partition("\n")
    EmailMessage(
        subject=subject.strip(),
        body=body.strip() + "\n",
        to=[user.email],
        headers={"Message-ID": f"<outbox-{message.pk}@{_host()}>"},
    ).send()


def _host() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "localhost"
