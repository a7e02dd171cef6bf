"""The program office reviews; both sides propose versions of the text until they agree (S5)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction

from agreements import policies
from agreements.enums import Side
from agreements.errors import AgreementError, InvalidChoices, NotAuthorized
from agreements.models import Agreement, AgreementText
from agreements.models.text import digest_of
from agreements.rules import check_choices
from agreements.services.locking import lock, save, tell_agency
from agreements.services.registration import end_links, put, send_link
from agreements.text import articles_of
from save_portal.accounts.models import Agency, Department, User
from save_portal.accounts.people import services as people
from save_portal.accounts.roles import Role


def reason_for(message: str) -> str:
    message = " ".join(message.split())
    if not message:
        raise AgreementError("Write what the agency has to know.", field="message")
    return message[:2000]


@transaction.atomic
def take_up(*, number: str, version: int, by: User, at: datetime) -> Agreement:
    """The program office reads a registration."""
    agreement = lock(number, "take_up", version=version, by=by)
    agreement.take_up()
    return save(agreement, "taken_up", by=by, at=at)


@transaction.atomic
def ask_back(*, number: str, version: int, message: str, by: User, at: datetime) -> Agreement:
    """The registration goes back with a question; whoever registered gets it with a new link."""
    agreement = lock(number, "ask_back", version=version, by=by)
    if agreement.agency_id is not None:
        raise AgreementError("A renewal is not asked back: accept it and propose a change.")
    agreement.ask_back(message=reason_for(message))
    save(agreement, "asked_back", by=by, at=at, data={"message": agreement.message})
    send_link(agreement, at=at)
    return agreement


@transaction.atomic
def refuse(*, number: str, version: int, message: str, by: User, at: datetime) -> Agreement:
    """It comes to nothing, and the agency reads why."""
    agreement = lock(number, "refuse", version=version, by=by)
    agreement.refuse(message=reason_for(message))
    save(agreement, "refused", by=by, at=at, data={"message": agreement.message})
    if agreement.agency_id is None:
        send_link(agreement, at=at)
    else:
        tell_agency(agreement, f"It was refused: {agreement.message}", at=at)
    return agreement


@transaction.atomic
def accept(*, number: str, version: int, by: User, at: datetime) -> Agreement:
    """The agency may enroll: it exists now, its people are invited, and the text is on the table.

    The first administrator, and the official who signs where that is somebody else, get a link to
    set a password.
    """
    agreement = lock(number, "accept", version=version, by=by)
    chosen = agreement.choices
    if agreement.agency_id is None:
        end_links(agreement, at=at)
        agreement.agency = Agency.objects.create(
            code=code_for(chosen["agency_name"]),
            name=chosen["agency_name"],
            kind=chosen["agency_kind"],
            time_zone=chosen["time_zone"],
        )
        Department.objects.create(agency=agreement.agency, name="Eligibility")
        invited = {chosen["administrator_email"].lower(): chosen["administrator_name"]}
        invited.setdefault(chosen["signatory_email"].lower(), chosen["signatory_name"])
        for email, name in invited.items():
            people.invite(
                email=email,
                full_name=name,
                role=Role.AGENCY_ADMINISTRATOR,
                agency_code=agreement.agency.code,
                by=by,
                at=at,
            )
    agreement.accept()
    save(agreement, "accepted", by=by, at=at)
    _write(agreement, chosen, {}, side=Side.OFFICE, note="From the registration", by=by, at=at)
    return agreement


def code_for(name: str) -> str:
    """A short code that no agency has yet."""
    stem = (re.sub(r"[^A-Z0-9]", "", name.upper()) or "AGENCY")[:12]
    code, turn = stem, 1
    while Agency.objects.filter(code=code).exists():
        turn += 1
        code = f"{stem}{turn}"
    return code


def current_text(agreement: Agreement) -> AgreementText:
    found: AgreementText | None = (
        AgreementText.objects.filter(agreement=agreement).order_by("-number").first()
    )
    if found is None:
        raise AgreementError("This agreement was signed on paper: its text is not kept here.")
    return found


def _write(
    agreement: Agreement, choices: dict[str, Any], clauses: dict[str, str], *, side: Side,
    note: str, by: User, at: datetime,
) -> AgreementText:  # fmt: skip
    articles = articles_of(choices, clauses)
    return AgreementText.objects.create(
        agreement=agreement,
        number=AgreementText.objects.filter(agreement=agreement).count() + 1,
        choices=choices,
        clauses=clauses,
        articles=articles,
        digest=digest_of(articles),
        side=side,
        proposed_by=by,
        note=note,
        at=at,
    )


def side_of(by: User) -> Side:
    return Side.OFFICE if policies.is_office(by=by) else Side.AGENCY


@transaction.atomic
def propose(
    *, number: str, version: int, changes: dict[str, Any], article: int | None, clause: str,
    note: str, by: User, at: datetime,
) -> AgreementText:  # fmt: skip
    """A further version: other choices, or a clause added to an article (empty takes it away)."""
    agreement = lock(number, "propose", version=version, by=by)
    last = current_text(agreement)
    choices = {**last.choices, **changes}
    if errors := check_choices(choices):
        raise InvalidChoices(errors)
    clauses = dict(last.clauses)
    if article is not None:
        clauses.pop(str(article), None)
        if clause := " ".join(clause.split()):
            clauses[str(article)] = clause[:1000]
    if choices == last.choices and clauses == last.clauses:
        raise AgreementError("Nothing was changed. Change a choice or a clause, then propose it.")
    put(agreement, choices)
    agreement.propose()
    save(agreement, "text_proposed", by=by, at=at)
    side = side_of(by)
    text = _write(agreement, choices, clauses, side=side, note=note, by=by, at=at)
    if side == Side.OFFICE:
        tell_agency(agreement, f"The program office proposes version {text.number}.", at=at)
    return text


@transaction.atomic
def agree(*, number: str, version: int, by: User, at: datetime) -> Agreement:
    """The other side than the one that proposed the last version wants it as it stands."""
    agreement = lock(number, "agree", version=version, by=by)
    last = current_text(agreement)
    if last.side == side_of(by):
        raise NotAuthorized("This version is your own proposal. The other side agrees to it.")
    agreement.agree()
    save(agreement, "text_agreed", by=by, at=at, data={"text": last.number})
    if side_of(by) == Side.OFFICE:
        tell_agency(agreement, f"Version {last.number} is ready to sign.", at=at)
    return agreement
