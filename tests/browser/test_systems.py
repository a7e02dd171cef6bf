"""An administrator gives a system its credentials by keyboard; people read the pages of the API."""

import pytest

from save_portal.accounts.roles import Role
from tests.browser.conftest import NARROW, check_accessible, enter, tick
from tests.conftest import make_user

pytestmark = pytest.mark.browser


def test_credentials_by_keyboard_and_the_pages_of_the_api(world, open_page):
    page = enter(open_page(), make_user("Rosa", Role.AGENCY_ADMINISTRATOR, agency=world["agency"]))
    page.goto("/systems/new/")
    page.locator("main form button").press("Enter")
    page.wait_for_selector(".usa-alert--error, .error-summary, [aria-invalid=true]")
    check_accessible(page, "a system without a name")
    page.focus("[name=name]")
    page.keyboard.type("Benefits intake")
    tick(page, "[name=benefits][value=snap]")
    page.locator("main form button").press("Enter")
    page.wait_for_selector("text=shown now and never again")
    check_accessible(page, "the secret")
    page.goto("/systems/")
    check_accessible(page, "systems")
    page.goto("/systems/sandbox/")
    check_accessible(page, "the sandbox")
    page.fill("[name=days]", "0")
    page.locator("[name=days]").press("Enter")
    page.wait_for_selector("text=Nothing was due on the way")
    check_accessible(page, "a clock that was moved")
    for address in (
        "/api/docs/",
        "/api/docs/changes/",
        "/api/docs/sandbox/",
        "/api/problems/",
        "/api/problems/refused/",
    ):
        page.goto(address)
        check_accessible(page, address)
    page.set_viewport_size(NARROW)
    for address in ("/api/docs/", "/api/docs/sandbox/", "/systems/sandbox/"):
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROW["width"], address
