"""A passkey: made by somebody who is signed in, and then the way in without a password."""

import pytest
from allauth.mfa.models import Authenticator

from save_portal.accounts.tenancy import system_scope
from tests.browser.conftest import accept_terms, check_accessible, sign_in, tick
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on_this_machine(settings):
    """The live server has no certificate."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True


def with_authenticator(page):
    """The browser's own virtual authenticator, which says yes to everything it is asked."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_enrolled_and_signs_in_without_a_password(world, open_page):
    page = open_page()
    with_authenticator(page)
    sign_in(page, world["dana"])
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)  # asked again before a new way in is made
    page.keyboard.press("Enter")
    page.fill("[name=name]", "Desk")
    tick(page, "[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: "/webauthn/add" not in address)
    with system_scope():
        kept = Authenticator.objects.filter(user=world["dana"], type="webauthn").get()
    assert kept.data["name"] == "Desk"

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    check_accessible(page, "sign-in")
    page.click("#passkey_login")
    page.wait_for_selector("#accept")
    accept_terms(page)
    page.get_by_role("heading", name="My work").wait_for()
