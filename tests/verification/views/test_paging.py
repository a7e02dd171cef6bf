"""Paging by keyset: forwards and backwards over the same rows, each once."""

import pytest

from save_portal.accounts.tenancy import scope_for
from save_portal.web.keyset import paginate
from tests.conftest import AT, unknown_person
from verification.models import Case
from verification.services import initial

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("order", [("-created_at", "-id"), ("applicant_key", "id")])
def test_pages_follow_each_other_and_lead_back(caseworker, people_on_record, order):
    with scope_for(caseworker):
        for position in range(5):
            # All begun at one instant: only the id tells them apart.
            initial.initiate(
                by=caseworker, at=AT, submission=unknown_person(a_number=f"20000010{position}")
            )
        expected = list(Case.objects.order_by(*order).values_list("pk", flat=True))
        forwards, cursor, previous = [], None, []
        while True:
            page = paginate(Case.objects.all(), order=order, cursor=cursor, size=2)
            forwards.append([case.pk for case in page.rows])
            previous.append(page.previous)
            if page.next is None:
                break
            cursor = page.next
        assert forwards == [expected[:2], expected[2:4], expected[4:]]
        assert previous[0] is None
        back = paginate(Case.objects.all(), order=order, cursor=previous[2], size=2)
        assert [case.pk for case in back.rows] == expected[2:4]
        first = paginate(Case.objects.all(), order=order, cursor=back.previous, size=2)
        assert [case.pk for case in first.rows] == expected[:2]
        assert first.previous is None
