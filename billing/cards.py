"""Paying by card on the page of a provider: one small interface, and one provider behind it.

The portal never sees a card. It sends the administrator to the provider's page with a signed
request, and believes only answers that the provider has signed: brought by the browser that
returns, and again by the provider itself (callback). Another provider is another class with
`page_for` and `read`.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.utils.crypto import salted_hmac

from billing import rules

PAID, DECLINED = "paid", "declined"
ANSWER = ("code", "outcome", "amount", "reference")


class ForgedAnswer(Exception):
    """An answer that the provider has not signed, or that says nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the provider is asked to take, and where it answers."""

    code: str
    amount: Decimal
    invoice: str
    return_url: str
    callback_url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider says of one order: `amount` is what it took."""

    code: str
    outcome: str
    amount: Decimal
    reference: str


class CardProvider(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def is_stand_in(self) -> bool: ...

    def page_for(self, asked: Asked) -> str:
        """The address of the provider's page for this order."""

    def read(self, answer: Mapping[str, str]) -> Answer:
        """What the provider answered. Raises `ForgedAnswer`."""


@dataclass(frozen=True, slots=True)
class SignedPage:
    """A hosted page whose requests and answers carry an HMAC-SHA256 under a shared secret."""

    name: str
    address: str
    secret: bytes
    is_stand_in: bool = False

    def page_for(self, asked: Asked) -> str:
        fields = {
            "code": asked.code,
            "amount": f"{asked.amount:.2f}",
            "currency": "USD",
            "invoice": asked.invoice,
            "return_url": asked.return_url,
            "callback_url": asked.callback_url,
        }
        signed = fields | {"signature": self.sign("asked", fields)}
        return f"{self.address}?{urlencode(signed)}"

    def read(self, answer: Mapping[str, str]) -> Answer:
        fields = {name: answer.get(name, "") for name in ANSWER}
        if not self.is_signed("answered", fields, answer.get("signature", "")):
            raise ForgedAnswer
        try:
            amount = Decimal(fields["amount"])
        except InvalidOperation:
            raise ForgedAnswer from None
        if fields["outcome"] not in (PAID, DECLINED) or not rules.is_money(amount):
            raise ForgedAnswer
        return Answer(fields["code"], fields["outcome"], amount, fields["reference"][:60])

    def answer(self, **fields: str) -> dict[str, str]:
        """An answer as the provider sends it: for the stand-in, and for tests of the real one."""
        return fields | {"signature": self.sign("answered", fields)}

    def sign(self, purpose: str, fields: Mapping[str, str]) -> str:
        """A request's signature is none of an answer: the purpose is part of it."""
        text = urlencode(sorted(fields.items()))
        return hmac.new(self.secret, f"{purpose}:{text}".encode(), "sha256").hexdigest()

    def is_signed(self, purpose: str, fields: Mapping[str, str], signature: str) -> bool:
        return hmac.compare_digest(
            self.sign(purpose, fields).encode(), signature.encode("utf-8", "replace")
        )


def stand_in() -> SignedPage:
    """The demonstration's own page in the place of a provider's. It takes no card."""
    secret = salted_hmac("billing.cards.stand_in", "secret", algorithm="sha256").digest()
    return SignedPage("the stand-in of this demonstration", "/card-stand-in/", secret, True)


def provider() -> CardProvider | None:
    """Who takes cards here; None where nobody does."""
    if settings.CARD_PAGE_URL:
        return SignedPage(
            settings.CARD_PAGE_NAME, settings.CARD_PAGE_URL, settings.CARD_PAGE_SECRET.encode()
        )
    return stand_in() if settings.DEMO else None
