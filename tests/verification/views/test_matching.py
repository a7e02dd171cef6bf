"""Under a computer matching agreement an unconfirmed case says: verify, and wait (S5)."""

import pytest

from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, make_agency, make_user, resident, signed_in, unknown_person
from verification.services import duties, initial

pytestmark = pytest.mark.django_db
VERIFY, CONTEST = "verify independently", "30 days after it"


@pytest.fixture
def matcher(people_on_record):
    return make_user("Mia", "general_user", agency=make_agency("MATCH", agreement_kind="cma"))


def begin(by, submission):
    with scope_for(by):
        return initial.initiate(by=by, at=AT, submission=submission)


def shown(by, case, end=""):
    return signed_in(by).get(f"/cases/{case.number}/{end}").content.decode()


def test_unconfirmed_it_says_both_duties_and_from_when_the_agency_may_act(matcher):
    case = begin(matcher, unknown_person())
    page = shown(matcher, case)
    assert VERIFY in page
    assert CONTEST in page
    assert "at the earliest" not in page
    with scope_for(matcher):
        duties.record(
            case_number=case.number, version=case.version, duty="told_applicant", value="yes",
            by=matcher, at=AT,
        )  # fmt: skip
    assert "told on November 20, 2026: act against them on December 20, 2026" in shown(
        matcher, case
    )


def test_confirmed_or_under_a_memorandum_it_does_not(matcher, caseworker):
    assert VERIFY not in shown(matcher, begin(matcher, resident()))
    assert VERIFY not in shown(caseworker, begin(caseworker, unknown_person()))


def test_a_contractor_has_the_duties_of_the_agency_it_acts_for(matcher):
    with system_scope():
        helper = Agency.objects.create(
            code="HELPER", name="Helping Hands", kind="contractor", acts_for=matcher.agency
        )
    wes = make_user("Wes", "general_user", agency=helper)
    assert VERIFY in shown(wes, begin(wes, unknown_person()))
