"""What CaseCheck sends: a link, a code, word that something changed. Nothing about the person.

A message in the outbox names a row and never an address or a code; both are read when it leaves.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from casecheck import proofs
from casecheck.models import Contact, Notice, OneTimeCode, Way
from casecheck.who_looked import digits_of, issue
from save_portal.outbox import queue
from save_portal.outbox.models import Message
from save_portal.outbox.queue import CannotBeDelivered, handler
from save_portal.outbox.text import send_text

if TYPE_CHECKING:
    from verification.models import Case

TOPIC = "casecheck"


def enqueue(kind: str, row: int, *, key: str) -> None:
    """`kind` is confirm, changed or record (a notice), code (a code), or told (a contact)."""
    queue.enqueue(TOPIC, key=f"casecheck.{key}", payload={"kind": kind, "id": row})


def send_code(*, case: Case, way: str, at: datetime) -> None:
    """A new code on its way to the contact on file. Within a scope of the system."""
    code = issue(case=case, way=way, at=at)
    enqueue("code", code.pk, key=f"code:{code.pk}")


@handler(TOPIC)
def send(message: Message) -> None:
    kind, row = message.payload["kind"], message.payload["id"]
    if kind == "code":
        code = OneTimeCode.objects.filter(pk=row).first()
        contact = code and Contact.objects.filter(case_id=code.case_id).first()
        if not code or not contact or code.used_at is not None:
            raise CannotBeDelivered("There is no such code, or nobody to send it to")
        _send(message, kind, code.way, contact.address(code.way), contact.language,
              {"code": digits_of(code)})  # fmt: skip
    elif kind == "told":
        contact = Contact.objects.filter(pk=row).first()
        if contact is None:
            raise CannotBeDelivered("There is no such contact")
        way = Way.EMAIL if contact.email else Way.TEXT
        _send(message, kind, way, contact.address(way), contact.language, {})
    else:
        notice = Notice.objects.filter(pk=row, ended_at=None).first()
        if notice is None:
            raise CannotBeDelivered("This notice has ended")
        _send(message, kind, notice.way, notice.address, notice.language,
              {"link": link_of(notice)})  # fmt: skip


def link_of(notice: Notice) -> str:
    """Where the notice is confirmed and ended. The token is a signed number, no data."""
    token = proofs.sign(notice.pk, salt=proofs.NOTICE)
    return settings.BASE_URL + reverse("casecheck:notice", args=[notice.language, token])


def _send(
    message: Message, kind: str, way: str, to: str, language: str, more: dict[str, str]
) -> None:
    if not to:
        raise CannotBeDelivered("There is no address")
    with translation.override(language):
        page = settings.BASE_URL + reverse("casecheck:look-up", args=[language])
        drawn = render_to_string(
            f"casecheck/messages/{kind}.txt", {"page": page, "demo": settings.DEMO, **more}
        )
        subject = str(_subject(kind))
    text = "\n".join(line.strip() for line in drawn.strip().splitlines()) + "\n"
    if way == Way.TEXT:
        send_text(to=to, text=text.strip(), key=f"outbox-{message.pk}")
        return
    headers = {"Message-ID": f"<outbox-{message.pk}@{_host()}>", "Content-Language": language}
    if "link" in more:
        headers["List-Unsubscribe"] = f"<{more['link']}end/>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    EmailMessage(subject=subject, body=text, to=[to], headers=headers).send()


def _subject(kind: str) -> str:
    return {
        "confirm": _("Confirm your notices"),
        "changed": _("Something has changed"),
        "record": _("A message waits for you"),
        "told": _("A message waits for you"),
        "code": _("Your code"),
    }[kind]


def _host() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "localhost"
