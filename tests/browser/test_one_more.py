"""What was ambiguous is settled by one more number, from the keyboard, with axe on the way."""

from datetime import date

import pytest
from playwright.sync_api import expect

from save_portal.accounts.tenancy import scope_for
from tests.browser.conftest import NARROW, WIDE, check_accessible, enter
from tests.browser.test_case_by_keyboard import tab_to
from tests.conftest import AT
from tests.verification.records.files import row, write
from verification.records import index
from verification.records.loading import load
from verification.rules.submission import Submission
from verification.services import initial

pytestmark = pytest.mark.browser


@pytest.fixture
def ambiguous(world, tmp_path):
    """Two files of one name and birthday, and one I-94 number between them."""
    shared = {"class_of_admission": "RE1", "i94_number": "123456789A1"}
    other = {"record_id": "R2", "a_number": "123456780", "card_number": "LIN9999999999"}
    load("CIS", write(tmp_path, "CIS", row(**shared), row(**shared, **other)))
    index.build()
    typed = Submission(
        document_type="i94", family_name="Lopez Garcia", given_name="Maria Elena",
        date_of_birth=date(1980, 2, 29), i94_number="123456789A1", benefits=("snap",),
        original_examined=True,
    )  # fmt: skip
    with scope_for(world["dana"]):
        return initial.initiate(by=world["dana"], at=AT, submission=typed)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
def test_the_page_asks_for_one_more_number_and_the_retry_takes_it(
    world, ambiguous, open_page, viewport
):
    page = enter(open_page(viewport), world["dana"])
    page.goto(f"/cases/{ambiguous.number}/")
    wanted = page.locator("ul.wanted")
    expect(wanted).to_contain_text("A-number")
    expect(wanted).to_contain_text("Add it with “Correct and retry”.")
    check_accessible(page, "case, ambiguous")
    page.get_by_role("link", name="Correct and retry").first.click()
    page.wait_for_url("**/retry/")
    expect(page.locator("h2", has_text="One more number, from another document")).to_be_visible()
    check_accessible(page, "retry, one more number")
    tab_to(page, "[name=a_number]")
    page.keyboard.type("A 123-456-780")
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer.yes")
    expect(page.locator("main")).to_contain_text("A 123-456-780")
