"""The demo world's eligibility system: its client, its endpoint, and its sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agreements.enums import AccessMode
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import agency_scope, scope_for
from save_portal.machines import sandbox as sandboxes
from save_portal.machines import services, webhooks
from save_portal.machines.models import Client
from verification.errors import CaseError
from verification.rules.submission import Submission
from verification.sandbox.people import BY_KEY
from verification.sandbox.person import NUMBERS
from verification.services import additional, initial, sandbox

NAME = "Benefits intake"
BENEFITS = ("snap", "medicaid")
# No such host exists, so that nothing of a demonstration is ever sent anywhere.
ENDPOINT = "https://intake.calhoun.example/save"
CONNECTED = timedelta(days=30)
TRIED = ("statement-1", "no-record", "item-10")


def connect(*, administrator: User, at: datetime) -> Client | None:
    """The system's client, made before the cases, so that their events wait for it.

    None where an earlier run has made it.
    """
    with scope_for(administrator):
        assert administrator.agency is not None
        if Client.objects.visible_to(administrator).exists():
            return None
        client, _ = services.make_client(
            agency=administrator.agency,
            name=NAME,
            access_mode=AccessMode.WEB_SERVICES,
            benefits=BENEFITS,
            by=administrator,
            at=at - CONNECTED,
        )
    return client


def begin_cases(client: Client, submissions: Iterable[Submission], *, at: datetime) -> int:
    """What the system asked by itself; how many cases."""
    begun = 0
    for number, submission in enumerate(submissions):
        question = replace(
            submission, benefits=BENEFITS[:1], agency_reference=f"BI-{8100 + number}",
            channel="machine",
        )  # fmt: skip
        try:
            with agency_scope(client.agency_id):
                initial.initiate(by=client.user, at=at, submission=question)
        except CaseError:
            continue
        begun += 1
    return begun


def listen(*, administrator: User, at: datetime) -> None:
    """The endpoint, added when the story is told: what happens from now on is sent to it."""
    with scope_for(administrator):
        assert administrator.agency is not None
        webhooks.add(agency=administrator.agency, url=ENDPOINT, by=administrator, at=at)


def try_out(*, administrator: User, at: datetime) -> None:
    """A sandbox in which three people were asked about, one of them answered by the verifier."""
    agency = administrator.agency
    assert agency is not None
    with scope_for(administrator):
        home = sandboxes.opened(agency=agency, by=administrator, at=at)
    with agency_scope(home.pk):
        client, _ = services.make_client(
            agency=home,
            name=f"{NAME}, under test",
            access_mode=AccessMode.WEB_SERVICES,
            benefits=BENEFITS,
            by=administrator,
            at=at,
        )
        for key in TRIED:
            person = BY_KEY[key]
            numbers: dict[str, Any] = {
                name: value for name, value in person.document.items() if name in NUMBERS
            }
            question = Submission(
                document_type=person.document["type"],
                family_name=person.family_name,
                given_name=person.given_name,
                date_of_birth=person.date_of_birth,
                card_number=person.document.get("card_number", ""),
                benefits=BENEFITS[:1],
                channel="machine",
                **numbers,
            )
            case = initial.initiate(by=client.user, at=at, submission=question)
            if person.additional:
                additional.request(
                    case_number=case.number, version=1, reason="prompted", by=client.user, at=at
                )
        later = sandboxes.now_in(home, at=at) + timedelta(days=7)
        sandbox.move_clock(sandbox=home, to=later, by=administrator, at=at)
