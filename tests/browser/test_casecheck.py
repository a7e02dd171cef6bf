"""An applicant with a phone: looks the case up and asks for additional verification."""

import pytest

from save_portal.accounts.tenancy import scope_for
from tests.browser.conftest import check_accessible
from tests.conftest import AT, unknown_person
from verification.models import Case
from verification.services import initial

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {
    "en": ("Please correct this", "Nothing was found", "Yes, I want it", "Recorded: you want"),
    "ar": ("من فضلك صحح", "لم يُعثر على شيء", "نعم، أريده", "تم التسجيل: أنت تريد"),
    "es": ("Por favor, corrija", "No se encontró nada", "Sí, la quiero", "Registrado: usted"),
}


@pytest.mark.parametrize("language", sorted(WORDS))
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_phone_at_any_width_in_any_language(world, open_page, language, width):
    correct, nothing, want, recorded = WORDS[language]
    with scope_for(world["dana"]):
        case = initial.initiate(by=world["dana"], at=AT, submission=unknown_person())
    page = open_page({"width": width, "height": 720})
    page.goto(f"/casecheck/{language}/")
    check_accessible(page, "the two questions")

    page.keyboard.press("Tab")
    page.focus("button[type=submit]")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=correct).wait_for()
    check_accessible(page, "what to correct")

    def ask(number: str, year: str) -> None:
        page.fill("[name=number]", number)
        page.select_option("[name=month]", "5")
        page.fill("[name=day]", "31")
        page.fill("[name=year]", year)
        page.keyboard.press("Enter")

    ask(case.number, "1980")
    page.get_by_role("heading", name=nothing).wait_for()
    check_accessible(page, "not found")
    assert page.input_value("[name=number]") == case.number

    ask(case.number, "1990")
    page.get_by_role("button", name=want).wait_for()
    check_accessible(page, "the case")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert case.number not in page.url

    page.focus(f"button:has-text('{want}')")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=recorded).wait_for()
    check_accessible(page, "asked")
    with scope_for(world["dana"]):
        assert Case.objects.get(pk=case.pk).wish_is_the_applicants_own
