"""Three people at once, by keyboard alone: a case from the question to the form, and to its end."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from save_portal.accounts.models import Office
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.browser.conftest import check_accessible, enter
from tests.conftest import make_user, unknown_person
from verification.models import Case, ChargeEvent, VerifierAnswer
from verification.services import initial

pytestmark = pytest.mark.browser


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """The key on a control that Tab reaches; the long way there is walked in other tests."""
    control = page.locator(f"{selector} >> visible=true").first
    assert control.evaluate("e => e.tabIndex") >= 0, selector
    control.focus()
    expect(control).to_be_focused()
    page.keyboard.press(key)


def open_at(page: Page, address: str, what: str) -> None:
    page.goto(address)
    check_accessible(page, what)


def test_a_case_goes_through_three_hands_and_both_steps(world, open_page):
    office = Office.objects.create(code="SVO", name="Status Verification Office")
    dana = enter(open_page(), world["dana"])
    vera = enter(open_page(), make_user("Vera", Role.STATUS_VERIFIER, office=office))
    luis = enter(open_page(), make_user("Luis", Role.STATUS_VERIFIER, office=office))
    with scope_for(world["dana"]):
        case = initial.initiate(by=world["dana"], at=timezone.now(), submission=unknown_person())
    home = f"/cases/{case.number}/"

    # The caseworker asks.
    dana.goto(f"{home}additional/")
    press(dana, "button[name=next]")
    dana.wait_for_url("**/additional/check/**")
    press(dana, "main button[type=submit]")
    dana.wait_for_selector(".note-success")

    # A verifier takes it; a colleague who opens it sees who has it, and no record.
    vera.goto("/review/")
    press(vera, ".page-head button")
    vera.wait_for_url(f"**/review/{case.number}/")
    open_at(luis, f"/review/{case.number}/", "a colleague's case")
    expect(luis.locator("main")).to_contain_text("Vera Tester has this case since")

    # Only the documents can settle it: she says which, and the case is back with the caseworker.
    press(vera, "details.docs summary")
    press(vera, "[name=send_again][value=both_sides]", "Space")
    press(vera, "button[value=documents]")
    vera.wait_for_url("**/review/")
    expect(vera.locator("main")).to_contain_text("told to send a Form G-845")

    # The caseworker reads what to send, prints and mails it.
    open_at(dana, home, "documents are asked for")
    press(dana, "main a[href$='/g845/']")
    dana.wait_for_url("**/g845/")
    assert dana.request.get(f"{home}g845.pdf").body().startswith(b"%PDF")
    press(dana, "form[action$='/g845/mailed/'] button")
    expect(dana.locator(".answer h2")).to_have_text("The form is in the mail.")

    # The other verifier takes it out of its envelope, and answers.
    luis.goto("/office/arrivals/")
    luis.keyboard.type(case.number)
    luis.keyboard.press("Enter")
    expect(luis.locator(".note-success")).to_contain_text("A verifier can take it.")
    luis.goto("/review/")
    press(luis, ".page-head button")
    luis.wait_for_url(f"**/review/{case.number}/")
    expect(luis.locator("main")).to_contain_text("Answers given")
    press(luis, "[name=items][value='10']", "Space")
    expect(luis.locator("[data-preview]")).to_contain_text("United States citizen")
    press(luis, "button[value=answer]")
    luis.wait_for_url("**/review/")

    # The caseworker reads the answer and closes the case.
    open_at(dana, home, "the answer to the form")
    expect(dana.locator("main")).to_contain_text("United States citizen")
    open_at(dana, f"{home}close/", "closing")
    press(dana, "[name=reason][value=completed]", "Space")
    press(dana, "main form button[type=submit]")
    dana.wait_for_url(f"**{home}")
    check_accessible(dana, "closed")
    with system_scope():
        assert Case.objects.get().closure_reason == "completed"
        kinds = list(VerifierAnswer.objects.values_list("kind", flat=True))
        assert kinds == ["g845_recommended", "final"]
        charged = sorted(ChargeEvent.objects.values_list("kind", flat=True))
        assert charged == ["additional", "initial"], "the form is free after both were electronic"
