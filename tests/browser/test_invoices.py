"""A month is invoiced, opened, disputed, adjusted, paid by card and by check: in the browser."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from billing.models import Price
from billing.remittance import code_of
from billing.services import invoicing
from save_portal.accounts.models import Agency
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from tests.billing.test_invoicing import CLOSING, OCTOBER, charge, in_october, invoice_of
from tests.browser.conftest import NARROW, check_accessible, enter
from tests.conftest import make_agency, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def bureaus(transactional_db):
    """Two agencies that owe for October, each with its administrator."""
    for kind, amount in (("retry", "0.50"), ("paper_g845", "2.00"), ("minimum", "25.00")):
        Price.objects.get_or_create(
            kind=kind, effective_from=date(2008, 10, 1), defaults={"amount": Decimal(amount)}
        )
    administrators = []
    for code in ("BUREAU", "TREASURY"):
        agency = make_agency(code)
        with system_scope():
            agency.kind = Agency.Kind.FEDERAL
            agency.save()
        charge(make_user("Fay", Role.GENERAL_USER, agency=agency), at=in_october(), times=60)
        administrators.append(make_user("Ada", Role.AGENCY_ADMINISTRATOR, agency=agency))
    invoicing.issue_month(OCTOBER, at=CLOSING)
    return administrators


def test_an_invoice_is_disputed_adjusted_and_paid_by_card_and_another_by_check(
    bureaus, office, open_page
):
    ada, other = bureaus
    otto = make_user("Otto", Role.PROGRAM_OFFICER, office=office)
    page = enter(open_page(), ada)
    page.goto("/invoices/")
    check_accessible(page, "invoices")
    page.get_by_role("link", name=invoice_of(ada).number).click()
    check_accessible(page, "an invoice")
    page.get_by_role("link", name="its transactions").click()
    expect(page.get_by_role("row")).to_have_count(51)
    check_accessible(page, "the transactions of a line")
    page.go_back()
    page.get_by_text("Dispute this invoice").click()
    page.get_by_label("Which line?").select_option("1")
    page.get_by_role("button", name="Send to the program office").click()
    expect(page.locator(".errs")).to_be_focused()
    check_accessible(page, "a dispute without a reason")
    page.get_by_label("What is wrong with it?").fill("Ten retries fell into an outage.")
    page.get_by_role("button", name="Send to the program office").click()
    expect(page.get_by_text("Disputed. The program office answers")).to_be_visible()

    desk = enter(open_page(), otto)
    desk.goto("/invoices/?status=disputed")
    check_accessible(desk, "the office's invoices")
    desk.get_by_role("link", name=invoice_of(ada).number).click()
    expect(desk.get_by_text("Ten retries fell into an outage.")).to_be_visible()
    desk.locator("#adjust_amount").fill("5.00")
    desk.locator("#adjust_reply").fill("The outage is confirmed.")
    desk.get_by_role("button", name="Issue a credit note").click()
    expect(desk.get_by_text("A credit note was issued.")).to_be_visible()
    check_accessible(desk, "an adjusted invoice")

    page.set_viewport_size(NARROW)
    page.reload()
    page.get_by_role("button", name="Pay by card").click()
    check_accessible(page, "before the card page")
    page.get_by_role("link", name="Go to the card page").click()
    expect(page.get_by_text("no money moves")).to_be_visible()
    check_accessible(page, "the stand-in")
    page.get_by_role("button", name="declined").click()
    expect(page.get_by_role("heading", name="The card was declined")).to_be_visible()
    page.get_by_role("link", name="Go to the card page").click()
    page.get_by_role("button", name="Act as if it were paid").click()
    expect(page.get_by_role("heading", name="Paid by card")).to_be_visible()
    check_accessible(page, "paid by card")
    page.go_back()
    page.reload()
    assert invoice_of(ada).status == "paid"

    desk.goto("/invoices/checks/")
    code = code_of(invoice_of(other).number)
    desk.keyboard.type(code[:-1] + ("A" if code[-1] != "A" else "B"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Compare it with the slip").first).to_be_visible()
    check_accessible(desk, "a mistyped slip")
    desk.get_by_label("Code of the remittance slip").fill(code)
    desk.keyboard.press("Enter")
    desk.wait_for_url(lambda address: address.endswith("?check#pay-h"))
    desk.get_by_label("Number of the check").fill("10021")
    for box, value in zip(("Month", "Day", "Year"), ("11", "10", "2026"), strict=True):
        desk.get_by_label(box, exact=True).fill(value)
    desk.get_by_role("button", name="Record the payment").click()
    expect(desk.get_by_text("The payment is recorded.")).to_be_visible()
    assert invoice_of(other).status == "paid"


def test_the_price_list_is_proposed_with_an_error_first(bureaus, office, open_page):
    page = enter(open_page(), make_user("Otto", Role.PROGRAM_OFFICER, office=office))
    page.goto("/invoices/prices/")
    check_accessible(page, "the price list")
    page.get_by_role("button", name="Propose it").click()
    expect(page.locator(".errs")).to_be_focused()
    check_accessible(page, "a price list in error")
    page = enter(open_page(), bureaus[0])
    page.goto("/invoices/limit/")
    page.get_by_label("Warn me at").fill("lots")
    page.get_by_role("button", name="Set the limit").click()
    expect(page.locator(".errs")).to_be_focused()
    check_accessible(page, "a limit in error")
