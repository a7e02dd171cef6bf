"""A batch by keyboard: refused, checked, started, watched while it runs, and its rows followed."""

import pytest
from playwright.sync_api import expect

from save_portal.accounts.tenancy import system_scope
from tests.browser.conftest import NARROW, check_accessible, enter, tick
from tests.conftest import AT
from tests.verification.services.test_batch import RESIDENT, nobody
from tests.verification.services.test_batches import content, work
from verification.models import Batch
from verification.services import batch_work

pytestmark = pytest.mark.browser


def only_batch():
    with system_scope():
        return Batch.objects.get()


def choose(page, raw):
    file = {"name": "november.csv", "mimeType": "text/csv", "buffer": raw}
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Upload and check").press("Enter")


def test_from_the_file_to_the_rows_by_keyboard(world, open_page, monkeypatch):
    monkeypatch.setattr(batch_work, "CHUNK", 2)
    page = enter(open_page(), world["dana"])
    page.goto("/batches/")
    check_accessible(page, "no batch yet")
    choose(page, b"PK\x03\x04")
    page.wait_for_selector(".errs")
    check_accessible(page, "a file that is none")
    rows = [RESIDENT, *(nobody(n) for n in range(3)), {**RESIDENT, "a_number": "12"}]
    choose(page, content(rows))
    expect(page.locator("#batch-progress")).to_contain_text("Checking")
    check_accessible(page, "being checked")
    work(only_batch())
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    check_accessible(page, "ready to start")
    page.get_by_role("button", name="Start", exact=True).press("Enter")
    page.wait_for_selector(".errs")
    check_accessible(page, "not ticked")
    tick(page, "[name=originals_examined]")
    tick(page, "[name=no_finding]")
    page.get_by_role("button", name="Start", exact=True).press("Enter")
    expect(page.locator("#batch-progress")).to_contain_text("0 of 5 rows answered")
    assert batch_work.work_on(batch_id=only_batch().pk, clock=lambda: AT, seconds=0)
    expect(page.locator("#batch-progress")).to_contain_text("2 of 5 rows answered")
    check_accessible(page, "running")
    page.get_by_role("button", name="Pause").press("Enter")
    page.get_by_role("button", name="Resume").press("Enter")
    work(only_batch())
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.locator("main")).to_contain_text("This is no list of findings.")
    check_accessible(page, "finished")
    for address in ("/batches/", page.url):
        page.set_viewport_size(NARROW)
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_role("link", name="Request additional verification").first.press("Enter")
    expect(page.get_by_role("heading", name="Request additional verification")).to_be_visible()
