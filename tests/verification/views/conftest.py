"""People who are signed in and have accepted the terms of use."""

import pytest

from save_portal.accounts.tenancy import scope_for
from tests.conftest import AT, resident, signed_in, unknown_person
from verification.services import initial


@pytest.fixture
def dana(caseworker, people_on_record):
    return signed_in(caseworker)


@pytest.fixture
def confirmed(caseworker, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=AT, submission=resident())


@pytest.fixture
def unconfirmed(caseworker, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=AT, submission=unknown_person())
