"""How allauth behaves here: no public sign-up, addresses in lower case, mail by the outbox."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from save_portal.accounts import mails
from save_portal.web.client_address import of_limits


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an agency's administrator, never by the visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> str:
        return str(super().clean_email(email)).lower()

    def get_client_ip(self, request: HttpRequest) -> str:
        """What allauth's own limits count by; all without a name count together."""
        return of_limits(request) or "unknown"

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """The link is made when the mail leaves: the key is never kept in the outbox."""
        mails.send_reset_link(user_id=user.pk)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """What changed about the account, to its own address."""
        mails.tell_of_change(user_id=user.pk, change=template_prefix.rpartition("/")[2])
