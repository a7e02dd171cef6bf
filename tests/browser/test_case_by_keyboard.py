"""The whole job of a caseworker, from the keyboard alone, with axe on the way."""

import re

import pytest
from playwright.sync_api import Page, expect

from save_portal.accounts.tenancy import system_scope
from tests.browser.conftest import NARROW, WIDE, accept_terms, check_accessible, enter, sign_in
from tests.conftest import PASSWORD
from verification.models import Case, ChargeEvent, InitialAnswer

pytestmark = pytest.mark.browser

ANA = {
    "a_number": "A 209-448-177",
    "card_number": "msc 21 553 30947",
    "family_name": "Arreola-Quiñones",
    "given_name": "Ana Lucia",
    "born": ("5", "31", "1990"),
}


def has_focus(page: Page, selector: str) -> None:
    """Waits until the page has put the focus where the next key belongs."""
    page.wait_for_function("s => document.activeElement.matches(s)", arg=selector)


def tab_to(page: Page, selector: str, limit: int = 60) -> None:
    """Presses Tab until the control has the focus, as somebody without a mouse does."""
    for _ in range(limit):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def type_details(page: Page, person: dict, *, reference: str = "HH-20571") -> None:
    for name in ("a_number", "card_number"):
        tab_to(page, f"[name={name}]")
        page.keyboard.type(person[name])
    for name in ("family_name", "given_name"):
        tab_to(page, f"[name={name}]")
        page.keyboard.type(person[name])
    for position, part in enumerate(person["born"]):
        tab_to(page, f"[name=date_of_birth_{position}]")
        page.keyboard.type(part)
    tab_to(page, "[name=benefits][value=snap]")
    page.keyboard.press("Space")
    tab_to(page, "[name=agency_reference]")
    page.keyboard.type(reference)
    tab_to(page, "[name=original]")
    page.keyboard.press("Space")


def initiate(page: Page, person: dict) -> None:
    page.goto("/cases/new/")
    has_focus(page, "[name=document]")  # the most common card is chosen
    page.keyboard.press("Enter")
    page.wait_for_url("**/details/")
    type_details(page, person)
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    has_focus(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer")


def one(model):
    with system_scope():
        return model.objects.get()


def count(model) -> int:
    with system_scope():
        return model.objects.count()


def test_a_confirmed_case_from_sign_in_to_closing(world, open_page):
    page = sign_in(open_page(), world["dana"])
    check_accessible(page, "my work, empty")
    initiate(page, ANA)
    expect(page.locator(".answer h2")).to_contain_text("SAVE confirmed")
    check_accessible(page, "case, confirmed")

    tab_to(page, "[name=answer]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector(".note-success")
    tab_to(page, "a[href$='/close/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/close/")
    check_accessible(page, "close")
    tab_to(page, "[name=reason]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=It can be read and printed, not changed")
    check_accessible(page, "case, closed")
    case = one(Case)
    assert (case.status, case.closure_reason, case.photo_answer) == ("closed", "completed", "yes")


def test_an_unconfirmed_case_through_its_duties(world, open_page):
    page = enter(open_page(), world["dana"])
    initiate(page, {**ANA, "a_number": "200000001", "card_number": "MSC2000000001"})
    expect(page.locator(".answer h2")).to_contain_text("SAVE could not confirm")
    check_accessible(page, "case, unconfirmed")
    expect(page.get_by_role("button", name="Close the case")).to_have_attribute(
        "aria-disabled", "true"
    )
    tab_to(page, "form[action$='/duties/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 of 3 done")
    tab_to(page, "[name=value][value=wants], [name=value][value=declines]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=2 of 3 done")
    tab_to(page, "form:has([value=correction_sheet]) button:not([name=undo])")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=3 of 3 done")
    check_accessible(page, "case, duties done")
    tab_to(page, "a.usa-button[href$='/close/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/close/")
    tab_to(page, "[name=reason]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=It can be read and printed, not changed")
    case = one(Case)
    assert (case.closure_reason, case.wish) == ("applicant_declined", "declines")


def test_another_person_on_the_photo_goes_to_a_status_verifier(world, open_page):
    page = enter(open_page(), world["dana"])
    initiate(page, ANA)
    tab_to(page, "[name=answer]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/additional/")
    check_accessible(page, "additional")
    # The doubt is chosen already: Enter leads on to the check, and Enter again sends it.
    tab_to(page, "[name=reason]:checked")
    page.keyboard.press("Enter")
    page.wait_for_url("**/additional/check/")
    check_accessible(page, "additional, check")
    has_focus(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".note-success")
    check_accessible(page, "case, with SAVE")
    assert (one(Case).status, count(ChargeEvent)) == ("additional_requested", 2)


def test_correct_and_retry_finds_the_record(world, open_page):
    page = enter(open_page(), world["dana"])
    initiate(page, {**ANA, "born": ("5", "30", "1990")})
    expect(page.locator(".answer h2")).to_contain_text("SAVE could not confirm")
    tab_to(page, "a.usa-button[href$='/retry/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/retry/")
    check_accessible(page, "retry")
    tab_to(page, "[name=date_of_birth_1]")
    page.keyboard.press("Control+A")
    page.keyboard.type("31")
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer.yes")
    assert (count(Case), count(InitialAnswer), count(ChargeEvent)) == (1, 2, 2)


def test_every_error_state_is_accessible_and_keeps_what_was_typed(world, open_page):
    page = enter(open_page(NARROW), world["dana"])
    page.goto("/cases/new/")
    has_focus(page, "[name=document]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/details/")
    page.fill("[name=a_number]", "A 209-4481-770")
    page.fill("[name=date_of_birth_0]", "31")
    page.fill("[name=date_of_birth_1]", "5")
    page.fill("[name=date_of_birth_2]", "1990")
    page.get_by_role("button", name="Continue to check").click()
    summary = page.locator(".errs")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is no month 31. Are day and month swapped?")
    expect(summary).to_contain_text("You typed 10. Is one digit doubled?")
    expect(page.locator("[name=a_number]")).to_have_value("A 209-4481-770")
    expect(page.locator("[name=date_of_birth_0]")).to_have_value("31")
    check_accessible(page, "details, errors, narrow")
    page.set_viewport_size(WIDE)
    check_accessible(page, "details, errors, wide")
    summary.get_by_role("link", name="Date of birth").click()
    expect(page.locator("[name=date_of_birth_0]")).to_be_focused()
    # The form is still there after signing in again.
    address = page.url
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, world["dana"])
    page.goto(address)
    expect(page.locator("[name=a_number]")).to_have_value("A 209-4481-770")


def test_a_double_click_gives_one_case_and_one_charge(world, open_page):
    page = enter(open_page(), world["dana"])
    page.goto("/cases/new/")
    has_focus(page, "[name=document]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/details/")
    type_details(page, ANA)
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    address = page.url
    page.get_by_role("button", name="Submit and pay").dblclick()
    page.wait_for_selector(".answer")
    page.goto(address)  # back to a form that was sent
    page.wait_for_selector(".answer")
    assert (count(Case), count(ChargeEvent)) == (1, 1)


def test_the_back_button_shows_no_old_page_and_doubles_nothing(world, open_page):
    page = enter(open_page(), world["dana"])
    initiate(page, {**ANA, "a_number": "200000001", "card_number": "MSC2000000001"})
    case = page.url
    page.go_back()  # to the check that was sent: it leads on to its case
    page.wait_for_selector(".answer")
    assert page.url == case
    assert (count(Case), count(ChargeEvent)) == (1, 1)

    page.get_by_role("link", name="Correct and retry").first.click()
    page.wait_for_url("**/retry/")
    page.fill("[name=given_name]", "Ana Maria")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Retry")
    page.wait_for_url(case)
    page.go_back()  # to the form of the first try: asked anew, with what was typed last
    page.wait_for_url("**/retry/")
    expect(page.locator("[name=given_name]")).to_have_value("Ana Maria")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator(".errs")).to_contain_text("Nothing was changed")
    assert (count(InitialAnswer), count(ChargeEvent)) == (2, 2)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
def test_every_page_is_accessible_and_fits(world, open_page, viewport):
    page = enter(open_page(viewport), world["dana"])
    initiate(page, ANA)
    case = page.url
    pages = ["/", "/cases/", "/cases/?q=nobody", "/cases/new/", f"{case}print/"]
    pages += ["/cases/new/no-query/citizen_by_birth/", "/help/", "/about/", "/privacy/"]
    pages += ["/accessibility/", "/cases/AAAAAAAAAAAAAAA/", f"{case}correction-sheet/", case]
    for address in pages:
        page.goto(address)
        check_accessible(page, f"{address} at {viewport['width']}")
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{address} is {overflow} px wider than {viewport['width']}"


def test_lists_are_walked_with_keys(world, open_page):
    page = enter(open_page(), world["dana"])
    initiate(page, ANA)
    number = page.url.rstrip("/").rsplit("/", 1)[1]
    page.goto("/")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys-dialog")).to_be_hidden()
    for _ in range(20):  # a closing dialog may take the first key
        page.keyboard.press("j")
        page.wait_for_timeout(250)
        if page.locator("tbody tr.at a").count():
            break
    expect(page.locator("tbody tr.at a")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/cases/{number}/\?in="))  # it knows the list that it came from
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type(number.lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{number}/")


def test_time_that_runs_out_is_announced_and_what_was_typed_comes_back(world, open_page):
    page = enter(open_page(), world["dana"])
    page.clock.install()
    page.goto("/cases/new/")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/details/")
    form = page.url
    page.fill("[name=family_name]", "Arreola-Quiñones")
    page.fill("[name=agency_reference]", "HH-20571")
    page.clock.fast_forward("16:00")
    warned = page.locator("#session-warning")
    expect(warned).to_be_visible()
    check_accessible(page, "the warning")
    with page.expect_response("**/session/stay/"):
        page.keyboard.press("Enter")  # one key to stay
    expect(warned).to_be_hidden()
    assert page.input_value("[name=family_name]") == "Arreola-Quiñones"
    while not warned.is_visible():
        page.clock.fast_forward("04:00")
    page.clock.fast_forward("20:00")
    page.wait_for_url("**/accounts/login/**")
    page.fill("[name=login]", world["dana"].email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#accept")
    accept_terms(page)
    page.wait_for_url("**/session/resume/")
    check_accessible(page, "what was typed")
    page.keyboard.press("Enter")
    page.wait_for_selector(".errs")
    assert page.url == form
    assert page.input_value("[name=family_name]") == "Arreola-Quiñones"
    assert page.input_value("[name=agency_reference]") == "HH-20571"
    assert count(Case) == 0
