"""An agency registers, negotiates and signs; the office countersigns; its caseworker asks (S5)."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agreements.models import Agreement, SignedPaper
from save_portal.accounts.models import Invitation, Office, User
from save_portal.accounts.people import links
from save_portal.accounts.people import services as people
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.outbox import queue
from tests.agreements.conftest import CHOICES
from tests.browser.conftest import NARROW, check_accessible, enter, tick
from tests.conftest import PASSWORD, make_user

pytestmark = pytest.mark.browser
NEW_PASSWORD = PASSWORD + " 42"
TICKED = ("purposes", "benefits", "access_modes")
CHOSEN = ("agency_kind", "time_zone", "kind")


def link_in(mailoutbox, word: str) -> str:
    queue.deliver_due(timezone.now())
    [text] = [mail.body for mail in mailoutbox if word in mail.body][-1:]
    return "/" + re.search(r"https?://[^/]+/(\S+)", text)[1]


def sign(page, name: str) -> None:
    """Signing in again, then the typed name and the consent."""
    page.wait_for_url("**/reauthenticate/**")
    page.fill("[name=password]", PASSWORD if name.startswith("Paul") else NEW_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/")
    check_accessible(page, "a text to sign")
    page.fill("[name=typed_name]", name)
    tick(page, "[name=consent]")
    page.get_by_role("button", name="Sign with legal effect").click()
    expect(page.get_by_text("The signature is on record")).to_be_visible()


def test_an_agency_enrolls_and_asks_only_what_it_signed_for(world, open_page, mailoutbox):
    office = Office.objects.create(code="PROGRAM", name="Program Office")
    paul = make_user("Paul", Role.PROGRAM_OFFICER, office=office)

    applicant = open_page()
    applicant.goto("/register/")
    applicant.get_by_role("button", name="Send me the link").click()
    expect(applicant.locator(".errs")).to_be_visible()
    check_accessible(applicant, "register, in error")
    applicant.fill("[name=email]", CHOICES["administrator_email"])
    applicant.keyboard.press("Enter")
    applicant.wait_for_url("**/sent/")
    applicant.goto(link_in(mailoutbox, "/register/continue/"))
    applicant.get_by_role("button", name="Hand it in").click()
    expect(applicant.locator(".errs")).to_be_visible()
    check_accessible(applicant, "registration, in error")
    for name, value in CHOICES.items():
        if name in TICKED:
            for code in value:
                tick(applicant, f"[name={name}][value={code}]")
        elif name in CHOSEN:
            applicant.select_option(f"[name={name}]", value)
        elif name != "contractors":
            applicant.fill(f"[name={name}]", str(value))
    applicant.get_by_role("button", name="Hand it in").click()
    expect(applicant.get_by_role("heading", name="Your registration is handed in")).to_be_visible()
    with system_scope():
        number = Agreement.objects.get(status="submitted").number
    address = f"/agreements/{number}/"

    officer = enter(open_page(), paul)
    officer.goto("/agreements/?status=submitted")
    check_accessible(officer, "list of agreements")
    officer.get_by_role("link", name=number).click()
    officer.get_by_role("button", name="Take up the review").click()
    officer.get_by_role("button", name="Accept").click()
    expect(officer.get_by_text("The text, version 1")).to_be_visible()
    with system_scope():
        for invitation in Invitation.objects.all():
            people.accept(
                token=links.token_of(invitation), password=NEW_PASSWORD, at=timezone.now()
            )
    walter = User.objects.get(email=CHOICES["signatory_email"])

    signatory = enter(open_page(NARROW), walter)
    signatory.goto(address)
    check_accessible(signatory, "agreement, narrow")
    signatory.get_by_role("link", name="Propose a change").click()
    tick(signatory, "[name=benefits][value=medicaid]")
    check_accessible(signatory, "proposal")
    signatory.get_by_role("button", name="Propose it").click()
    signatory.wait_for_url("**/compare/")
    check_accessible(signatory, "two versions")
    expect(signatory.locator("del").first).to_be_attached()

    officer.goto(address)
    officer.get_by_role("button", name="Agree to this text").click()
    signatory.goto(address)
    signatory.get_by_role("link", name="Sign", exact=True).click()
    sign(signatory, "Walter Hale")
    officer.goto(address)
    officer.get_by_role("link", name="Countersign").click()
    sign(officer, paul.full_name)
    expect(officer.get_by_text("In force").first).to_be_visible()
    check_accessible(officer, "agreement in force")

    with system_scope():
        agreement = Agreement.objects.select_related("agency").get(number=number)
        paper = SignedPaper.objects.get(agreement=agreement)
    pdf = officer.request.get(f"{address}agreement.pdf").body()
    assert pdf == bytes(paper.content)
    anybody = open_page()
    anybody.goto("/agreements/check/")
    anybody.set_input_files(
        "[name=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    anybody.get_by_role("button", name="Check").click()
    expect(anybody.get_by_text("It is the signed agreement")).to_be_visible()
    check_accessible(anybody, "check of a paper")

    cora = make_user("Cora", Role.GENERAL_USER, agency=agreement.agency)
    worker = enter(open_page(), cora)
    worker.goto("/cases/new/")
    worker.locator("main button[type=submit]").click()
    worker.wait_for_url("**/details/")
    expect(worker.locator("[name=benefits][value=snap]")).to_be_attached()
    expect(worker.locator("[name=benefits][value=medicaid]")).to_have_count(0)

    officer.goto(f"{address}reason/suspend/")
    officer.fill("[name=message]", "Two users without training.")
    officer.get_by_role("button", name="Suspend").click()
    expect(officer.get_by_text("No new case can be begun")).to_be_visible()
    worker.goto("/cases/new/")
    expect(worker.get_by_text("is suspended")).to_be_visible()
    check_accessible(worker, "no new case")
