"""The program office's pages of error rates and record systems, walked by keyboard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from save_portal.accounts.models import Office
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for
from tests.browser.conftest import NARROW, check_accessible, enter
from tests.browser.test_case_by_keyboard import tab_to
from tests.conftest import make_user, unknown_person
from tests.verification.services.test_review import RESIDENT
from verification.rules.review import AnswerInput
from verification.services import additional, initial, review

pytestmark = pytest.mark.browser


@pytest.fixture
def settled(world):
    """Twelve that initial verification did not confirm; a verifier confirms nine of them."""
    dana, at = world["dana"], timezone.now() - timedelta(hours=2)
    office = Office.objects.create(code="SVO", name="Status Verification Office")
    vera = make_user("Vera", Role.STATUS_VERIFIER, office=office)
    for number in range(12):
        with scope_for(dana):
            asked = unknown_person(a_number=f"2000000{number:02}")
            case = initial.initiate(by=dana, at=at, submission=asked)
            case = additional.request(
                case_number=case.number, version=case.version, reason="prompted", comment="",
                by=dana, at=at,
            )  # fmt: skip
        given = RESIDENT if number < 9 else AnswerInput(comment="Nothing was found.")
        with scope_for(vera):
            case = review.take(case_number=case.number, by=vera, at=at)
            review.answer(
                case_number=case.number, version=case.version, given=given, by=vera, at=at
            )


def test_error_rates_and_record_systems_by_keyboard(world, settled, open_page):
    office = Office.objects.create(code="PROGRAM", name="Program Office")
    page = enter(open_page(), make_user("Paul", Role.PROGRAM_OFFICER, office=office))
    page.goto("/program/accuracy/")
    check_accessible(page, "error rates")
    assert "75.0 %" in page.inner_text("main")
    assert page.get_by_role("img", name="Bar chart").count() <= 1
    tab_to(page, "#from")
    page.fill("#from", "2026-01-02")
    page.fill("#to", "2026-01-01")
    page.locator("#to").press("Enter")
    page.wait_for_selector("[role=alert]")
    check_accessible(page, "error rates, the days refused")
    assert page.input_value("#from") == "2026-01-02"
    page.goto("/program/accuracy/?from=2020-01-01&to=2020-02-01")
    check_accessible(page, "error rates without any case")
    assert "Fewer than 10 such cases" in page.inner_text("main")
    page.goto("/program/sources/")
    check_accessible(page, "record systems")
    page.set_viewport_size(NARROW)
    for address in ("/program/accuracy/", "/program/sources/"):
        page.goto(address)
        check_accessible(page, f"{address}, narrow")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROW["width"], address
