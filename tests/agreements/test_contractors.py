"""A contractor works under the agreement of the agency that it acts for, and no other (S1.2)."""

import pytest

from agreements.errors import AgreementError, NotAuthorized
from agreements.models import Agreement
from agreements.selectors.binding import is_named, permitted, why_nothing_may_be_asked
from agreements.services import contractors, standing
from save_portal.accounts.models import Agency, Invitation
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.agreements.conftest import do, fresh, in_force
from tests.agreements.test_supplements import TODAY, concluded
from tests.conftest import AT, make_user, resident, signed_in
from verification.errors import InvalidSubmission, NoAgreement
from verification.services import initial

pytestmark = pytest.mark.django_db
LINE = "Helping Hands, data entry"


@pytest.fixture
def parties(officer):
    """The agreement that names a contractor, its official, and the contractor."""
    agreement, signatory = in_force(officer, contractors=[LINE], benefits=["snap"])
    return agreement, signatory, opened(agreement, officer)


def opened(agreement, by, *, line=LINE) -> Agency:
    with scope_for(by):
        now = Agreement.objects.get(pk=agreement.pk)
        return contractors.open_account(
            number=now.number,
            version=now.version,
            line=line,
            administrator_name="Carla Ruiz",
            administrator_email="carla.ruiz@hands.example",
            by=by,
            at=AT,
        )


def test_the_office_opens_it_and_invites_its_administrator(parties, officer):
    agreement, signatory, helper = parties
    assert (helper.name, helper.acts_for) == ("Helping Hands", agreement.agency)
    with system_scope():
        invited = Invitation.objects.get(agency=helper)
        assert (invited.email, invited.role) == (
            "carla.ruiz@hands.example",
            Role.AGENCY_ADMINISTRATOR,
        )
    with pytest.raises(AgreementError, match="has its account already"):
        opened(agreement, officer)
    with pytest.raises(AgreementError, match="names no such contractor"):
        opened(agreement, officer, line="Somebody else")
    with pytest.raises(NotAuthorized):
        opened(agreement, signatory)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Helping Hands, data entry", True),
        ("HELPING HANDS - data entry", True),
        ("Helping Hands", True),
        ("Helping Hands West, data entry", False),
        ("Helping Handshakes, data entry", False),
        ("Others, helping hands", False),
    ],
)
def test_a_line_names_the_contractor_whose_whole_name_it_has(line, named):
    assert is_named("Helping Hands", [line]) == named


def test_its_people_ask_what_that_agreement_permits_and_nothing_else(parties, people_on_record):
    _, _, helper = parties
    wes = make_user("Wes", Role.GENERAL_USER, agency=helper)
    with scope_for(wes):
        assert initial.initiate(by=wes, at=AT, submission=resident()).agency == helper
        with pytest.raises(InvalidSubmission, match="does not cover Medicaid"):
            initial.initiate(by=wes, at=AT, submission=resident(benefits=("medicaid",)))


def test_suspended_for_the_agency_it_is_suspended_for_the_contractor(
    parties, officer, people_on_record
):
    agreement, _, helper = parties
    wes = make_user("Wes", Role.GENERAL_USER, agency=helper)
    do(standing.suspend, agreement, officer, message="Untrained users.")
    with scope_for(wes), pytest.raises(NoAgreement, match=r"Ashford County .* is suspended"):
        initial.initiate(by=wes, at=AT, submission=resident())


def test_no_longer_named_it_asks_nothing_more(parties, officer, people_on_record):
    agreement, signatory, helper = parties
    wes = make_user("Wes", Role.GENERAL_USER, agency=helper)
    concluded(agreement, signatory, officer, contractors=[])
    with scope_for(wes):
        with pytest.raises(NoAgreement, match="does not name Helping Hands as a contractor"):
            initial.initiate(by=wes, at=AT, submission=resident())
        assert permitted(agency=helper, on=TODAY) is None


def test_an_agency_that_was_closed_closes_its_contractor(parties):
    agreement, _, helper = parties
    with system_scope():
        Agency.objects.filter(pk=agreement.agency_id).update(is_active=False)
        helper = Agency.objects.select_related("acts_for").get(pk=helper.pk)
    assert permitted(agency=helper, on=TODAY) is None
    assert "no longer uses SAVE" in why_nothing_may_be_asked(agency=helper, on=TODAY)


def test_both_see_it_and_the_contractor_cannot_act_on_it(parties, officer):
    agreement, signatory, helper = parties
    page = f"/agreements/{agreement.number}/"
    assert "Works under this agreement" in signed_in(signatory).get(page).content.decode()
    carla = make_user("Carla", Role.AGENCY_ADMINISTRATOR, agency=helper)
    client = signed_in(carla)
    listed = client.get("/agreements/").content.decode()
    assert agreement.number in listed
    assert "as a contractor of Ashford County Human Services" in listed
    shown = client.get(page).content.decode()
    assert "Your agency acts for Ashford County Human Services" in shown
    assert "What you can do" not in shown
    assert client.get(f"{page}agreement.pdf").status_code == 200
    refused = client.post(f"{page}reason/terminate/", {"message": "No", "version": "1"})
    assert refused.status_code == 404 or refused.status_code == 403
    assert fresh(agreement).status == "in_force"
    with scope_for(carla):
        assert not Agreement.objects.exists()


def test_the_page_to_open_one_shows_what_is_missing(parties, officer):
    agreement, _, _ = parties
    client = signed_in(officer)
    address = f"/agreements/{agreement.number}/contractor/"
    assert "has its account" in client.get(address).content.decode()
