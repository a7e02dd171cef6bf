"""Takes the pictures of every page for docs/screens: `pytest tests/browser/screens.py`."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from agreements.training import services as training
from agreements.training.catalog import tutorial_for
from billing.models import Price
from billing.services import card, invoicing, limits, price_list
from save_portal.accounts.models import Agency
from save_portal.accounts.people import links
from save_portal.accounts.people import services as people
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.machines import webhooks
from save_portal.machines.services import make_client
from tests.billing.test_invoicing import charge, invoice_of
from tests.browser.conftest import NARROW, WIDE, enter, sign_in, tick
from tests.conftest import AT, make_agency, make_user, resident, unknown_person
from tests.verification.services.test_batch import RESIDENT, nobody
from tests.verification.services.test_batches import content, work
from verification.models import Batch
from verification.services import batch_work, duties, g845, initial

pytestmark = pytest.mark.browser
SCREENS = Path(__file__).resolve().parents[2] / "docs" / "screens"


def test_pictures_of_every_page(world, open_page):
    SCREENS.mkdir(parents=True, exist_ok=True)
    dana = world["dana"]
    with scope_for(dana):
        confirmed = initial.initiate(by=dana, at=AT, submission=resident())
        refused = initial.initiate(by=dana, at=AT, submission=unknown_person())
        refused = duties.record(
            case_number=refused.number,
            version=refused.version,
            duty="told_applicant",
            value="yes",
            by=dana,
            at=AT,
        )
    page = open_page()
    for width, viewport in (("1280", WIDE), ("390", NARROW)):
        page.set_viewport_size(viewport)
        page.goto("/accounts/login/")
        page.screenshot(path=SCREENS / f"sign-in-{width}.png", full_page=True)
    page.set_viewport_size(WIDE)
    sign_in(page, dana)

    def take(name: str) -> None:
        for width, viewport in (("1280", WIDE), ("390", NARROW)):
            page.set_viewport_size(viewport)
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({**viewport, "height": height})
            page.screenshot(path=SCREENS / f"{name}-{width}.png")
        page.set_viewport_size(WIDE)

    for name, address in {
        "my-work": "/",
        "cases": "/cases/",
        "initiate-1": "/cases/new/",
        "case-confirmed": f"/cases/{confirmed.number}/",
        "case-unconfirmed": f"/cases/{refused.number}/",
        "retry": f"/cases/{refused.number}/retry/",
        "additional": f"/cases/{refused.number}/additional/",
        "close": f"/cases/{confirmed.number}/close/",
        "print": f"/cases/{confirmed.number}/print/",
        "correction-sheet": f"/cases/{refused.number}/correction-sheet/",
        "for-the-applicant": f"/cases/{refused.number}/applicant/",
        "casecheck-guide": "/casecheck/en/guide/",
        "casecheck-figures": "/casecheck/en/figures/",
        "no-query": "/cases/new/no-query/emergency_medicaid/",
        "help": "/help/",
        "not-found": "/cases/AAAAAAAAAAAAAAA/",
    }.items():
        page.goto(address)
        take(name)
    for language in ("en", "ar"):
        page.goto(f"/casecheck/{language}/")
        take(f"casecheck-{language}")
        page.fill("[name=number]", refused.number)
        page.select_option("[name=month]", "5")
        page.fill("[name=day]", "31")
        page.fill("[name=year]", "1990")
        page.keyboard.press("Enter")
        page.wait_for_selector("dl")
        take(f"casecheck-case-{language}")
        page.locator("form.more button").first.press("Enter")
        page.wait_for_selector("[name=said]")
        take(f"casecheck-correction-{language}")
    page.goto("/cases/new/")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/details/")
    for field, value in {
        "a_number": "A 209-4481-770",
        "card_number": "MSC215533094",
        "document_expires_on_0": "4",
        "document_expires_on_1": "18",
        "document_expires_on_2": "2033",
        "family_name": "Arreola-Quiñones",
        "given_name": "Ana Lucia",
        "date_of_birth_0": "31",
        "date_of_birth_1": "5",
        "date_of_birth_2": "1990",
        "agency_reference": "HH-20571",
    }.items():
        page.fill(f"[name={field}]", value)
    tick(page, "[name=benefits][value=snap]")
    page.get_by_role("button", name="Continue to check").click()
    page.wait_for_selector(".errs")
    take("initiate-2-errors")
    page.fill("[name=a_number]", "A 209-448-188")
    page.fill("[name=card_number]", "MSC2155330948")
    page.fill("[name=date_of_birth_0]", "5")
    page.fill("[name=date_of_birth_1]", "31")
    tick(page, "[name=original][value=genuine]")
    page.get_by_role("button", name="Continue to check").click()
    page.wait_for_url("**/check/")
    take("initiate-3-check")


def test_pictures_of_the_form(world, office, open_page):
    """Form G-845: the caseworker's pages, the office's pages."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    dana, vera = world["dana"], make_user("Vera", Role.STATUS_VERIFIER, office=office)
    at = timezone.now()
    with scope_for(dana):
        case = initial.initiate(
            by=dana, at=at, submission=unknown_person(document_doubt="The seal looks altered")
        )
        ready = g845.ask_for(
            case_number=case.number,
            version=case.version,
            reason="document_doubtful",
            comment="The seal looks altered",
            by=dana,
            at=at,
        )
        late = initial.initiate(
            by=dana,
            at=at - timedelta(days=60),
            submission=unknown_person(a_number="200000002", document_doubt="Blurred"),
        )
        asked = initial.initiate(
            by=dana, at=at, submission=unknown_person(a_number="200000003", document_doubt="Torn")
        )
        g845.ask_for(
            case_number=late.number,
            version=late.version,
            reason="document_doubtful",
            comment="",
            by=dana,
            at=at - timedelta(days=59),
        )
        g845.mark_mailed(
            case_number=late.number,
            version=late.version + 1,
            mailed_on=(at - timedelta(days=58)).date(),
            by=dana,
            at=at - timedelta(days=58),
        )
    with scope_for(vera):
        g845.record_arrival(case_number=late.number, by=vera, at=at - timedelta(days=50))
    page = enter(open_page(), dana)

    def take(page, name: str, address: str) -> None:
        for width, viewport in (("1280", WIDE), ("390", NARROW)):
            page.set_viewport_size(viewport)
            page.goto(address)
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({**viewport, "height": height})
            page.screenshot(path=SCREENS / f"{name}-{width}.png")

    take(page, "g845-ask", f"/cases/{asked.number}/g845/ask/")
    take(page, "g845-send", f"/cases/{ready.number}/g845/")
    take(page, "g845-overdue", f"/cases/{late.number}/g845/")
    take(page, "case-g845", f"/cases/{late.number}/")
    take(page, "newer-document", f"/cases/{ready.number}/newer-document/")
    office_page = enter(open_page(), vera)
    take(office_page, "arrivals", "/office/arrivals/")
    take(office_page, "paper-form", "/office/paper-form/i551/")


def test_pictures_of_the_api_and_of_systems(world, open_page):
    SCREENS.mkdir(parents=True, exist_ok=True)
    ruth = make_user("Rosa", Role.AGENCY_ADMINISTRATOR, agency=world["agency"])
    with scope_for(ruth):
        make_client(
            agency=world["agency"],
            name="Benefits intake",
            access_mode="web_services",
            benefits=("snap", "medicaid"),
            by=ruth,
            at=AT,
        )
        webhooks.add(agency=ruth.agency, url="https://intake.example.gov/save", by=ruth, at=AT)
    page = enter(open_page(), ruth)
    for name, address in {
        "systems": "/systems/",
        "system-new": "/systems/new/",
        "endpoint-new": "/systems/endpoints/new/",
        "api-docs": "/api/docs/",
        "api-problems": "/api/problems/",
        "api-problem": "/api/problems/invalid-fields/",
        "api-changes": "/api/docs/changes/",
    }.items():
        for width, viewport in (("1280", WIDE), ("390", NARROW)):
            page.set_viewport_size(viewport)
            page.goto(address)
            page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=name != "api-docs")


def test_pictures_of_batches(world, open_page, monkeypatch):
    monkeypatch.setattr(batch_work, "CHUNK", 12)
    page = enter(open_page(), world["dana"])

    def take(name: str) -> None:
        for width, viewport in (("1280", WIDE), ("390", NARROW)):
            page.set_viewport_size(viewport)
            page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size(WIDE)

    def choose(raw: bytes) -> None:
        file = {"name": "November intake.csv", "mimeType": "text/csv", "buffer": raw}
        page.set_input_files("[name=file]", file)
        page.get_by_role("button", name="Upload and check").click()

    page.goto("/batches/")
    take("batches-none")
    choose(b"row_id;family_name\r\n")
    page.wait_for_selector(".errs")
    take("batches-error")
    wrong = [{"date_of_birth": "5/31/1990"}, {"a_number": "209"}, {"benefit": "title_iv"}]
    rows = [RESIDENT, *(nobody(n) for n in range(3)), *({**RESIDENT, **bad} for bad in wrong)]
    choose(content([*rows, *(nobody(n) for n in range(100, 118))]))
    page.wait_for_selector("#batch-progress")
    with system_scope():
        batch = Batch.objects.get()
    work(batch)
    page.get_by_role("button", name="Start", exact=True).wait_for()
    take("batch-checked")
    tick(page, "[name=originals_examined]")
    tick(page, "[name=no_finding]")
    page.get_by_role("button", name="Start", exact=True).click()
    batch_work.work_on(batch_id=batch.pk, clock=timezone.now, seconds=0)
    page.reload()
    take("batch-running")
    work(batch)
    page.reload()
    take("batch-finished")
    page.goto("/batches/")
    take("batches")


def test_pictures_of_people_and_training(world, office, open_page):
    """The administrator's page of people, the tutorial, the program office's staff."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    helen = make_user("Helen", Role.AGENCY_ADMINISTRATOR, agency=world["agency"])
    june = make_user("June", Role.GENERAL_USER, agency=world["agency"], trained=False)
    paul = make_user("Paul", Role.PROGRAM_OFFICER, office=office)
    at = timezone.now()
    with scope_for(helen):
        invitation = people.invite(
            email="ola@calhoun.example",
            full_name="Ola Berg",
            role=Role.SUPERVISOR,
            by=helen,
            at=at,
        )

    def take(page, name: str, address: str) -> None:
        for width, viewport in (("1280", WIDE), ("390", NARROW)):
            page.set_viewport_size(viewport)
            page.goto(address)
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({**viewport, "height": height})
            page.screenshot(path=SCREENS / f"{name}-{width}.png")

    page = enter(open_page(), helen)
    take(page, "people", "/people/")
    take(page, "people-invite", "/people/invite/")
    take(page, "people-person", f"/people/{june.pk}/")
    take(page, "people-end", f"/people/{june.pk}/end/")
    take(page, "people-departments", "/people/departments/")
    take(page, "training-report", "/training/report/")
    take(open_page(), "invitation", f"/invitation/{links.token_of(invitation)}/")
    newcomer = enter(open_page(), june)
    take(newcomer, "training", "/training/")
    take(newcomer, "initiate-untrained", "/cases/new/")
    take(newcomer, "training-lesson", "/training/lessons/before-you-ask/")
    with scope_for(june):
        for lesson in tutorial_for(june.role).lessons:
            training.read_lesson(lesson_id=lesson.id, by=june, at=at)
    take(newcomer, "training-questions", "/training/questions/")
    take(enter(open_page(), paul), "people-of-offices", "/people/")


def test_pictures_of_invoices(transactional_db, office, open_page):
    """The administrator's and the office's pages of invoices, prices, cards and checks."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    prices = {"retry": "0.50", "initial": "0.50", "additional": "0.50", "g845": "0.50"}
    for kind, amount in (prices | {"paper_g845": "2.00", "minimum": "25.00"}).items():
        Price.objects.get_or_create(
            kind=kind, effective_from=date(2008, 10, 1), defaults={"amount": Decimal(amount)}
        )
    agency = make_agency("BUREAU")
    with system_scope():
        agency.kind = Agency.Kind.FEDERAL
        agency.save()
    fay = make_user("Fay", Role.GENERAL_USER, agency=agency)
    ada = make_user("Ada", Role.AGENCY_ADMINISTRATOR, agency=agency)
    otto, olga = (make_user(name, Role.PROGRAM_OFFICER, office=office) for name in ("Otto", "Olga"))
    now = timezone.now()
    month = (now.date().replace(day=1) - timedelta(days=40)).replace(day=1)
    noon = datetime(month.year, month.month, 15, 17, tzinfo=UTC)
    charge(fay, at=noon, times=130)
    charge(fay, at=noon, kind="additional", times=12)
    charge(ada, at=noon, kind="paper_g845", times=3)
    charge(fay, at=now, times=70)
    invoicing.issue_month(month, at=now)
    invoice = invoice_of(fay)
    with system_scope():
        limits.set_limit(agency_id=agency.pk, amount=Decimal("40.00"), by=ada, at=now)
        order = card.begin(invoice_id=invoice.pk, by=ada, at=now)
        following = (now.date().replace(day=28) + timedelta(days=40)).replace(day=1)
        price_list.propose(
            effective_from=following,
            amounts={kind: Decimal(a) for kind, a in prices.items()}
            | {"paper_g845": Decimal("3.00"), "minimum": Decimal("30.00")},
            exempt=["state", "local", "tribal"],
            source="Notice of November 3, 2026",
            by=otto,
            at=now,
        )

    def take(page, name: str, address: str) -> None:
        for width, viewport in (("1280", WIDE), ("390", NARROW)):
            page.set_viewport_size(viewport)
            page.goto(address)
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({**viewport, "height": height})
            page.screenshot(path=SCREENS / f"{name}-{width}.png")

    page = enter(open_page(), ada)
    take(page, "invoices", "/invoices/")
    take(page, "invoice", f"/invoices/{invoice.number}/")
    take(page, "invoice-line", f"/invoices/{invoice.number}/lines/1/")
    take(page, "card-order", f"/invoices/card/{order.code}/")
    take(page, "limit", "/invoices/limit/")
    take(page, "prices", "/invoices/prices/")
    desk = enter(open_page(), olga)
    take(desk, "invoices-office", "/invoices/")
    take(desk, "checks", "/invoices/checks/?code=RSV2026000001AA")
    take(desk, "invoice-office", f"/invoices/{invoice.number}/?check")
    take(desk, "prices-office", "/invoices/prices/")
