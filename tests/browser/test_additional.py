"""Asking a status verifier from the keyboard alone, with copies of the documents."""

from pathlib import Path

import pytest
from playwright.sync_api import FileChooser, Page, expect

from save_portal.accounts.tenancy import scope_for, system_scope
from tests import uploads as files
from tests.browser.conftest import NARROW, WIDE, check_accessible, enter
from tests.browser.test_case_by_keyboard import has_focus, tab_to
from tests.conftest import AT, unknown_person
from verification.models import AdditionalRequest, CaseDocument, ChargeEvent
from verification.services import initial

pytestmark = pytest.mark.browser


@pytest.fixture
def case(world):
    with scope_for(world["dana"]):
        return initial.initiate(by=world["dana"], at=AT, submission=unknown_person())


@pytest.fixture
def copies(tmp_path) -> list[Path]:
    """Two good files and one that is locked."""
    contents = {
        "front.jpg": files.encoded("JPEG"),
        "letter.pdf": files.pdf(2),
        "locked.pdf": files.locked_pdf(user="x"),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


def choose(page: Page, *paths: Path) -> None:
    """Opens the browser's own dialog by a key, as somebody without a mouse does.

    The browser opens none while it still lays out what the last key did; then the key is pressed
    again.
    """
    choosers: list[FileChooser] = []

    def opened(chooser: FileChooser) -> None:
        choosers.append(chooser)

    page.on("filechooser", opened)
    tab_to(page, "[name=files]")
    for _ in range(10):
        page.keyboard.press("Space")
        page.wait_for_timeout(300)
        if choosers:
            break
    page.remove_listener("filechooser", opened)
    choosers[0].set_files([str(path) for path in paths])


def press(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def test_a_request_with_copies_from_the_keyboard(world, open_page, case, copies):
    page = enter(open_page(), world["dana"])
    page.goto(f"/cases/{case.number}/additional/")
    check_accessible(page, "additional")

    # A date is needed: the boxes for it show with the reason, and only then.
    expect(page.locator("[name=dates_needed]").first).to_be_hidden()
    tab_to(page, "[name=reason]")
    for _ in range(20):
        if page.evaluate("document.activeElement.value") == "date_needed":
            break
        page.keyboard.press("ArrowDown")
    expect(page.locator("[name=dates_needed]").first).to_be_visible()

    # A wrong number and a locked file: everything else is kept.
    press(page, ".further summary")
    tab_to(page, "[name=sevis_id]")
    page.keyboard.type("N1")
    choose(page, *copies)
    press(page, "button[name=next]")
    summary = page.locator(".errs")
    expect(summary).to_be_focused()
    for sentence in (
        "Tick which date you need.",
        "A SEVIS ID has",
        "locked.pdf: The PDF is locked",
    ):
        expect(summary).to_contain_text(sentence)
    check_accessible(page, "additional, errors")
    expect(page.locator(".files li")).to_have_count(2)

    # One copy is taken away again; what was typed stays.
    press(page, "button[name=remove]")
    expect(page.locator(".files li")).to_have_count(1)
    expect(page.locator("[name=sevis_id]")).to_have_value("N1")

    tab_to(page, "[name=dates_needed]")
    page.keyboard.press("Space")
    tab_to(page, "[name=sevis_id]")
    page.keyboard.press("Control+A")
    page.keyboard.type("N00 0420 1188")
    page.keyboard.press("Enter")
    page.wait_for_url("**/additional/check/**")
    check_accessible(page, "additional, check")
    has_focus(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".note-success")
    check_accessible(page, "case, with SAVE")
    with system_scope():
        asked = AdditionalRequest.objects.get()
        assert (asked.reason, asked.dates_needed) == ("date_needed", ["ead"])
        assert CaseDocument.objects.sent().count() == 1
        assert ChargeEvent.objects.filter(kind="additional").count() == 1


def test_sending_by_a_double_click_sends_once(world, open_page, case):
    page = enter(open_page(), world["dana"])
    page.goto(f"/cases/{case.number}/additional/")
    page.get_by_role("button", name="Continue to check").click()
    page.wait_for_url("**/additional/check/**")
    page.get_by_role("button", name="Send and pay").dblclick()
    page.wait_for_selector(".note-success")
    page.goto(f"/cases/{case.number}/additional/check/")
    expect(page.locator(".notes")).to_contain_text("was asked already")
    with system_scope():
        assert ChargeEvent.objects.filter(kind="additional").count() == 1


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
def test_a_copy_opens_as_a_picture_and_the_form_fits(world, open_page, case, copies, viewport):
    page = enter(open_page(viewport), world["dana"])
    page.goto(f"/cases/{case.number}/additional/")
    page.set_input_files("[name=files]", [str(copies[0]), str(copies[1])])
    page.get_by_role("button", name="Add these files").click()
    expect(page.locator(".files li")).to_have_count(2)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    check_accessible(page, f"additional with copies at {viewport['width']}")
    page.get_by_role("link", name="Look at front.jpg").click()
    assert page.evaluate("document.contentType") == "image/jpeg"
    assert page.evaluate("document.images[0].naturalWidth") == 900
