"""Takes the pictures of every page for docs/screens: `pytest tests/browser/screens.py`."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core import signing as django_signing
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page

from agreements.models import Agreement, RegistrationLink
from agreements.services import contractors, negotiation, registration, signing, supplements
from agreements.training import services as training
from agreements.training.catalog import tutorial_for
from billing.models import Price
from billing.services import card, invoicing, limits, price_list
from casecheck import contacts, delays, proofs, who_looked
from casecheck.models import Notice, OneTimeCode
from save_portal.accounts.models import Agency, Department
from save_portal.accounts.people import links
from save_portal.accounts.people import services as people
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.machines import webhooks
from save_portal.machines.services import make_client
from tests.agreements.conftest import accepted, do, signature
from tests.agreements.test_supplements import act, propose
from tests.agreements.test_supplements import signature as supplement_signature
from tests.agreements.test_training import right_places
from tests.billing.test_invoicing import charge, invoice_of
from tests.browser.conftest import NARROW, WIDE, accept_terms, enter, tick
from tests.browser.test_casecheck import look_up
from tests.conftest import AT, PASSWORD, make_agency, make_user, resident, unknown_person
from tests.verification.services.test_batch import RESIDENT, nobody
from tests.verification.services.test_batches import content, work
from tests.verification.services.test_review import BOTH_SIDES, WORKER, asked
from tests.verification.services.test_review import RESIDENT as RESIDENT_ANSWER
from verification.models import Batch
from verification.services import (
    batch_work,
    closing,
    correction,
    duties,
    g845,
    initial,
    review,
    second_review,
)

pytestmark = pytest.mark.browser
SCREENS = Path(__file__).resolve().parents[2] / "docs" / "screens"
TALLEST = 2600  # pixels; what is below is more of the same
SLOW = 120_000  # milliseconds, for the longest pages on a busy machine


def take(page: Page, name: str, address: str = "") -> None:
    """The page, or the one at the address, at both widths, as a small file in a few colors."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width, viewport in (("1280", WIDE), ("390", NARROW)):
        page.set_viewport_size(viewport)
        if address:
            page.goto(address, timeout=SLOW)
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.set_viewport_size({**viewport, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
        picture = Image.open(io.BytesIO(page.screenshot(timeout=SLOW))).convert("RGB")
        picture.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            SCREENS / f"{name}-{width}.png", optimize=True
        )
    page.set_viewport_size(WIDE)


def test_pictures_of_every_page(world, open_page):
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
    take(page, "password-forgotten", "/accounts/password/reset/")
    take(page, "sign-in", "/accounts/login/")
    page.fill("[name=login]", dana.email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#accept")
    take(page, "terms")
    accept_terms(page)
    take(page, "profile", "/profile/")
    take(page, "password-asked-again", "/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=passwordless]")
    take(page, "passkey-new")
    take(page, "second-factor", "/accounts/2fa/")
    take(page, "authenticator-new", "/accounts/2fa/totp/activate/")
    take(page, "password-change", "/accounts/password/change/")

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
        "privacy": "/privacy/",
        "accessibility": "/accessibility/",
        "not-found": "/cases/AAAAAAAAAAAAAAA/",
    }.items():
        take(page, name, address)
    for language in ("en", "ar"):
        take(page, f"casecheck-{language}", f"/casecheck/{language}/")
        page.fill("[name=number]", refused.number)
        page.select_option("[name=month]", "5")
        page.fill("[name=day]", "31")
        page.fill("[name=year]", "1990")
        page.keyboard.press("Enter")
        page.wait_for_selector("dl")
        take(page, f"casecheck-case-{language}")
        page.locator("form.more button").first.press("Enter")
        page.wait_for_selector("[name=said]")
        take(page, f"casecheck-correction-{language}")
    page.goto(f"/cases/{refused.number}/additional/")
    tick(page, "[name=reason][value=prompted]")
    page.get_by_role("button", name="Continue to check").click()
    page.wait_for_url("**/additional/check/")
    take(page, "additional-check")
    page.goto("/cases/new/")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/details/")
    take(page, "initiate-2")
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
    take(page, "initiate-2-errors")
    page.fill("[name=a_number]", "A 209-448-188")
    page.fill("[name=card_number]", "MSC2155330948")
    page.fill("[name=date_of_birth_0]", "5")
    page.fill("[name=date_of_birth_1]", "31")
    tick(page, "[name=original][value=genuine]")
    page.get_by_role("button", name="Continue to check").click()
    page.wait_for_url("**/check/")
    take(page, "initiate-3-check")


def test_pictures_of_the_form(world, office, open_page):
    """Form G-845: the caseworker's pages, the office's pages."""
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

    take(page, "g845-ask", f"/cases/{asked.number}/g845/ask/")
    take(page, "g845-send", f"/cases/{ready.number}/g845/")
    take(page, "g845-overdue", f"/cases/{late.number}/g845/")
    take(page, "case-g845", f"/cases/{late.number}/")
    take(page, "newer-document", f"/cases/{ready.number}/newer-document/")
    office_page = enter(open_page(), vera)
    take(office_page, "arrivals", "/office/arrivals/")
    take(office_page, "paper-form-choose", "/office/paper-form/")
    take(office_page, "paper-form", "/office/paper-form/i551/")


def test_pictures_of_the_api_and_of_systems(world, open_page, settings):
    settings.CLIENT_CERTIFICATE_HEADER, settings.TRUSTED_PROXIES = "Client-Cert", ["127.0.0.1"]
    ruth = make_user("Rosa", Role.AGENCY_ADMINISTRATOR, agency=world["agency"])
    with scope_for(ruth):
        client, _ = make_client(
            agency=world["agency"],
            name="Benefits intake",
            access_mode="web_services",
            benefits=("snap", "medicaid"),
            by=ruth,
            at=AT,
        )
        webhooks.add(agency=ruth.agency, url="https://intake.example.gov/save", by=ruth, at=AT)
    page = enter(open_page(), ruth)
    page.goto("/systems/sandbox/new/")
    page.fill("[name=name]", "Continuous integration")
    tick(page, "[name=benefits][value=snap]")
    page.locator("main form .usa-button").first.click()
    page.wait_for_selector("code")
    take(page, "system-secret")
    for name, address in {
        "systems": "/systems/",
        "system-new": "/systems/new/",
        "endpoint-new": "/systems/endpoints/new/",
        "api-docs": "/api/docs/",
        "api-problems": "/api/problems/",
        "api-problem": "/api/problems/invalid-fields/",
        "api-changes": "/api/docs/changes/",
        "system-certificate": f"/systems/{client.pk}/certificate/",
        "system-end": f"/systems/{client.pk}/end/",
        "sandbox": "/systems/sandbox/",
        "sandbox-anew": "/systems/sandbox/anew/",
        "sandbox-people": "/api/docs/sandbox/",
    }.items():
        take(page, name, address)


def test_pictures_of_batches(world, open_page, monkeypatch):
    monkeypatch.setattr(batch_work, "CHUNK", 12)
    page = enter(open_page(), world["dana"])

    def choose(raw: bytes) -> None:
        file = {"name": "November intake.csv", "mimeType": "text/csv", "buffer": raw}
        page.set_input_files("[name=file]", file)
        page.get_by_role("button", name="Upload and check").click()

    page.goto("/batches/")
    take(page, "batches-none")
    choose(b"row_id;family_name\r\n")
    page.wait_for_selector(".errs")
    take(page, "batches-error")
    wrong = [{"date_of_birth": "5/31/1990"}, {"a_number": "209"}, {"benefit": "title_iv"}]
    rows = [RESIDENT, *(nobody(n) for n in range(3)), *({**RESIDENT, **bad} for bad in wrong)]
    choose(content([*rows, *(nobody(n) for n in range(100, 118))]))
    page.wait_for_selector("#batch-progress")
    with system_scope():
        batch = Batch.objects.get()
    work(batch)
    page.get_by_role("button", name="Start", exact=True).wait_for()
    take(page, "batch-checked")
    tick(page, "[name=originals_examined]")
    tick(page, "[name=no_finding]")
    page.get_by_role("button", name="Start", exact=True).click()
    batch_work.work_on(batch_id=batch.pk, clock=timezone.now, seconds=0)
    page.reload()
    take(page, "batch-running")
    work(batch)
    page.reload()
    take(page, "batch-finished")
    page.goto("/batches/")
    take(page, "batches")


def test_pictures_of_people_and_training(world, office, open_page):
    """The administrator's page of people, the tutorial, the program office's staff."""
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

    page = enter(open_page(), helen)
    take(page, "people", "/people/")
    take(page, "people-invite", "/people/invite/")
    take(page, "people-person", f"/people/{june.pk}/")
    take(page, "people-end", f"/people/{june.pk}/end/")
    take(page, "people-departments", "/people/departments/")
    with system_scope():
        department = Department.objects.get(agency=helen.agency)
    take(page, "people-department", f"/people/departments/{department.pk}/")
    take(page, "people-group", f"/people/departments/{department.pk}/group/")
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
    with scope_for(june):
        attempt = training.ask(by=june, at=at)
        training.answer(attempt_id=attempt.pk, chosen=right_places(attempt), by=june, at=at)
    take(newcomer, "training-passed", f"/training/passages/{attempt.pk}/")
    take(enter(open_page(), paul), "people-of-offices", "/people/")


def test_pictures_of_invoices(transactional_db, office, open_page):
    """The administrator's and the office's pages of invoices, prices, cards and checks."""
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

    page = enter(open_page(), ada)
    take(page, "invoices", "/invoices/")
    take(page, "invoice", f"/invoices/{invoice.number}/")
    take(page, "invoice-line", f"/invoices/{invoice.number}/lines/1/")
    take(page, "card-order", f"/invoices/card/{order.code}/")
    take(page, "limit", "/invoices/limit/")
    page.goto(f"/invoices/card/{order.code}/")
    page.locator("main a.usa-button").first.click()
    page.wait_for_url("**/card-stand-in/**")
    take(page, "card-stand-in")
    take(page, "prices", "/invoices/prices/")
    desk = enter(open_page(), olga)
    take(desk, "invoices-office", "/invoices/")
    take(desk, "checks", "/invoices/checks/?code=RSV2026000001AA")
    take(desk, "invoice-office", f"/invoices/{invoice.number}/?check")
    take(desk, "prices-office", "/invoices/prices/")


def test_pictures_of_verifiers_and_records(world, office, open_page):
    """The queue, the workbench, the supervisor's page, corrections, the person-centric query."""
    dana, ruth = world["dana"], world["ruth"]
    vera = make_user("Vera", Role.STATUS_VERIFIER, office=office)
    grace = make_user("Grace", Role.VERIFIER_SUPERVISOR, office=office)
    rita = make_user("Rita", Role.RECORDS_OFFICER, office=office)
    at = timezone.now()
    for number in range(3):
        asked(dana, at=at - timedelta(days=number), a_number=f"20000010{number}")
    mine = asked(
        dana,
        at=at - timedelta(days=2),
        family_name="Arreola-Quiñones",
        given_name="Ana Lucia",
        a_number="209448177",
        card_number="MSC2155330947",
        document_doubt="The seal looks altered",
    )
    with scope_for(vera):
        mine = review.take(case_number=mine.number, by=vera, at=at)
        request = correction.draft(record_ref="CIS:C1", field="given_name", by=vera, at=at)
        request = correction.send(
            request_id=request.pk,
            version=request.version,
            proposed_value="ANA LUZ",
            reason="The birth certificate shows it.",
            by=vera,
            at=at,
        )
    page = enter(open_page(), vera)
    take(page, "queue", "/review/")
    take(page, "workbench", f"/review/{mine.number}/")
    take(page, "person-query", "/person-query/")
    page.goto(f"/person-query/?case={mine.number}")
    page.locator("main form.query button[type=submit]").click()
    page.get_by_role("heading", name="person found").wait_for()
    take(page, "person-found")
    take(page, "corrections", "/corrections/")
    take(page, "correction", f"/corrections/{request.pk}/")
    take(enter(open_page(), grace), "review-office", "/review/office/")
    desk = enter(open_page(), rita)
    take(desk, "corrections-records", "/corrections/")
    take(desk, "correction-records", f"/corrections/{request.pk}/")
    take(desk, "sources", "/program/sources/")
    supervisor = enter(open_page(), ruth)
    take(supervisor, "board", "/board/")
    take(supervisor, "board-move-all", f"/board/{dana.pk}/move/")
    take(supervisor, "case-move", f"/cases/{mine.number}/move/")


def test_pictures_of_answers(world, office, open_page):
    """What a verifier answered: for the caseworker, corrected, looked at a second time."""
    dana, at = world["dana"], timezone.now()
    vera = make_user("Vera", Role.STATUS_VERIFIER, office=office)
    luis = make_user("Luis", Role.STATUS_VERIFIER, office=office)
    grace = make_user("Grace", Role.VERIFIER_SUPERVISOR, office=office)
    with scope_for(grace):
        second_review.set_share(percent=100, by=grace, at=at)
    numbers = [asked(dana, at=at, a_number=f"20000020{n}").number for n in range(3)]
    with scope_for(vera):
        answered, papers, closed = (review.take(case_number=n, by=vera, at=at) for n in numbers)
        first = review.answer(
            case_number=answered.number, version=answered.version, given=WORKER, by=vera, at=at
        )
        review.ask_for_documents(
            case_number=papers.number, version=papers.version, given=BOTH_SIDES, by=vera, at=at
        )
        review.answer(
            case_number=closed.number, version=closed.version, given=RESIDENT_ANSWER, by=vera, at=at
        )
    with scope_for(dana):
        closing.close(
            case_number=closed.number,
            version=closed.version + 1,
            reason="completed",
            by=dana,
            at=at,
        )
    page = enter(open_page(), dana)
    take(page, "case-answered", f"/cases/{answered.number}/")
    take(page, "case-documents-again", f"/cases/{papers.number}/")
    take(page, "case-closed", f"/cases/{closed.number}/")
    take(enter(open_page(), vera), "answer-correct", f"/review/answers/{first.pk}/correct/")
    with scope_for(luis):
        look = second_review.take_next(by=luis, at=at)
    assert look is not None
    take(enter(open_page(), luis), "second-look", f"/review/second-looks/{look.pk}/")


def test_pictures_for_the_applicant(world, open_page):
    """Notices, the code, and who looked, after the look-up."""
    dana, at = world["dana"], timezone.now()
    with scope_for(dana):
        case = initial.initiate(by=dana, at=at, submission=unknown_person())
        contacts.record(
            case_number=case.number,
            email="rosa@mail.example",
            phone="+12025550123",
            language="en",
            by=dana,
            at=at,
        )
    page = open_page()
    page.goto("/casecheck/en/")
    look_up(page, case.number)
    page.wait_for_selector("[formaction*=notices]")
    page.locator("[formaction*=notices]").click()
    page.wait_for_selector("[name=address]")
    take(page, "casecheck-notices")
    page.fill("[name=address]", "rosa@mail.example")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    with system_scope():
        token = proofs.sign(Notice.objects.get().pk, salt=proofs.NOTICE)
    take(page, "casecheck-notice", f"/casecheck/en/notices/{token}/")
    page.goto("/casecheck/en/")
    look_up(page, case.number)
    page.wait_for_selector("[formaction*=who-looked]")
    page.locator("[formaction*=who-looked]").click()
    page.wait_for_selector("[value=email]")
    take(page, "casecheck-who-looked-ask")
    page.locator("[value=email]").click()
    page.wait_for_selector("[name=code]")
    take(page, "casecheck-who-looked-code")
    with system_scope():
        code = who_looked.digits_of(OneTimeCode.objects.get())
    page.fill("[name=code]", code)
    page.keyboard.press("Enter")
    page.wait_for_selector("main ul")
    take(page, "casecheck-who-looked")


def test_pictures_of_wrongful_looks(world, office, open_page):
    """A look that should not have been, found in the log of a case's person and recorded."""
    dana, at = world["dana"], timezone.now()
    carl = make_user("Carl", Role.COMPLIANCE_OFFICER, office=office)
    with scope_for(dana):
        case = initial.initiate(by=dana, at=at, submission=resident())
    desk = enter(open_page(), carl)
    take(desk, "wrongful-looks-none", "/program/wrongful-looks/")
    desk.fill("[name=case]", case.number)
    desk.keyboard.press("Enter")
    desk.get_by_role("link", name="Record this one").first.wait_for()
    take(desk, "wrongful-looks")
    desk.get_by_role("link", name="Record this one").first.click()
    desk.get_by_role("heading", name="Record that it was wrongful").wait_for()
    take(desk, "wrongful-look")


def test_pictures_of_the_program_office(world, office, open_page):
    """Agreements from both sides, accuracy, programs, answer times, closures."""
    helen = make_user("Helen", Role.AGENCY_ADMINISTRATOR, agency=world["agency"])
    paul = make_user("Paul", Role.PROGRAM_OFFICER, office=office)
    agreement = "MOA-CALHOUN"
    page = enter(open_page(), helen)
    for name, address in {
        "agreements": "/agreements/",
        "agreement": f"/agreements/{agreement}/",
        "agreement-supplement": f"/agreements/{agreement}/supplement/",
    }.items():
        take(page, name, address)
    desk = enter(open_page(), paul)
    for name, address in {
        "agreements-office": "/agreements/",
        "agreement-office": f"/agreements/{agreement}/",
        "accuracy": "/program/accuracy/",
        "answer-times": "/program/answer-times/",
        "closures": "/program/closures/",
        "programs": "/programs/",
        "program": "/programs/snap/",
    }.items():
        take(desk, name, address)
    anybody = open_page()
    for name, address in {
        "register": "/register/",
        "agreement-check": "/agreements/check/",
        "about": "/about/",
    }.items():
        take(anybody, name, address)


def test_pictures_of_an_agreement_from_registration_to_supplement(world, office, open_page):
    """Both sides: registered, accepted, proposed, compared, signed, changed by a supplement."""
    paul = make_user("Paul", Role.PROGRAM_OFFICER, office=office)
    inez = "inez.duarte@ashford.example"
    registration.begin(email=inez, by=None, at=timezone.now(), address="192.0.2.7")
    with system_scope():
        link = RegistrationLink.objects.latest("pk")
    newcomer = open_page()
    take(newcomer, "register-sent", "/register/sent/")
    token = django_signing.dumps(link.pk, salt=registration.SALT)
    newcomer.goto(f"/register/continue/{token}/")
    newcomer.wait_for_url("**/register/agency/")
    take(newcomer, "register-agency")

    agreement, walter = accepted(paul, contractors=["Helping Hands, data entry"])
    address = f"/agreements/{agreement.number}/"
    page, desk = enter(open_page(), walter), enter(open_page(), paul)
    take(desk, "agreement-reason", f"{address}reason/refuse/")
    take(page, "agreement-propose", f"{address}propose/")
    with system_scope():
        terms = negotiation.current_text(agreement).choices
    do(
        negotiation.propose,
        agreement,
        walter,
        changes={**terms, "benefits": ["snap"]},
        article=None,
        clause="",
        note="Medicaid is another department's.",
    )
    take(page, "agreement-compare", f"{address}compare/")
    do(negotiation.agree, agreement, paul)
    page.goto(f"{address}sign/")
    page.wait_for_url("**/reauthenticate/**")
    page.fill("[name=password]", f"{PASSWORD} 42")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/")
    take(page, "agreement-sign")
    do(signing.sign, agreement, walter, **signature(agreement, walter))
    do(signing.countersign, agreement, paul, **signature(agreement, paul))
    take(desk, "contractor-new", f"{address}contractor/")
    take(page, "agreement-renew", f"{address}renew/")

    supplement = propose(
        agreement,
        walter,
        on=timezone.localdate() + timedelta(days=10),
        at=timezone.now(),
        benefits=["snap", "tanf"],
        contractors=["Helping Hands, data entry", "Northern Mailrooms, scanning"],
        note="TANF moved to us.",
    )
    take(page, "supplement-proposed", f"{address}supplement/{supplement.number}/")
    take(page, "supplement-sign", f"{address}supplement/{supplement.number}/sign/")
    take(page, "supplement-withdraw", f"{address}supplement/{supplement.number}/withdraw/")
    for service, by in ((supplements.sign, walter), (supplements.countersign, paul)):
        signs = supplement_signature(supplement, by)
        act(service, supplement, by, at=timezone.now(), **signs)
    take(page, "supplement-concluded", f"{address}supplement/{supplement.number}/")
    take(page, "agreement-with-supplement", address)
    with scope_for(paul):
        now = Agreement.objects.get(pk=agreement.pk)
        contractor = contractors.open_account(
            number=now.number,
            version=now.version,
            line="Helping Hands, data entry",
            administrator_name="Carla Ruiz",
            administrator_email="carla.ruiz@hands.example",
            by=paul,
            at=timezone.now(),
        )
    take(desk, "agreement-with-contractor", address)
    carla = make_user("Carla", Role.AGENCY_ADMINISTRATOR, agency=contractor)
    worker = enter(open_page(), carla)
    take(worker, "contractor-agreements", "/agreements/")
    worker.goto("/cases/new/")
    worker.locator("main button[type=submit]").click()
    worker.wait_for_url("**/details/")
    take(worker, "contractor-initiate")


def test_pictures_of_dated_rules_of_the_program_office(world, office, open_page):
    """Which looks are shown later, by law; a day on which offices are closed."""
    olga = make_user("Olga", Role.PROGRAM_OFFICER, office=office)
    desk = enter(open_page(), olga)
    take(desk, "delayed-looks-none", "/program/delayed-looks/")
    now = timezone.now()
    for days, purpose, ahead in ((90, "background_check", 2), (30, "snap", 40)):
        with scope_for(olga):
            delays.set_delay(
                purpose=purpose,
                days=days,
                effective_from=now.date() + timedelta(days=ahead),
                basis="5 USC 552a(c)(3)",
                by=olga,
                at=now,
            )
    take(desk, "delayed-looks", "/program/delayed-looks/")
    desk.locator("main button[type=submit]").first.click()
    desk.wait_for_selector(".errs")
    take(desk, "delayed-looks-errors")
    take(desk, "closure-new", "/program/closures/add/")
