"""Two people at once: the caseworker asks, the verifier answers, the caseworker reads, closes."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from save_portal.accounts.models import Office
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.browser.conftest import NARROW, WIDE, check_accessible, enter, tick
from tests.browser.test_case_by_keyboard import tab_to
from tests.conftest import make_user, resident
from verification.models import Case, VerifierAnswer
from verification.services import additional, initial, review

pytestmark = pytest.mark.browser


@pytest.fixture
def office_people(world):
    office = Office.objects.create(code="SVO", name="Status Verification Office")
    return {
        "vera": make_user("Vera", Role.STATUS_VERIFIER, office=office),
        "grace": make_user("Grace", Role.VERIFIER_SUPERVISOR, office=office),
    }


@pytest.fixture
def confirmed(world):
    dana = world["dana"]
    with scope_for(dana):
        return initial.initiate(by=dana, at=timezone.now(), submission=resident())


def case_now(case) -> Case:
    with system_scope():
        return Case.objects.get(pk=case.pk)


def test_from_the_question_to_the_close_by_keyboard(open_page, world, office_people, confirmed):
    case = f"/cases/{confirmed.number}/"
    dana, vera = enter(open_page(), world["dana"]), enter(open_page(), office_people["vera"])

    # The caseworker's own pages of asking are walked in their own test.
    with scope_for(world["dana"]):
        additional.request(
            case_number=confirmed.number,
            version=confirmed.version,
            reason="other",
            comment="Since when is she a resident?",
            by=world["dana"],
            at=timezone.now(),
        )
    assert case_now(confirmed).status == "additional_requested"

    vera.goto("/")
    expect(vera.get_by_role("heading", name="Queue")).to_be_visible()
    check_accessible(vera, "queue")
    tab_to(vera, ".page-head button")
    vera.keyboard.press("Enter")
    vera.wait_for_url(f"**/review/{confirmed.number}/")
    expect(vera.get_by_text("ARREOLA-QUINONES").first).to_be_visible()
    check_accessible(vera, "workbench")

    # An error first: nothing is lost, and the summary has the focus.
    tick(vera, "input[name=items][value='3']")
    tab_to(vera, "button[value=answer]", limit=120)
    vera.keyboard.press("Enter")
    vera.wait_for_selector(".errs")
    assert vera.evaluate("document.activeElement.classList.contains('errs')")
    check_accessible(vera, "workbench with an error")
    with system_scope():
        assert not VerifierAnswer.objects.exists()

    vera.focus("[name=item_3_until]")
    vera.keyboard.type("No end")
    tick(vera, "input[name=items][value='1']")
    vera.focus("[name=item_1_since]")
    vera.keyboard.type("03/14/2023")
    expect(vera.locator("[data-preview]")).to_contain_text(
        "lawful permanent resident, since March 14, 2023"
    )
    expect(vera.locator("[data-preview]")).to_contain_text("Draft saved")
    vera.goto(f"/review/{confirmed.number}/")
    assert vera.input_value("[name=item_1_since]") == "03/14/2023", "the draft is kept"
    tab_to(vera, "button[value=answer]", limit=120)
    vera.keyboard.press("Enter")
    vera.wait_for_url("**/review/")
    expect(vera.get_by_text("The agency was told")).to_be_visible()

    dana.goto(case)
    expect(dana.get_by_role("heading", name="A status verifier answered")).to_contain_text(
        "lawful permanent resident, since March 14, 2023"
    )
    check_accessible(dana, "case with a verifier's answer")
    dana.goto(f"{case}close/")
    tick(dana, "[name=reason][value=completed]")
    tab_to(dana, "main form button[type=submit]")
    dana.keyboard.press("Enter")
    dana.wait_for_url(f"**{case}")
    assert case_now(confirmed).status == "closed"


def test_the_pages_of_the_office_fit_a_phone_and_are_accessible(
    open_page, world, office_people, confirmed
):
    dana, grace = world["dana"], office_people["grace"]
    with scope_for(dana):
        additional.request(
            case_number=confirmed.number,
            version=confirmed.version,
            reason="other",
            comment="Since when is she a resident?",
            by=dana,
            at=timezone.now(),
        )
    with scope_for(grace):
        review.take_next(by=grace, at=timezone.now())
    for viewport in (WIDE, NARROW):
        page = enter(open_page(viewport), grace)
        for path in (
            "/review/?whose=mine",
            f"/review/{confirmed.number}/",
            "/review/office/",
            f"/person-query/?case={confirmed.number}",
        ):
            page.goto(path)
            check_accessible(page, path)
            wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wide, f"{path} at {viewport['width']}"
        page.click("main form.query button[type=submit]")
        expect(page.get_by_role("heading", name="person found")).to_be_visible()
        check_accessible(page, "person found")
