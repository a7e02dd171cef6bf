"""An applicant with a phone: looks the case up and asks for additional verification."""

import time
from datetime import date, timedelta

import pytest
from django.utils import timezone

from casecheck import contacts, lookup, proofs, who_looked
from casecheck.models import Figure, Miss, OneTimeCode
from save_portal import audit
from save_portal.accounts.models import Office
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.browser.conftest import check_accessible, enter
from tests.conftest import AT, make_user, unknown_person
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
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.documentElement.style.fontSize = ''")

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


MORE = {
    "en": ("A record is wrong", "Ask for the correction", "Your request was recorded"),
    "ar": ("في أحد السجلات خطأ", "اطلب التصحيح", "سُجل طلبك"),
    "es": ("Un registro está equivocado", "Pedir la corrección", "Su solicitud fue registrada"),
}


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 390), ("ar", 320)])
def test_correction_notices_and_who_looked_by_keyboard(world, open_page, language, width):
    wrong, ask, recorded = MORE[language]
    with scope_for(world["dana"]):
        case = initial.initiate(by=world["dana"], at=AT, submission=unknown_person())
        contacts.record(
            case_number=case.number,
            email="rosa@mail.example",
            phone="+12025550123",
            language=language,
            by=world["dana"],
            at=AT,
        )
    page = open_page({"width": width, "height": 720})
    page.goto(f"/casecheck/{language}/")
    page.fill("[name=number]", case.number)
    page.select_option("[name=month]", "5")
    page.fill("[name=day]", "31")
    page.fill("[name=year]", "1990")
    page.keyboard.press("Enter")

    def fits(what: str) -> None:
        check_accessible(page, what)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, what
        page.evaluate("document.documentElement.style.fontSize = ''")

    page.get_by_role("button", name=wrong).press("Enter")
    page.get_by_role("button", name=ask).press("Enter")
    page.wait_for_selector(".alert")
    fits("what is missing")
    page.check("[name=owner][value=cbp]")
    page.check("[name=subject][value=name]")
    page.fill("[name=said]", "Rosalind")
    page.get_by_role("button", name=ask).press("Enter")
    page.get_by_role("heading", name=recorded).wait_for()
    fits("the correction")
    back = "form:has([name=proof]):not(:has([name=said])) >> nth=-1"
    page.locator(back).locator("button").press("Enter")
    page.wait_for_selector(".followed")
    fits("the case with its correction")
    page.locator("[formaction*=notices]").press("Enter")
    page.fill("[name=address]", "rosa@")
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert")
    fits("no address")
    page.fill("[name=address]", "rosa@mail.example")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    fits("the link")
    page.locator(back).locator("button").press("Enter")
    page.locator("[formaction*=who-looked]").press("Enter")
    page.locator("[value=email]").press("Enter")
    page.wait_for_selector(".done")
    fits("the code")
    with system_scope():
        code = who_looked.digits_of(OneTimeCode.objects.get())
    page.fill("[name=code]", code)
    page.keyboard.press("Enter")
    page.wait_for_selector("main ul")
    fits("who looked")
    assert case.number not in page.url
    page.goto(f"/casecheck/{language}/guide/")
    fits("the guide")
    some_figures()
    page.goto(f"/casecheck/{language}/figures/")
    page.wait_for_selector("svg.meter")
    fits("the figures")


def some_figures():
    """A month with something in each table and drawing."""
    month = (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    for measure, group, cases, part in (
        ("wait", "additional", 40, None),
        ("settled", "initial", 900, None),
        ("settled", "additional", 80, None),
        ("settled", "g845", 12, None),
        ("correction", "source_corrected", 30, None),
        ("correction", "rejected", 12, None),
        ("error", "standing:resident", 700, 60),
        ("error", "program:snap", 300, 20),
        ("error", "document:i551", 3, 1),
        ("error", "name:several", 200, 40),
    ):
        Figure.objects.create(
            month=month, measure=measure, group=group, cases=cases, part=part, half=3.5,
            nine_tenths=6.0,
        )  # fmt: skip


def look_up(page, number, year="1990"):
    page.fill("[name=number]", number)
    page.select_option("[name=month]", "5")
    page.fill("[name=day]", "31")
    page.fill("[name=year]", year)
    page.keyboard.press("Enter")


def test_over_slow_3g_and_at_an_address_that_guessed_too_often(world, open_page):
    """The bytes over the line are few; and a person is let in by work that the browser does."""
    with scope_for(world["dana"]):
        case = initial.initiate(by=world["dana"], at=AT, submission=unknown_person())
    page = open_page({"width": 390, "height": 844})
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 400,
            "downloadThroughput": 50_000,
            "uploadThroughput": 50_000,
        },
    )
    sent = []
    line.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    begun = time.monotonic()
    page.goto("/casecheck/es/")
    assert time.monotonic() - begun >= 0.8  # the line is slow indeed: the page, then its style
    assert sum(sent) < 40_000
    Miss.objects.bulk_create(
        Miss(digest=proofs.digest("address", "127.0.0.1"), at=timezone.now())
        for _ in range(lookup.MISSES_OF_AN_ADDRESS)
    )
    look_up(page, case.number)
    page.get_by_role("heading", name="No se encontró nada").wait_for()
    check_accessible(page, "not found, with a task")
    page.wait_for_load_state("load")  # the script has come over the slow line
    page.keyboard.press("Tab")
    page.press("[name=number]", "Enter")  # before or after the task is solved
    page.get_by_role("button", name="Sí, la quiero").wait_for()


def test_the_program_office_delays_looks_by_keyboard(world, open_page):
    officer = make_user(
        "Olga",
        Role.PROGRAM_OFFICER,
        office=Office.objects.create(code="PROGRAM", name="Program Office"),
    )
    wide = enter(open_page(), officer)
    wide.goto("/program/delayed-looks/")
    check_accessible(wide, "no rule yet")
    wide.focus("main button[type=submit]")
    wide.keyboard.press("Enter")
    wide.wait_for_selector(".errs")
    check_accessible(wide, "what is missing")
    wide.select_option("[name=purpose]", "background_check")
    wide.fill("[name=days]", "90")
    day = date.today() + timedelta(days=40)
    for place, value in enumerate((day.month, day.day, day.year)):
        wide.fill(f"[name=effective_from_{place}]", str(value))
    wide.fill("[name=basis]", "5 USC 552a(c)(3)")
    wide.keyboard.press("Enter")
    wide.get_by_text("Not yet").wait_for()
    check_accessible(wide, "a rule")
    narrow = enter(open_page({"width": 390, "height": 844}), officer)
    narrow.goto("/program/delayed-looks/")
    narrow.get_by_text("Not yet").wait_for()
    check_accessible(narrow, "a rule, on a phone")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_compliance_officer_records_a_wrongful_look_by_keyboard(world, open_page):
    dana = world["dana"]
    with scope_for(dana):
        case = initial.initiate(by=dana, at=AT, submission=unknown_person())
        audit.disclose(
            by=dana, at=AT, agency_id=dana.agency_id, person_ref=f"case:{case.number}",
            fields=["document_page"], purpose="snap", case_number=case.number,
        )  # fmt: skip
    officer = make_user(
        "Cora",
        Role.COMPLIANCE_OFFICER,
        office=Office.objects.create(code="COMPLIANCE", name="Compliance Office"),
    )
    wide = enter(open_page(), officer)
    wide.goto("/program/wrongful-looks/")
    check_accessible(wide, "none found yet")
    wide.focus("[name=case]")
    wide.keyboard.press("Enter")
    wide.wait_for_selector(".errs")
    check_accessible(wide, "no number")
    wide.fill("[name=case]", case.number)
    wide.keyboard.press("Enter")
    wide.get_by_role("link", name="Record this one").wait_for()
    check_accessible(wide, "the log of a person")
    assert case.number not in wide.url
    wide.focus("main a:has-text('Record this one')")
    wide.keyboard.press("Enter")
    wide.get_by_role("heading", name="Record that it was wrongful").wait_for()
    check_accessible(wide, "one look")
    wide.focus("main button[type=submit]")
    wide.keyboard.press("Enter")
    wide.wait_for_selector(".errs")
    check_accessible(wide, "what is missing")
    wide.select_option("[name=fault]", "no_purpose")
    wide.fill("[name=note]", "The hotline was told.")
    wide.focus("[name=sure]")
    wide.keyboard.press("Space")
    wide.focus("main button[type=submit]")
    wide.keyboard.press("Enter")
    wide.get_by_role("heading", name="Found wrongful").wait_for()
    check_accessible(wide, "recorded")
    narrow = enter(open_page({"width": 390, "height": 844}), officer)
    for address in ("/program/wrongful-looks/", wide.url):
        narrow.goto(address)
        narrow.get_by_text("No lawful purpose was found").wait_for()
        check_accessible(narrow, "on a phone")
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
