"""Supplements: a signed agreement changed from a day on, by two signatures of its own (S5)."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django_fsm import can_proceed

from agreements import policies
from agreements.enums import Side
from agreements.errors import AgreementError, InvalidChoices, NoSuchAgreement, WrongStatus
from agreements.lifecycles.agreement import BINDING
from agreements.lifecycles.supplement import OPEN
from agreements.models import Agreement, Supplement, SupplementPaper, SupplementSignature
from agreements.models.text import digest_of
from agreements.rules import check_terms
from agreements.services.locking import check_version, lock_row, save, tell_agency
from agreements.services.negotiation import reason_for, side_of
from agreements.services.signing import checked_name
from agreements.supplement_text import CHANGEABLE, changes_between, sections_of
from save_portal.accounts.models import User
from save_portal.calendar.local import local_date
from save_portal.documents import render_pdf


@transaction.atomic
def propose(
    *, number: str, version: int, terms: dict[str, Any], effective_on: date, note: str,
    by: User, at: datetime,
) -> Supplement:  # fmt: skip
    """Either side proposes what shall hold instead, and from when; one at a time.

    `terms` are the fields of `CHANGEABLE` as they shall be; what stays the same is left out of the
    text. Refuses terms that do not fit each other, no change at all, and a day that is past, after
    the end, or before the day of an earlier supplement.
    """
    agreement = _in_force(number, version=version, by=by, at=at)
    policies.check_is_party(by=by, agreement=agreement)
    open_one = agreement.supplemented_by.filter(status__in=OPEN).first()
    if open_one is not None:
        raise WrongStatus(
            f"Supplement {open_one.number} waits to be signed. Sign it or withdraw it first."
        )
    before = agreement.terms_on()
    if errors := check_terms(terms) | _errors_of_day(agreement, effective_on, at=at):
        raise InvalidChoices(errors)
    changes = changes_between(before, terms)
    if not changes:
        raise AgreementError("Nothing was changed. Change something, then propose it.")
    assert agreement.agency is not None
    place = agreement.supplemented_by.count() + 1
    sections = sections_of(
        number=place,
        agreement=agreement.number,
        agency=agreement.agency.name,
        before=before,
        changes=changes,
        effective_on=effective_on,
    )
    supplement = Supplement.objects.create(
        agreement=agreement,
        number=place,
        before={name: before[name] for name in CHANGEABLE if name in before},
        changes=changes,
        effective_on=effective_on,
        articles=sections,
        digest=digest_of(sections),
        side=side_of(by),
        proposed_by=by,
        note=" ".join(note.split())[:1000],
        at=at,
    )
    _noted(supplement, "proposed", by=by, at=at, data={"fields": sorted(changes)})
    if supplement.side == Side.OFFICE:
        tell_agency(agreement, f"The program office proposes {supplement}.", at=at)
    return supplement


@transaction.atomic
def sign(
    *, number: str, supplement: int, version: int, digest: str, typed_name: str, consent: bool,
    address: str | None, by: User, at: datetime,
) -> Supplement:  # fmt: skip
    """The agency's official signs the text that the page showed, once.

    Whoever calls this has made sure that the person has just signed in again.
    """
    agreement = _in_force(number, version=version, by=by, at=at)
    found = _lock(agreement, supplement, "sign", by=by)
    name = checked_name(found.digest, digest, typed_name, consent, by=by)
    _signed(found, Side.AGENCY, name, found.official_title, address, by=by, at=at)
    found.sign()
    found.save()
    return _noted(found, "signed_by_agency", by=by, at=at)


@transaction.atomic
def countersign(
    *, number: str, supplement: int, version: int, digest: str, typed_name: str, consent: bool,
    address: str | None, by: User, at: datetime,
) -> Supplement:  # fmt: skip
    """The program office signs: it binds from its day, or from today; its paper is made and kept.

    A case that is being submitted comes before it or is measured by it, as with a suspension.
    """
    agreement = _in_force(number, version=version, by=by, at=at)
    found = _lock(agreement, supplement, "countersign", by=by)
    name = checked_name(found.digest, digest, typed_name, consent, by=by)
    _signed(found, Side.OFFICE, name, "SAVE program office", address, by=by, at=at)
    holds_from = max(found.effective_on, _today(agreement, at))
    found.countersign(holds_from=holds_from)
    found.save()
    agreement.supplements += 1
    entry = {
        "number": found.number,
        "from": holds_from.isoformat(),
        "changes": found.changes,
    }
    agreement.amended = [*agreement.amended, entry]
    _noted(found, "concluded", by=by, at=at, data={"from": holds_from.isoformat()})
    content = render_pdf("pdf/supplement.html", paper_context(found))
    SupplementPaper.objects.create(
        supplement=found, content=content, sha256=hashlib.sha256(content).hexdigest(), at=at
    )
    day = f"{holds_from:%B} {holds_from.day}, {holds_from.year}"
    tell_agency(agreement, f"{str(found).capitalize()} is signed and holds from {day}.", at=at)
    return found


@transaction.atomic
def withdraw(
    *, number: str, supplement: int, version: int, message: str, by: User, at: datetime
) -> Supplement:
    """Either side takes it from the table; the agency reads why."""
    agreement = lock_row(number, by=by)
    check_version(agreement, version)
    found = _lock(agreement, supplement, "withdraw", by=by)
    found.withdraw(message=reason_for(message))
    found.save()
    _noted(found, "withdrawn", by=by, at=at, data={"message": found.message})
    if side_of(by) == Side.OFFICE:
        tell_agency(agreement, f"{str(found).capitalize()} was withdrawn: {found.message}", at=at)
    return found


def paper_context(supplement: Supplement) -> dict[str, object]:
    return {
        "supplement": supplement,
        "agreement": supplement.agreement,
        "signatures": list(supplement.signatures.all()),
        "base_url": settings.BASE_URL,
        "demo": settings.DEMO,
    }


def _today(agreement: Agreement, at: datetime) -> date:
    assert agreement.agency is not None
    return local_date(at, agreement.agency.time_zone)


def _in_force(number: str, *, version: int, by: User, at: datetime) -> Agreement:
    """The agreement, locked, in force, and as the page showed it."""
    agreement = lock_row(number, by=by)
    if agreement.status not in BINDING or not agreement.binds_on(_today(agreement, at)):
        raise WrongStatus(
            f"Only an agreement in force is supplemented; this one is "
            f"“{agreement.get_status_display()}”."
        )
    check_version(agreement, version)
    return agreement


def _lock(agreement: Agreement, number: int, move: str, *, by: User) -> Supplement:
    found: Supplement | None = (
        Supplement.objects.select_for_update().filter(agreement=agreement, number=number).first()
    )
    if found is None:
        raise NoSuchAgreement("There is no such supplement among those you may see.")
    found.agreement = agreement
    policies.check_may_move_supplement(move, by=by, supplement=found)
    if not can_proceed(getattr(found, move)):
        raise WrongStatus(
            f"This cannot be done now: the supplement is “{found.get_status_display()}”. "
            "Somebody may have been faster; look at it as it is now."
        )
    return found


def _errors_of_day(agreement: Agreement, day: date, *, at: datetime) -> dict[str, str]:
    last = max((entry["from"] for entry in agreement.amended), default="")
    if day < _today(agreement, at):
        return {"effective_on": "Choose today or a later day: the past is not agreed on anew."}
    if day >= agreement.term.upper:
        return {"effective_on": "The agreement has ended by then. Renew it instead."}
    if day.isoformat() < last:
        begins = date.fromisoformat(last)
        shown = f"{begins:%B} {begins.day}, {begins.year}"
        return {
            "effective_on": f"An earlier supplement holds from {shown}. Choose that day or later."
        }
    return {}


def _signed(
    supplement: Supplement, side: Side, name: str, title: str, address: str | None,
    *, by: User, at: datetime,
) -> None:  # fmt: skip
    SupplementSignature.objects.create(
        supplement=supplement, side=side, by=by, typed_name=name, title=title,
        digest=supplement.digest, at=at, address=address,
    )  # fmt: skip


def _noted(
    supplement: Supplement, act: str, *, by: User, at: datetime, data: dict[str, Any] | None = None
) -> Supplement:
    """The agreement's version, history and audit event tell of it too."""
    save(
        supplement.agreement,
        f"supplement_{act}",
        by=by,
        at=at,
        data={"supplement": supplement.number, **(data or {})},
    )
    return supplement
