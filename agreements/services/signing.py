"""Two signatures under one text; what was signed is kept as a paper that never changes (S5.1)."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django_fsm import can_proceed

from agreements.enums import Kind, Side
from agreements.errors import AgreementError, StaleAgreement, WrongStatus
from agreements.models import Agreement, AgreementText, Signature, SignedPaper
from agreements.services.locking import lock, save, tell_agency
from agreements.services.negotiation import current_text, reason_for
from agreements.text import CMA_MONTHS, MOA_YEARS
from save_portal.accounts.models import User
from save_portal.calendar.local import local_date
from save_portal.documents import render_pdf


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    return date(day.year + years, month + 1, day.day)


@transaction.atomic
def sign(
    *, number: str, version: int, digest: str, typed_name: str, consent: bool,
    address: str | None, by: User, at: datetime,
) -> Agreement:  # fmt: skip
    """The agency's official signs the text that the page showed, once.

    Whoever calls this has made sure that the person has just signed in again.
    """
    agreement = lock(number, "sign", version=version, by=by)
    text = _signed(agreement, Side.AGENCY, digest, typed_name, consent, address, by=by, at=at)
    agreement.sign()
    return save(agreement, "signed_by_agency", by=by, at=at, data={"text": text.number})


@transaction.atomic
def countersign(
    *, number: str, version: int, digest: str, typed_name: str, consent: bool,
    address: str | None, by: User, at: datetime,
) -> Agreement:  # fmt: skip
    """The program office signs: the agreement is in force, and its paper is made and kept.

    One that renews or amends another takes its place from today on.
    """
    agreement = lock(number, "countersign", version=version, by=by)
    text = _signed(agreement, Side.OFFICE, digest, typed_name, consent, address, by=by, at=at)
    assert agreement.agency is not None
    today = local_date(at, agreement.agency.time_zone)
    months = CMA_MONTHS if agreement.kind == Kind.CMA else MOA_YEARS * 12
    if agreement.renews_id is not None:
        old = Agreement.objects.select_for_update().get(pk=agreement.renews_id)
        if today in old.term:
            if not can_proceed(old.pass_on):
                raise WrongStatus("The agreement before it is suspended. Lift that first.")
            old.pass_on(on=today)
            save(old, "renewed", by=by, at=at, data={"by": agreement.number})
    agreement.countersign(term=DateRange(today, months_after(today, months)))
    save(agreement, "countersigned", by=by, at=at, data={"text": text.number})
    content = render_pdf("pdf/agreement.html", paper_context(agreement, text))
    SignedPaper.objects.create(
        agreement=agreement, content=content, sha256=hashlib.sha256(content).hexdigest(), at=at
    )
    tell_agency(agreement, "It is signed by both parties and in force.", at=at)
    return agreement


@transaction.atomic
def send_back(*, number: str, version: int, message: str, by: User, at: datetime) -> Agreement:
    """The office does not sign this text; the agency reads why, and it is negotiated further."""
    agreement = lock(number, "send_back", version=version, by=by)
    agreement.send_back(message=reason_for(message))
    save(agreement, "sent_back", by=by, at=at, data={"message": agreement.message})
    tell_agency(agreement, f"It was not countersigned: {agreement.message}", at=at)
    return agreement


def paper_context(agreement: Agreement, text: AgreementText) -> dict[str, object]:
    return {
        "agreement": agreement,
        "text": text,
        "signatures": list(text.signatures.all()),
        "base_url": settings.BASE_URL,
        "demo": settings.DEMO,
    }


def checked_name(digest: str, read: str, typed_name: str, consent: bool, *, by: User) -> str:
    """The name to put under a text, if it is the text that was read, with consent and own name."""
    if read != digest:
        raise StaleAgreement("The text changed after your page was shown. Read it, then sign it.")
    if not consent:
        raise AgreementError(
            "Tick that you have read the text and sign it with legal effect.", field="consent"
        )
    name = " ".join(typed_name.split())
    if name.casefold() != by.full_name.casefold():
        raise AgreementError(
            f"Type your name as it stands in your account: {by.full_name}.", field="typed_name"
        )
    return name


def _signed(
    agreement: Agreement, side: Side, digest: str, typed_name: str, consent: bool,
    address: str | None, *, by: User, at: datetime,
) -> AgreementText:  # fmt: skip
    text = current_text(agreement)
    name = checked_name(text.digest, digest, typed_name, consent, by=by)
    if text.signatures.filter(side=side).exists():
        raise StaleAgreement("This text is signed already. Propose a change, then sign anew.")
    title = text.choices["signatory_title"] if side == Side.AGENCY else "SAVE program office"
    Signature.objects.create(
        text=text, side=side, by=by, typed_name=name, title=title, digest=text.digest, at=at,
        address=address,
    )  # fmt: skip
    return text
