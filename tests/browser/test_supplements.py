"""Programs and agreements walked by keyboard, with axe on each page, its errors and when empty."""

import pytest
from playwright.sync_api import Page, expect

from save_portal.accounts.models import Agency, Office
from save_portal.accounts.roles import Role
from tests.agreements.conftest import CHOICES
from tests.browser.conftest import NARROW, check_accessible, enter, tick
from tests.conftest import PASSWORD, make_user

pytestmark = pytest.mark.browser


def press(page: Page, name: str, role: str = "link") -> None:
    """Onto the control, then Enter, and the page that follows."""
    page.get_by_role(role, name=name, exact=True).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_supplement(page: Page, person) -> None:
    page.wait_for_url("**/reauthenticate/**")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/")
    press(page, "Sign with legal effect", "button")
    expect(page.locator(".errs")).to_be_focused()
    check_accessible(page, "signing a supplement, in error")
    page.fill("[name=typed_name]", person.full_name)
    tick(page, "[name=consent]")
    press(page, "Sign with legal effect", "button")
    expect(page.get_by_text("The signature is on record")).to_be_visible()


def test_a_supplement_is_proposed_signed_and_countersigned_and_binds_a_contractor(world, open_page):
    office = Office.objects.create(code="PROGRAM", name="Program Office")
    paul = make_user("Paul", Role.PROGRAM_OFFICER, office=office)
    helen = make_user("Helen", Role.AGENCY_ADMINISTRATOR, agency=world["agency"])
    address = "/agreements/MOA-CALHOUN/"

    page = enter(open_page(), helen)
    page.goto("/agreements/?status=expired")
    expect(page.get_by_text("None fits these filters.")).to_be_visible()
    check_accessible(page, "no agreement fits")
    press(page, "Show all")
    press(page, "MOA-CALHOUN")
    check_accessible(page, "an agreement from paper")
    press(page, "Change it by a supplement")
    page.wait_for_url("**/supplement/")
    press(page, "Propose it", "button")
    expect(page.locator(".errs")).to_be_focused()
    check_accessible(page, "a supplement, in error")
    tick(page, "[name=benefits][value=medicaid]")
    tick(page, "[name=benefits][value=tanf]")
    for code in ("license", "credential", "background", "other"):
        tick(page, f"[name=purposes][value={code}]")
    for code in ("web_services", "aamvanet"):
        tick(page, f"[name=access_modes][value={code}]")
    page.fill("[name=contractors]", "Helping Hands, data entry")
    for name in ("contact_name", "contact_email", "contact_phone", "signatory_title"):
        page.fill(f"[name={name}]", CHOICES[name])
    page.fill("[name=signatory_name]", helen.full_name)
    page.fill("[name=signatory_email]", helen.email)
    press(page, "Propose it", "button")
    page.wait_for_url("**/supplement/1/")
    check_accessible(page, "a proposed supplement")
    press(page, "Sign")
    sign_supplement(page, helen)

    officer = enter(open_page(NARROW), paul)
    officer.goto(f"{address}supplement/1/")
    press(officer, "Countersign")
    sign_supplement(officer, paul)
    check_accessible(officer, "a concluded supplement, narrow")
    pdf = officer.request.get(f"{address}supplement/1/supplement.pdf").body()
    anybody = open_page()
    anybody.goto("/agreements/check/")
    anybody.set_input_files(
        "[name=file]", {"name": "s.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    press(anybody, "Check", "button")
    expect(anybody.get_by_text("It is supplement 1")).to_be_visible()

    officer.goto(address)
    press(officer, "Open the account of a contractor")
    press(officer, "Open it", "button")
    expect(officer.locator(".errs")).to_be_focused()
    check_accessible(officer, "a contractor, in error, narrow")
    tick(officer, "[name=line]")
    officer.fill("[name=administrator_name]", "Carla Ruiz")
    officer.fill("[name=administrator_email]", "carla.ruiz@hands.example")
    press(officer, "Open it", "button")
    expect(officer.get_by_text("Works under this agreement")).to_be_visible()
    check_accessible(officer, "the agreement with its contractor, narrow")

    helper = Agency.objects.get(acts_for=world["agency"])
    worker = enter(open_page(), make_user("Wes", Role.GENERAL_USER, agency=helper))
    worker.goto("/cases/new/")
    worker.locator("main button[type=submit]").focus()
    worker.keyboard.press("Enter")
    worker.wait_for_url("**/details/")
    expect(worker.locator("[name=benefits][value=tanf]")).to_be_attached()
    expect(worker.locator("[name=benefits][value=medicaid]")).to_have_count(0)

    page.goto(address)
    press(page, "Change it by a supplement")
    page.fill("[name=contact_name]", "Ida Moss")
    press(page, "Propose it", "button")
    page.wait_for_url("**/supplement/2/")
    press(page, "Withdraw")
    press(page, "Withdraw the supplement", "button")
    expect(page.locator(".errs")).to_be_focused()
    check_accessible(page, "withdrawing, in error")
    page.fill("[name=message]", "Ida stays with us no longer.")
    press(page, "Withdraw the supplement", "button")
    expect(page.get_by_text("What was signed before goes on to hold")).to_be_visible()


def test_the_table_of_programs_by_keyboard(world, open_page):
    office = Office.objects.create(code="PROGRAM", name="Program Office")
    paul = make_user("Paul", Role.PROGRAM_OFFICER, office=office)
    reader = enter(open_page(NARROW), world["dana"])
    reader.goto("/programs/")
    check_accessible(reader, "programs, narrow")
    expect(reader.get_by_role("link", name="Voter eligibility")).to_have_count(0)
    press(reader, "SNAP")
    check_accessible(reader, "a program, narrow")
    officer = enter(open_page(), paul)
    officer.goto("/programs/medicaid/")
    expect(officer.get_by_role("heading", name="Add a row")).to_be_visible()
    officer.locator("main form button[type=submit]").focus()
    officer.keyboard.press("Enter")
    expect(officer.locator(".errs")).to_be_focused()
    check_accessible(officer, "a row without words")
