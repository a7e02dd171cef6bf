"""Agreements of the demo world at different points, each brought there by the portal's services.

A registration that waits for the program office, a text under negotiation, one that an official can
sign at once, a signed supplement, a contractor, and an agreement that ends soon.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from agreements.models import Agreement, RegistrationLink
from agreements.services import contractors, negotiation, registration, standing
from agreements.services import supplements as supplementing
from agreements.supplement_text import CHANGEABLE
from save_portal.accounts.models import Agency, Department, Invitation, User
from save_portal.accounts.people import links
from save_portal.accounts.people import services as people
from save_portal.accounts.roles import Role

ADDRESS = {
    "street": "1 Court Square", "time_zone": "America/Chicago", "kind": "moa",
    "access_modes": ["browser"], "contractors": [],
}  # fmt: skip
SUBMITTED: dict[str, Any] = {
    **ADDRESS,
    "agency_name": "Pine Ridge Tribal Housing", "agency_kind": "tribal", "tax_id": "46-5550123",
    "city": "Pine Ridge", "state": "SD", "zip_code": "57770", "purposes": ["benefit"],
    "benefits": ["housing"], "legal_basis": "42 USC 1436a", "monthly_volume": 60,
    "contact_name": "Lena Torrez", "contact_email": "lena.torrez@pineridge.demo.example",
    "contact_phone": "605-555-0107", "signatory_name": "Amos Whitehall",
    "signatory_title": "Chairman", "signatory_email": "amos.whitehall@pineridge.demo.example",
    "administrator_name": "Lena Torrez",
    "administrator_email": "lena.torrez@pineridge.demo.example",
}  # fmt: skip
NEGOTIATING: dict[str, Any] = {
    **ADDRESS,
    "agency_name": "Ashford County Human Services", "agency_kind": "local",
    "tax_id": "63-5550188", "city": "Ashford", "state": "AL", "zip_code": "36312",
    "purposes": ["benefit"], "benefits": ["snap", "medicaid", "tanf"], "monthly_volume": 250,
    "legal_basis": "Social Security Act, section 1137(d)",
    "contact_name": "Nora Field", "contact_email": "nora.field@ashford.demo.example",
    "contact_phone": "334-555-0134", "signatory_name": "Walter Hale",
    "signatory_title": "Director", "signatory_email": "walter.hale@ashford.demo.example",
    "administrator_name": "Inez Duarte", "administrator_email": "inez.duarte@ashford.demo.example",
}  # fmt: skip
READY: dict[str, Any] = {
    **ADDRESS,
    "agency_name": "Delta Board of Nursing", "agency_kind": "state", "tax_id": "64-5550142",
    "city": "Jackson", "state": "MS", "zip_code": "39201", "kind": "cma",
    "purposes": ["license"], "benefits": ["license_or_grant"], "monthly_volume": 40,
    "legal_basis": "8 USC 1621(c)(1)(A)",
    "contact_name": "Celia Brooks", "contact_email": "celia.brooks@delta.demo.example",
    "contact_phone": "601-555-0119", "signatory_name": "Celia Brooks",
    "signatory_title": "Executive director", "signatory_email": "celia.brooks@delta.demo.example",
    "administrator_name": "Celia Brooks", "administrator_email": "celia.brooks@delta.demo.example",
}  # fmt: skip
CONTRACTOR = "Helping Hands, data entry"
CONTRACTORS_ADMINISTRATOR = ("Carla Ruiz", "carla.ruiz@helpinghands.demo.example")
CONTRACTORS_CASEWORKER = ("Wes Tyler", "wes.tyler@helpinghands.demo.example")
# (code, name, users as (mail, role)) of the agencies that come to be here, for demo.json.
CAME_TO_BE = (
    (
        "ASHFORDCOUNT",
        NEGOTIATING["agency_name"],
        (
            ("inez.duarte@ashford.demo.example", Role.AGENCY_ADMINISTRATOR),
            ("walter.hale@ashford.demo.example", Role.AGENCY_ADMINISTRATOR),
        ),
    ),
    (
        "DELTABOARDOF",
        READY["agency_name"],
        (("celia.brooks@delta.demo.example", Role.AGENCY_ADMINISTRATOR),),
    ),
    (
        "HELPINGHANDS",
        "Helping Hands",
        (
            (CONTRACTORS_CASEWORKER[1], Role.GENERAL_USER),
            (CONTRACTORS_ADMINISTRATOR[1], Role.AGENCY_ADMINISTRATOR),
        ),
    ),
)


def play(*, office: User, administrator: User, password: str, at: datetime) -> None:
    """All of it, in the scope of the system; what an earlier run made is left as it is.

    `office` is a program officer, `administrator` keeps the agency whose agreement on paper gets
    a supplement and a contractor.
    """
    if Agreement.objects.filter(applicant_email=SUBMITTED["contact_email"]).exists():
        return
    _register(NEGOTIATING, at=at - timedelta(days=21))
    talked = _accepted(office, password, at=at - timedelta(days=19))
    ashford = User.objects.get(email=NEGOTIATING["administrator_email"])
    _do(
        negotiation.propose, talked, by=ashford, at=at - timedelta(days=12),
        changes={"benefits": ["snap", "medicaid"]}, article=11,
        clause="Reports of breaches go to the county's security officer as well.",
        note="TANF is run by the state here.",
    )  # fmt: skip
    _register(READY, at=at - timedelta(days=16))
    ready = _accepted(office, password, at=at - timedelta(days=15))
    celia = User.objects.get(email=READY["signatory_email"])
    _do(negotiation.agree, ready, by=celia, at=at - timedelta(days=6))
    _supplement(office, administrator, password, at=at - timedelta(days=10))
    _register(SUBMITTED, at=at - timedelta(days=1))
    standing.run_timetable(at=at)


def _register(choices: dict[str, Any], *, at: datetime) -> None:
    registration.begin(email=choices["contact_email"], by=None, at=at, address=None)
    link = RegistrationLink.objects.filter(ended_at=None).latest("pk")
    registration.submit(link_id=link.pk, choices=choices, by=None, at=at)


def _do(service: Callable[..., Any], agreement: Agreement, *, by: User, **more: Any) -> None:
    now = Agreement.objects.get(pk=agreement.pk)
    service(number=now.number, version=now.version, by=by, **more)


def _accepted(office: User, password: str, *, at: datetime) -> Agreement:
    """The registration that was handed in last is accepted, and its people have their accounts."""
    agreement = Agreement.objects.filter(status="submitted").latest("pk")
    _do(negotiation.take_up, agreement, by=office, at=at)
    _do(negotiation.accept, agreement, by=office, at=at)
    agreement = Agreement.objects.select_related("agency").get(pk=agreement.pk)
    assert agreement.agency is not None
    _join(agreement.agency, password, at=at)
    return agreement


def _join(agency: Agency, password: str, *, at: datetime) -> None:
    for invitation in Invitation.objects.filter(agency=agency, accepted_at=None):
        people.accept(token=links.token_of(invitation), password=password, at=at)


def _supplement(office: User, administrator: User, password: str, *, at: datetime) -> None:
    """A program and a contractor more, signed by both, and the contractor's people."""
    agreement = Agreement.objects.get(agency=administrator.agency, status="in_force")
    terms = {
        **dict.fromkeys(CHANGEABLE, ""),
        **agreement.terms_on(),
        "benefits": [*agreement.benefits, "unemployment"],
        "contractors": [CONTRACTOR],
        "contact_name": administrator.full_name,
        "contact_email": administrator.email,
        "contact_phone": "256-555-0134",
        "signatory_name": administrator.full_name,
        "signatory_title": "Director",
        "signatory_email": administrator.email,
    }
    _do(
        supplementing.propose, agreement, by=administrator, at=at, terms=terms,
        effective_on=at.date(), note="Unemployment compensation moves to the county.",
    )  # fmt: skip
    made = agreement.supplemented_by.get()
    for service, by in ((supplementing.sign, administrator), (supplementing.countersign, office)):
        _do(
            service, agreement, by=by, at=at, supplement=made.number, digest=made.digest,
            typed_name=by.full_name, consent=True, address="192.0.2.17",
        )  # fmt: skip
    name, email = CONTRACTORS_ADMINISTRATOR
    _do(
        contractors.open_account, agreement, by=office, at=at, line=CONTRACTOR,
        administrator_name=name, administrator_email=email,
    )  # fmt: skip
    contractor = Agency.objects.get(acts_for=administrator.agency)
    _join(contractor, password, at=at)
    name, email = CONTRACTORS_CASEWORKER
    User.objects.create_user(
        email,
        password,
        full_name=name,
        role=Role.GENERAL_USER,
        agency=contractor,
        department=Department.objects.get(agency=contractor),
    )
