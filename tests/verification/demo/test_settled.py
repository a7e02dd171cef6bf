"""What the demo's page of error rates is drawn from."""

import csv
from datetime import timedelta

import pytest

from save_portal.accounts.models import Office
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from tests.conftest import AT, make_agency, make_user
from verification.demo.settled import BENEFITS, settle
from verification.models import Case
from verification.records import index, loading
from verification.records.population import write_uploads
from verification.records.systems import SYSTEMS
from verification.services.accuracy import accuracy
from verification.services.batch_row import submission_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(tmp_path):
    write_uploads(tmp_path, people=260, seed=4)
    for name in SYSTEMS:
        loading.load(name, tmp_path / f"{name}.csv")
    index.build()
    with (tmp_path / "truth.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_rate_of_the_page_has_cases_and_a_second_run_makes_none(people):
    office = Office.objects.create(code="SVO", name="Status Verification Office")
    for name in ("Vera", "Luis"):
        make_user(name, Role.STATUS_VERIFIER, office=office)
    workers = {
        code: make_user(
            f"Worker {code}", Role.GENERAL_USER, agency=make_agency(code, benefits=[benefit])
        )
        for code, benefit in BENEFITS.items()
    }
    begun = settle(people, submission_of, workers, at=AT)
    with system_scope():
        assert set(Case.objects.values_list("status", flat=True)) == {"additional_answered"}
        page = accuracy(first=AT - timedelta(days=90), end=AT)
    assert page.missed.shown
    assert 0 < page.missed.part < page.missed.whole
    assert page.wrong.shown
    assert 0 < page.wrong.part < page.wrong.whole
    assert page.corrected.part >= 2
    assert page.missed.whole + page.wrong.whole == begun
    assert settle(people, submission_of, workers, at=AT) == 0
