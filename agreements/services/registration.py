"""An agency registers without an account: a draft, continued by a mailed link, handed in (S1.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django_fsm import can_proceed

from agreements.errors import InvalidChoices, NoSuchAgreement, WrongStatus
from agreements.lifecycles.agreement import BINDING, AgreementStatus
from agreements.models import Agreement, RegistrationLink
from agreements.policies import administers
from agreements.rules import check_choices
from agreements.services.locking import save
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import system_scope
from save_portal.outbox import mail, queue
from save_portal.outbox.models import Message

SALT = "agreements.registration"
OPEN_FOR = timedelta(days=14)
AN_HOUR = timedelta(hours=1)
LINKS_AN_ADDRESS, LINKS_A_MACHINE = 3, 10
OLD = "This link is too old or was replaced. Ask for a new one with the same e-mail address."


def begin(*, email: str, by: User | None, at: datetime, address: str | None) -> None:
    """Mail a link to go on with the registration of this address, new or begun before.

    More than three mails an hour to one address, or ten from one machine, are not sent; the page
    says the same in every case, so it tells nobody who has registered.
    """
    email = email.strip().lower()
    with system_scope():
        recent = RegistrationLink.objects.filter(sent_at__gt=at - AN_HOUR)
        if (
            recent.filter(agreement__applicant_email=email).count() >= LINKS_AN_ADDRESS
            or recent.filter(address=address).count() >= LINKS_A_MACHINE
        ):
            return
        draft = Agreement.objects.filter(
            applicant_email=email, agency=None, status=AgreementStatus.DRAFT
        ).first()
        if draft is None:
            draft = Agreement(applicant_email=email, created_at=at)
            save(draft, "registration_begun", by=by, at=at)
        send_link(draft, at=at, address=address)


def send_link(agreement: Agreement, *, at: datetime, address: str | None = None) -> None:
    """A new link for the one registration, in the caller's transaction; older ones end."""
    end_links(agreement, at=at)
    link = RegistrationLink.objects.create(agreement=agreement, sent_at=at, address=address)
    queue.enqueue("registration", key=f"registration:{link.pk}", payload={"link_id": link.pk})


def end_links(agreement: Agreement, *, at: datetime) -> None:
    """Whatever was mailed before opens nothing any more."""
    RegistrationLink.objects.filter(agreement=agreement, ended_at=None).update(ended_at=at)


@queue.handler("registration")
def send_registration(message: Message) -> None:
    """The link is made when the mail leaves, so that no key lies in the outbox."""
    link = (
        RegistrationLink.objects.select_related("agreement")
        .filter(pk=message.payload["link_id"], ended_at=None)
        .first()
    )
    if link is None:
        raise queue.CannotBeDelivered("The link was replaced or the registration handed in")
    agreement = link.agreement
    path = reverse("agreements:continue", kwargs={"token": signing.dumps(link.pk, salt=SALT)})
    reader = User(email=agreement.applicant_email, full_name="")
    context = {"path": path, "number": agreement.number, "message": agreement.message}
    mail.send(message, reader, "registration", context)


def opened_by(token: str, *, at: datetime) -> int:
    """The link of this token, or `NoSuchAgreement`."""
    try:
        link_id = int(signing.loads(token, salt=SALT, max_age=OPEN_FOR))
    except (signing.BadSignature, ValueError, TypeError):
        raise NoSuchAgreement(OLD) from None
    with system_scope():
        _of_link(link_id, at=at)
    return link_id


def read(*, link_id: int, at: datetime) -> Agreement:
    """The registration that the link opens."""
    with system_scope():
        return _of_link(link_id, at=at)


def keep(*, link_id: int, choices: dict[str, Any], by: User | None, at: datetime) -> None:
    """Keep what was typed, whether it can stand or not."""
    with system_scope():
        draft = _of_link(link_id, at=at)
        if draft.status != AgreementStatus.DRAFT:
            raise WrongStatus("This registration was handed in. The program office reads it now.")
        if draft.choices != choices:
            draft.choices = choices
            save(draft, "registration_kept", by=by, at=at)


def submit(*, link_id: int, choices: dict[str, Any], by: User | None, at: datetime) -> Agreement:
    """Hand the registration in. Handed in twice, it is handed in once."""
    with system_scope():
        draft = _of_link(link_id, at=at)
        if not can_proceed(draft.submit):
            return draft
        if errors := check_choices(choices):
            raise InvalidChoices(errors)
        put(draft, choices)
        draft.submit(at=at)
        return save(draft, "submitted", by=by, at=at)


def put(agreement: Agreement, choices: dict[str, Any]) -> None:
    """The choices, and the columns that bind."""
    agreement.choices = choices
    agreement.kind = choices["kind"]
    agreement.purposes, agreement.benefits = choices["purposes"], choices["benefits"]
    agreement.access_modes = choices["access_modes"]
    agreement.legal_basis, agreement.contractors = choices["legal_basis"], choices["contractors"]


def _of_link(link_id: int, *, at: datetime) -> Agreement:
    link = RegistrationLink.objects.filter(
        pk=link_id, ended_at=None, sent_at__gt=at - OPEN_FOR
    ).first()
    if link is None:
        raise NoSuchAgreement(OLD)
    found: Agreement = Agreement.objects.select_for_update().get(pk=link.agreement_id)
    return found


@transaction.atomic
def succeed(*, number: str, choices: dict[str, Any], by: User, at: datetime) -> Agreement:
    """Hand in the agreement that renews one in force, on paper or made here (S5).

    `choices` are those of a registration; begun twice, it is the one that was begun. Refuses
    choices that cannot stand, and whoever does not administer the agreement.
    """
    old = Agreement.objects.visible_to(by).select_for_update().filter(number=number).first()
    if old is None or not administers(by=by, agreement=old):
        raise NoSuchAgreement("There is no such agreement among those you administer.")
    if old.status not in BINDING:
        raise WrongStatus("Only an agreement in force is renewed.")
    open_one: Agreement | None = old.renewals.under_way().first()
    if open_one is not None:
        return open_one
    if errors := check_choices(choices):
        raise InvalidChoices(errors)
    new = Agreement(agency=old.agency, renews=old, created_at=at)
    put(new, choices)
    save(new, "successor_begun", by=by, at=at)
    new.submit(at=at)
    return save(new, "submitted", by=by, at=at)


def choices_to_renew(agreement: Agreement) -> dict[str, Any]:
    """What the form of a renewal begins with: what holds with all supplements, and the agency."""
    assert agreement.agency is not None
    return {
        "legal_basis": agreement.legal_basis,
        **agreement.terms_on(),
        "agency_name": agreement.agency.name,
        "agency_kind": agreement.agency.kind,
        "time_zone": agreement.agency.time_zone,
        "kind": agreement.kind,
    }
