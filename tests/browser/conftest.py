"""A real Chromium before the real portal."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import which

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from billing.models import Price
from save_portal.accounts.roles import Role
from tests.conftest import PASSWORD, load_three_people, make_agency, make_user, signed_in
from verification.enums import ChargeKind

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
expect.set_options(timeout=20_000)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = which("chromium") or which("chromium-browser") or which("google-chrome")
    assert path, "Browser tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def world(transactional_db, tmp_path: Path):
    """An agency with a caseworker and a supervisor, and three people on record."""
    agency = make_agency("CALHOUN")
    load_three_people(tmp_path)
    for kind in ChargeKind:
        Price.objects.get_or_create(
            kind=kind,
            effective_from=date(2008, 10, 1),
            defaults={"amount": Decimal("2.00" if kind == ChargeKind.PAPER_G845 else "0.50")},
        )
    return {
        "agency": agency,
        "dana": make_user("Dana", Role.GENERAL_USER, agency=agency),
        "ruth": make_user("Ruth", Role.SUPERVISOR, agency=agency),
    }


@pytest.fixture
def open_page(chromium: Browser, live_server) -> Iterator:
    """Opens pages at a width; a script error or a refused resource fails the test."""
    contexts, faults = [], []

    def opened(viewport: dict[str, int] = WIDE) -> Page:
        context = chromium.new_context(
            viewport=viewport, base_url=live_server.url, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                faults.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def sign_in(page: Page, user) -> Page:
    """As a person does it: address, password, terms of use."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#accept")
    accept_terms(page)
    return page


def enter(page: Page, user) -> Page:
    """Somebody who signed in before: the session's cookie and the accepted terms."""
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": signed_in(user).session.session_key,
                "domain": "localhost",
                "path": "/",
            }
        ]
    )
    return page


def accept_terms(page: Page) -> None:
    page.focus("#accept")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Accept and go on").click()
    page.wait_for_url(lambda address: "/terms/" not in address)


def tick(page: Page, selector: str) -> None:
    """Marks a check box or radio button from the keyboard: the design system draws its own."""
    page.focus(selector)
    page.keyboard.press("Space")


def check_accessible(page: Page, where: str) -> None:
    """No violation of WCAG that axe can see."""
    found = Axe().run(
        page,
        options={
            "runOnly": {
                "type": "tag",
                "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            }
        },
    )
    lines = [
        f"{where}: {fault['id']}: {fault['help']}: "
        + "; ".join(node["html"][:160] for node in fault["nodes"][:3])
        for fault in found.response["violations"]
    ]
    assert not lines, "\n".join(lines)
