"""What the applicants of the demo world did, and what was told to one of them.

By the services of CaseCheck, on cases that `seed_world` has made: a contact that the agency
recorded, a notice that its address confirmed, a correction, and a display of somebody's data that
was wrongful. A rule that delays looks is set for a purpose that no demo agency has.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from casecheck import contacts, delays, lookup, notices, proofs
from casecheck.models import Contact, DelayRule, Way
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import DisclosureEvent
from verification.enums import Benefit, CorrectionSubject, DisclosureFault, RecordOwner
from verification.lifecycles.case import CaseStatus
from verification.models import Case
from verification.services import correction, wrongful_disclosure

ADDRESS = "applicant@mail.example"


def play(*, at: datetime) -> list[Case]:
    """The two cases whose applicants did something; none where there is nothing to do it on.

    Safe to repeat: what was done before is not done again.
    """
    with system_scope():
        if Contact.objects.exists():
            return []
        answered = _first(CaseStatus.INITIAL_CONFIRMED)
        waiting = _first(CaseStatus.INITIAL_UNCONFIRMED)
        officer = User.objects.filter(role=Role.PROGRAM_OFFICER).order_by("id").first()
    if answered is None or waiting is None:
        return []
    for case, language in ((answered, "es"), (waiting, "en")):
        with scope_for(case.handled_by):
            contacts.record(
                case_number=case.number, email=ADDRESS, phone="+12025550123",
                language=language, by=case.handled_by, at=at - timedelta(hours=5),
            )  # fmt: skip
    _follow(waiting, at=at - timedelta(hours=4))
    with system_scope():
        correction.begin_for_applicant(
            case_number=waiting.number, owner=RecordOwner.USCIS_RECORDS,
            subject=CorrectionSubject.NAME, at=at - timedelta(hours=3),
            said="My second family name is missing; it is on my card and on my passport.",
        )  # fmt: skip
    _tell_of_a_wrongful_look(answered, at=at - timedelta(hours=2))
    if officer is not None and not DelayRule.objects.exists():
        with scope_for(officer):
            delays.set_delay(
                purpose=Benefit.BACKGROUND_CHECK, days=90, basis="5 USC 552a(c)(3)",
                effective_from=(at - timedelta(days=30)).date(), by=officer,
                at=at - timedelta(days=60),
            )  # fmt: skip
    return [answered, waiting]


def _first(status: CaseStatus) -> Case | None:
    return (
        Case.objects.select_related("agency", "handled_by__agency")
        .filter(status=status, agency__code="CALHOUN")
        .order_by("id")
        .first()
    )


def _follow(case: Case, *, at: datetime) -> None:
    """The applicant asks to be told, and opens the link that came."""
    notice = notices.ask(
        proof=lookup.proof_of(case), way=Way.EMAIL, address=ADDRESS, language="en", at=at
    )
    assert notice is not None
    notices.confirm(token=proofs.sign(notice.pk, salt=proofs.NOTICE), at=at)


def _tell_of_a_wrongful_look(case: Case, *, at: datetime) -> None:
    with system_scope():
        look = DisclosureEvent.objects.filter(case_number=case.number).order_by("-id").first()
    if look is not None:
        wrongful_disclosure.report(
            disclosure_id=look.pk,
            fault=DisclosureFault.ACCOUNT_MISUSED,
            note="The caseworker was on leave that day; the look came from another office.",
            by=None,
            at=at,
        )
        notices.tell_wrongful_disclosures(at=at)
