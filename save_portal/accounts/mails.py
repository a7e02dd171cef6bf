"""Mails about one's own account. All leave by the outbox, after the commit."""

from __future__ import annotations

import uuid

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from save_portal.accounts.models import User
from save_portal.outbox import mail, queue
from save_portal.outbox.models import Message

# The changes that allauth names, as sentences.
CHANGES = {
    "password_changed": "Your password was changed.",
    "password_set": "A password was set.",
    "password_reset": "Your password was replaced by the link in a mail.",
    "totp_activated": "An authenticator app was added.",
    "totp_deactivated": "The authenticator app was removed.",
    "webauthn_added": "A passkey or security key was added.",
    "webauthn_removed": "A passkey or security key was removed.",
    "recovery_codes_generated": "New recovery codes were made. The old ones no longer work.",
}


@transaction.atomic
def send_reset_link(*, user_id: int) -> None:
    """Mail a link to set a new password, made when the mail leaves."""
    queue.enqueue(
        "password_reset", key=f"password_reset:{uuid.uuid4()}", payload={"to_user_id": user_id}
    )


@transaction.atomic
def tell_of_change(*, user_id: int, change: str) -> None:
    """Mail that something about signing in was changed, so that nobody else changes it unseen."""
    queue.mail(
        to_user_id=user_id,
        template="account_changed",
        context={"what": CHANGES.get(change, "Something about how you sign in was changed.")},
        key=f"account_changed:{uuid.uuid4()}",
    )


@queue.handler("password_reset")
def send_password_reset(message: Message) -> None:
    user = User.objects.filter(pk=message.payload["to_user_id"], is_active=True).first()
    if user is None:
        raise queue.CannotBeDelivered("The account that this mail is for has ended")
    link = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    mail.send(message, user, "password_reset", {"path": link})
