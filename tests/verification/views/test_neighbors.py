"""From a case to its neighbors inside the list that it was opened from."""

import re
from datetime import timedelta
from html import unescape

import pytest

from save_portal.accounts.tenancy import scope_for
from tests.conftest import AT, resident, signed_in, unknown_person
from verification.services import duties, initial

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(caseworker):
    return signed_in(caseworker)


@pytest.fixture
def four(caseworker, people_on_record):
    """Three prompts, the oldest first, and a confirmed case between them."""
    made = []
    for number, submission in enumerate(
        [
            unknown_person(a_number="200000001", card_number="MSC2000000001"),
            unknown_person(a_number="200000002", card_number="MSC2000000002"),
            resident(),
            unknown_person(a_number="200000003", card_number="MSC2000000003"),
        ]
    ):
        with scope_for(caseworker):
            made.append(
                initial.initiate(
                    by=caseworker, at=AT + timedelta(days=7 * number), submission=submission
                )
            )
    return made


def links(page):
    """Number of the case that each relation of the page leads to, and the address."""
    found = re.findall(r'<a rel="(prev|next)" href="(/cases/(\w+)/[^"]*)"', page)
    return {rel: (number, unescape(address)) for rel, address, number in found}


def test_the_list_leads_to_its_cases_and_they_to_each_other(client, four):
    page = client.get("/cases/?status=initial_unconfirmed&sort=created").content.decode()
    address = unescape(re.search(rf'href="(/cases/{four[0].number}/\?in=[^"]*)"', page)[1])
    met = [four[0].number]
    while found := links(client.get(address).content.decode()).get("next"):
        met.append(found[0])
        address = found[1]
    assert met == [four[0].number, four[1].number, four[3].number]
    found = links(client.get(address).content.decode())
    assert found["prev"][0] == four[1].number
    assert "next" not in found


def test_my_work_leads_on_inside_its_section(client, four):
    page = client.get("/").content.decode()
    address = unescape(re.search(rf'href="(/cases/{four[1].number}/\?in=[^"]*)"', page)[1])
    found = links(client.get(address).content.decode())
    assert (found["prev"][0], found["next"][0]) == (four[0].number, four[3].number)


def test_a_case_that_left_the_filter_still_knows_its_place(client, four, caseworker):
    with scope_for(caseworker):
        duties.record(
            case_number=four[1].number,
            version=1,
            duty="told_applicant",
            value="yes",
            by=caseworker,
            at=AT,
        )
    found = links(client.get(f"/cases/{four[1].number}/?in=need%3Dprompt").content.decode())
    assert (found["prev"][0], found["next"][0]) == (four[0].number, four[3].number)


@pytest.mark.parametrize("bent", ["", "%00", "nonsense", "need%3Dprompt%26sort%3D-x", "by%3D999"])
def test_a_bent_list_does_no_harm(bent, client, four):
    assert client.get(f"/cases/{four[0].number}/?in={bent}").status_code == 200


def test_a_case_opened_by_itself_has_no_neighbors(client, four):
    assert links(client.get(f"/cases/{four[0].number}/").content.decode()) == {}
