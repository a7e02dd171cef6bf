"""The page on which the program sets how long answers take."""

from datetime import timedelta

import pytest
from django.utils import timezone

from save_portal.accounts.roles import Role
from tests.conftest import make_user, signed_in
from verification import deadlines
from verification.models import AnswerTime

pytestmark = pytest.mark.django_db

PAGE = "/program/answer-times/"


@pytest.fixture
def chief(office):
    return signed_in(make_user("Chris", Role.VERIFIER_SUPERVISOR, office=office))


def typed(day, **changes):
    return {
        "promise": "additional",
        "least_days": "3",
        "most_days": "7",
        "why": "Published in June.",
        "from_on_0": str(day.month),
        "from_on_1": str(day.day),
        "from_on_2": str(day.year),
        **changes,
    }


def test_a_time_is_set_from_a_day_on_and_what_holds_today_stays(chief):
    day = timezone.localdate() + timedelta(days=2)
    done = chief.post(PAGE, typed(day), follow=True).content.decode()
    assert "Set. What was promised before is kept." in done
    assert "Published in June." in done
    assert "3 to 5 days" in done
    assert deadlines.days_for("additional", on=day) == (3, 7)


def test_a_day_in_the_past_and_too_few_days_are_explained(chief):
    today = timezone.localdate()
    page = chief.post(PAGE, typed(today, least_days="9"))
    assert page.status_code == 422
    assert "Choose a day after today" in page.content.decode()
    assert "The fewest days cannot be more than the most." in page.content.decode()
    assert not AnswerTime.objects.exists()


def test_the_program_office_sets_them_too_and_nobody_else_sees_the_page(
    office, caseworker, verifier
):
    officer = signed_in(make_user("Olga", Role.PROGRAM_OFFICER, office=office))
    assert officer.get(PAGE).status_code == 200
    for person in (caseworker, verifier):
        assert signed_in(person).get(PAGE).status_code == 403
