"""The charts beside the invoices: what was used by program, what was invoiced by month."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.selectors.use import use_of
from save_portal.accounts.models import Agency
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, make_user, resident, signed_in, unknown_person
from verification.services import initial

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(agency, caseworker, people_on_record):
    """Two acts of this month, one of them for two programs, and one of last month."""
    with scope_for(caseworker):
        for at, submission in (
            (AT, resident(benefits=("snap", "medicaid"))),
            (AT, unknown_person()),
            (AT - timedelta(days=30), unknown_person(a_number="200000002")),
        ):
            initial.initiate(by=caseworker, at=at, submission=submission)
    return agency


def test_the_months_acts_by_program_most_used_first(used, django_assert_num_queries):
    with system_scope():
        agency = Agency.objects.get(pk=used.pk)
        with django_assert_num_queries(2):
            use = use_of(agency, at=AT)
    assert [(bar.label, bar.value) for bar in use.programs] == [("SNAP", "2"), ("Medicaid", "1")]
    assert [bar.width for bar in use.programs] == [180, 90]
    assert use.months == []


def test_another_agency_counts_nothing_of_it(used, other_agency, stranger):
    with scope_for(stranger):
        assert use_of(other_agency, at=AT).programs == []
        assert use_of(used, at=AT).programs == []


def test_each_chart_has_its_table_on_the_page(agency, caseworker, people_on_record):
    with scope_for(caseworker):
        initial.initiate(by=caseworker, at=timezone.now(), submission=resident())
    helen = make_user("Helen", Role.AGENCY_ADMINISTRATOR, agency=agency)
    page = signed_in(helen).get("/invoices/").content.decode()
    assert 'aria-label="Bar chart of this month' in page
    assert '<td class="num">1</td>' in page
