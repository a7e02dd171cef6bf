"""A contractor works under the agency it acts for, and sees its own rows only (S1.2)."""

import pytest
from django.db import DatabaseError, transaction

from save_portal.accounts.models import Agency, Department
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, make_user, signed_in, unknown_person
from verification.models import Case
from verification.services import initial

pytestmark = pytest.mark.django_db


@pytest.fixture
def contractor(agency):
    with system_scope():
        helper = Agency.objects.create(
            code="HELPER",
            name="Helper Human Services",
            kind=Agency.Kind.CONTRACTOR,
            acts_for=agency,
        )
        Department.objects.create(agency=helper, name="For Calhoun")
    return helper


@pytest.fixture
def wes(contractor):
    return make_user("Wes", "general_user", agency=contractor)


def initiate(by, **changes):
    with scope_for(by):
        return initial.initiate(by=by, at=AT, submission=unknown_person(**changes))


def test_each_sees_the_own_cases_alone(wes, caseworker, supervisor, people_on_record):
    theirs, ours = initiate(wes), initiate(caseworker, a_number="200000002")
    for person, own, other in ((wes, theirs, ours), (supervisor, ours, theirs)):
        client = signed_in(person)
        assert client.get(f"/cases/{own.number}/").status_code == 200
        assert client.get(f"/cases/{other.number}/").status_code == 404
        with scope_for(person):
            assert list(Case.objects.all()) == [own]


def test_its_cases_say_for_whom_it_acts(wes, agency, people_on_record):
    case = initiate(wes)
    page = signed_in(wes).get(f"/cases/{case.number}/").content.decode()
    assert f"<dt>On behalf of</dt><dd>{agency.name}</dd>" in page
    printed = signed_in(wes).get(f"/cases/{case.number}/print/").content.decode()
    assert f"Helper Human Services, for {agency.name}" in printed


def test_it_never_comes_to_act_for_somebody_else(contractor, other_agency):
    contractor.acts_for = other_agency
    with pytest.raises(DatabaseError), transaction.atomic(), system_scope():
        contractor.save()
    contractor.refresh_from_db()
    contractor.name = "Helper, Inc."
    with system_scope():
        contractor.save()
