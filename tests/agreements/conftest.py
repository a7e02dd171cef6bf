"""An agency that registers, and how far it has come."""

import pytest

from agreements.models import Agreement, RegistrationLink
from agreements.services import negotiation, registration, signing
from save_portal.accounts.models import Invitation, Office, User
from save_portal.accounts.people import links
from save_portal.accounts.people import services as people
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, PASSWORD, make_user

CHOICES = {
    "agency_name": "Ashford County Human Services",
    "agency_kind": "local",
    "tax_id": "12-3456789",
    "street": "1 Court Square",
    "city": "Ashford",
    "state": "AL",
    "zip_code": "36201",
    "time_zone": "America/Chicago",
    "kind": "moa",
    "legal_basis": "Social Security Act, section 1137(d)",
    "purposes": ["benefit"],
    "benefits": ["snap", "medicaid"],
    "access_modes": ["browser"],
    "monthly_volume": 250,
    "contractors": [],
    "contact_name": "Nora Field",
    "contact_email": "nora.field@ashford.example",
    "contact_phone": "256-555-0134",
    "signatory_name": "Walter Hale",
    "signatory_title": "Director",
    "signatory_email": "walter.hale@ashford.example",
    "administrator_name": "Inez Duarte",
    "administrator_email": "inez.duarte@ashford.example",
}
APPLICANT = "inez.duarte@ashford.example"


@pytest.fixture
def officer(db):
    office = Office.objects.create(code="PROGRAM", name="Program Office")
    return make_user("Paul", Role.PROGRAM_OFFICER, office=office)


def hand_in(**changes) -> Agreement:
    registration.begin(email=APPLICANT, by=None, at=AT, address="192.0.2.7")
    with system_scope():
        link = RegistrationLink.objects.filter(ended_at=None).latest("pk")
    return registration.submit(link_id=link.pk, choices={**CHOICES, **changes}, by=None, at=AT)


def do(service, agreement, by, *, at=AT, **arguments):
    """One act of somebody on the agreement as it is now; the agreement afterwards."""
    with scope_for(by):
        now = Agreement.objects.get(pk=agreement.pk)
        arguments = {"version": now.version, **arguments}
        service(number=now.number, by=by, at=at, **arguments)
    return fresh(agreement)


def fresh(agreement) -> Agreement:
    with system_scope():
        return Agreement.objects.select_related("agency").get(pk=agreement.pk)


def accepted(officer, **changes):
    """A registration that the office accepted, and the official who signs for the agency."""
    agreement = hand_in(**changes)
    do(negotiation.take_up, agreement, officer)
    agreement = do(negotiation.accept, agreement, officer)
    with system_scope():
        invited = list(Invitation.objects.filter(agency=agreement.agency))
    for invitation in invited:
        people.accept(token=links.token_of(invitation), password=PASSWORD + " 42", at=AT)
    signatory = User.objects.get(email=CHOICES["signatory_email"])
    return agreement, signatory


def signature(agreement, by, **changes):
    with system_scope():
        text = negotiation.current_text(agreement)
    return {
        "digest": text.digest,
        "typed_name": by.full_name,
        "consent": True,
        "address": "192.0.2.9",
        **changes,
    }


def in_force(officer, **changes):
    agreement, signatory = accepted(officer, **changes)
    do(negotiation.agree, agreement, signatory)
    do(signing.sign, agreement, signatory, **signature(agreement, signatory))
    agreement = do(signing.countersign, agreement, officer, **signature(agreement, officer))
    return agreement, signatory
