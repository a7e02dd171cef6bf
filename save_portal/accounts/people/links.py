"""The link in an invitation: signed, for one invitation and one sending of it, kept nowhere."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse

from save_portal.accounts.models import Invitation, User
from save_portal.accounts.people.errors import InvitationClosed, NobodySuch
from save_portal.outbox import mail, queue
from save_portal.outbox.models import Message

SALT = "accounts.invitation"
FORGED = "This link leads nowhere. Copy the whole address from the mail, or ask for a new one."


def token_of(invitation: Invitation) -> str:
    return signing.dumps([invitation.pk, invitation.sendings], salt=SALT)


def read(token: str) -> tuple[int, int]:
    """(invitation, its sending), or `NobodySuch` for what we did not sign."""
    try:
        invitation_id, sending = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise NobodySuch(FORGED) from None
    return int(invitation_id), int(sending)


def check_open(invitation: Invitation, sending: int, *, at: object) -> None:
    """Raise `InvitationClosed` with what to do, unless the link still opens an account."""
    if invitation.accepted_at is not None:
        raise InvitationClosed(
            "This link was used already. Sign in with the password that was set; if you forgot "
            "it, ask for a new one on the page to sign in."
        )
    if invitation.withdrawn_at is not None:
        raise InvitationClosed(
            "This invitation was withdrawn. Ask the administrator who invited you."
        )
    if invitation.sendings != sending:
        raise InvitationClosed("A newer mail was sent to you. Use the link in that one.")
    if not invitation.is_open(at):  # type: ignore[arg-type]
        raise InvitationClosed(
            "This link is too old. Ask the administrator who invited you to send it again."
        )


@queue.handler("invitation")
def send_invitation(message: Message) -> None:
    """The link is made when the mail leaves, so that no key lies in the outbox."""
    invitation = (
        Invitation.objects.select_related("agency__acts_for", "office", "invited_by")
        .filter(pk=message.payload["invitation_id"], sendings=message.payload["sending"])
        .first()
    )
    if invitation is None or invitation.accepted_at or invitation.withdrawn_at:
        raise queue.CannotBeDelivered("The invitation is closed, or was sent anew")
    link = reverse("people:accept", kwargs={"token": token_of(invitation)})
    reader = User(email=invitation.email, full_name=invitation.full_name)
    mail.send(message, reader, "invitation", {"path": link, "invitation": invitation})
