"""The list of agreements: paged by key, filtered, one query however many there are."""

from datetime import date

import pytest

from agreements.enums import AccessMode, Purpose
from agreements.lifecycles.agreement import AgreementStatus
from agreements.models import Agreement
from agreements.selectors.pages import SIZE, agreement_list
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.agreements.conftest import hand_in
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def make_many(count: int) -> None:
    with system_scope():
        agencies = Agency.objects.bulk_create(
            Agency(code=f"A{n}", name=f"County {n:03d}", kind="local", time_zone="America/New_York")
            for n in range(count)
        )
        for number, agency in enumerate(agencies):
            Agreement.objects.create(
                agency=agency,
                number=f"MOA-{number:03d}",
                status=AgreementStatus.IN_FORCE,
                kind="cma" if number % 10 == 0 else "moa",
                purposes=Purpose.values,
                benefits=["snap"],
                access_modes=[AccessMode.BROWSER],
                term=(date(2020, 1, 1), date(2040, 1, 1)),
                legal_basis="7 USC 2020",
            )


def listed(officer, **asked):
    asked = {"status": "", "kind": "", "q": "", "cursor": None, **asked}
    with scope_for(officer):
        return agreement_list(user=officer, **asked)


def test_every_agreement_is_reached_page_by_page_and_back(officer, django_assert_num_queries):
    make_many(2 * SIZE + 5)
    seen, cursor, pages = [], None, []
    while True:
        with scope_for(officer), django_assert_num_queries(1):
            page = agreement_list(user=officer, status="", kind="", q="", cursor=cursor)
        seen += [one.number for one in page.rows]
        pages.append(page)
        if page.next is None:
            break
        cursor = page.next
    assert len(seen) == len(set(seen)) == 2 * SIZE + 5
    back = listed(officer, cursor=pages[1].previous)
    assert [one.number for one in back.rows] == [one.number for one in pages[0].rows]


def test_it_is_narrowed_by_status_kind_agency_and_number(officer):
    make_many(20)
    hand_in()
    assert [one.party for one in listed(officer, status="submitted").rows] == [
        "Ashford County Human Services"
    ]
    assert len(listed(officer, kind="cma").rows) == 2
    assert [one.number for one in listed(officer, q="moa-007").rows] == ["MOA-007"]
    assert len(listed(officer, q="county 01").rows) == 10
    assert len(listed(officer, q="ashford").rows) == 1
    assert len(listed(officer, status="bent", kind="bent", cursor="bent").rows) == 21


def test_its_pages_keep_the_filters_and_say_when_nothing_fits(officer):
    make_many(SIZE + 1)
    client = signed_in(officer)
    page = client.get("/agreements/?status=in_force&q=County").content.decode()
    assert "Next page" in page
    assert "status=in_force" in page
    empty = client.get("/agreements/?status=expired").content.decode()
    assert "None fits these filters." in empty
