"""Form G-845 as two people at once: the caseworker sends the papers, the office takes them in."""

import subprocess

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from save_portal.accounts.models import Office
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.browser.conftest import NARROW, check_accessible, enter, tick
from tests.browser.test_case_by_keyboard import tab_to
from tests.conftest import make_user, unknown_person
from verification.models import Case, G845Mailing
from verification.services import initial

pytestmark = pytest.mark.browser


@pytest.fixture
def vera(world):
    office = Office.objects.create(code="SVO", name="Status Verification Office")
    return make_user("Vera", Role.STATUS_VERIFIER, office=office)


def press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")


def test_from_asking_to_arrival_by_keyboard(world, vera, open_page):
    dana = world["dana"]
    with scope_for(dana):
        case = initial.initiate(
            by=dana,
            at=timezone.now(),
            submission=unknown_person(document_doubt="The seal looks altered"),
        )
    page, office = enter(open_page(), dana), enter(open_page(), vera)

    page.goto(f"/cases/{case.number}/")
    tab_to(page, "a[href$='/g845/ask/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/g845/ask/")
    check_accessible(page, "asking for a form")
    page.fill("[name=comment]", "x" * 200)
    page.evaluate("document.querySelector('[name=comment]').removeAttribute('maxlength')")
    page.fill("[name=comment]", "x" * 201)
    press(page, "Make the form")
    page.wait_for_selector(".errs")
    check_accessible(page, "asking for a form, refused")
    page.fill("[name=comment]", "The seal looks altered")
    tick(page, "[name=supplement][value=sponsor]")
    press(page, "Make the form")
    page.wait_for_url("**/g845/")
    check_accessible(page, "what to send")

    content = page.request.get(f"/cases/{case.number}/g845.pdf").body()
    text = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    assert case.grouped_number in text.stdout.decode()
    assert "Form G-845 Supplement" in text.stdout.decode()

    page.fill("[name=mailed_on_2]", "1999")
    press(page, "I mailed it")
    page.wait_for_selector(".errs")
    check_accessible(page, "mailed on an impossible day")
    page.fill("[name=mailed_on_2]", str(timezone.localdate().year))
    press(page, "I mailed it")
    expect(page.locator(".answer h2")).to_have_text("The form is in the mail.")
    check_accessible(page, "the form is in the mail")

    office.goto("/office/arrivals/")
    check_accessible(office, "arrivals, empty")
    # A scanner types the number and ends it with Enter; the field has the focus already.
    office.keyboard.type("A1")
    office.keyboard.press("Enter")
    office.wait_for_selector(".errs")
    check_accessible(office, "arrivals, misread")
    office.fill("[name=number]", case.number)
    office.keyboard.press("Enter")
    expect(office.locator(".note-success")).to_contain_text("A verifier can take it.")
    check_accessible(office, "arrivals")
    with system_scope():
        assert G845Mailing.objects.get().arrived_by == vera

    page.set_viewport_size(NARROW)
    page.goto(f"/cases/{case.number}/")
    expect(page.locator("#form-h")).to_be_visible()
    check_accessible(page, "the case with its form, narrow")


def test_the_remaining_pages_are_accessible_and_a_newer_document_begins_anew(
    world, vera, open_page
):
    dana = world["dana"]
    with scope_for(dana):
        case = initial.initiate(by=dana, at=timezone.now(), submission=unknown_person())
    page, office = enter(open_page(), dana), enter(open_page(), vera)
    page.goto(f"/cases/{case.number}/newer-document/")
    check_accessible(page, "a newer document")
    tick(page, "[name=document][value=i766]")
    press(page, "Continue")
    page.wait_for_url("**/details/")
    check_accessible(page, "the form that takes a case's place")
    expect(page.locator("[name=family_name]")).to_have_value("Bautista")
    with system_scope():
        assert Case.objects.get().is_open
    for address, name in (
        ("/office/paper-form/", "paper form, document"),
        ("/office/paper-form/i551/", "paper form"),
    ):
        office.goto(address)
        check_accessible(office, name)
    press(office, "Make the case")
    office.wait_for_selector(".errs")
    check_accessible(office, "paper form, refused")
