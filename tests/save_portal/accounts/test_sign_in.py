"""From the sign-in to the first page: terms of use, time limits, the second factor, the end."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from save_portal.accounts import sessions, terms
from save_portal.accounts.models import TermsAcceptance
from save_portal.accounts.roles import AGENCY_ROLES, AUTOMATIC_ROLES, Role
from save_portal.accounts.services import end_account
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.models import Message
from save_portal.outbox.queue import deliver_due
from tests.conftest import AT, PASSWORD, make_user

PROFILE = "/profile/"


def sign_in(client: Client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def accept(client: Client):
    return client.post(reverse("accounts:terms"), {"accept": "yes"})


@pytest.fixture
def signed_in(client, caseworker):
    sign_in(client, caseworker)
    accept(client)
    return client


def age(client: Client, **times: float) -> None:
    """Moves the session's clock back."""
    session = client.session
    for name, seconds in times.items():
        session[name] = time.time() - seconds
    session.save()


def test_the_sign_in_page_names_its_fields_and_runs_no_inline_script(client, db):
    page = client.get(reverse("account_login")).content.decode()
    assert '<label class="usa-label" for="id_login">' in page
    assert "style=" not in page
    assert "onclick" not in page


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(client, caseworker):
    page = sign_in(client, caseworker, "not the password").content.decode()
    assert "usa-alert--error" in page
    assert client.get(PROFILE).status_code == 302


def test_the_terms_of_use_come_before_anything_else_and_lead_on_to_the_page(client, caseworker):
    sign_in(client, caseworker)
    sent = client.get(PROFILE)
    assert sent.headers["Location"] == "/terms/?next=%2Fprofile%2F"
    assert client.post("/terms/", {"next": PROFILE}).status_code == 422
    assert client.get(PROFILE).status_code == 302
    on = client.post("/terms/", {"accept": "yes", "next": PROFILE})
    assert on.headers["Location"] == PROFILE
    assert client.get(PROFILE).status_code == 200


def test_an_acceptance_leads_to_no_page_of_somebody_else(client, caseworker):
    sign_in(client, caseworker)
    on = client.post("/terms/", {"accept": "yes", "next": "https://elsewhere.example/"})
    assert on.headers["Location"] == "/"


def test_the_terms_are_accepted_again_at_each_sign_in_and_each_time_is_on_record(
    client, caseworker
):
    for _ in range(2):
        sign_in(client, caseworker)
        assert client.get(PROFILE).status_code == 302
        accept(client)
        accept(client)
        client.post(reverse("account_logout"))
    accepted = TermsAcceptance.objects.filter(user=caseworker, version=terms.VERSION)
    assert accepted.count() == 2
    with system_scope():
        verbs = list(AuditEvent.objects.filter(actor_id=caseworker.pk).values_list("verb"))
    assert verbs == [("signed_in",), ("accepted_terms_of_use",), ("signed_out",)] * 2


def test_nobody_signs_up_or_changes_the_address_by_themselves(signed_in):
    assert signed_in.get("/accounts/signup/").status_code == 404
    assert signed_in.get("/accounts/email/").status_code == 404


@pytest.mark.parametrize("clock", [sessions.LAST_SEEN, sessions.SIGNED_IN])
def test_a_session_that_is_over_leads_to_the_sign_in_and_back(signed_in, settings, clock):
    limit = {
        sessions.LAST_SEEN: settings.SESSION_IDLE_SECONDS,
        sessions.SIGNED_IN: settings.SESSION_ABSOLUTE_SECONDS,
    }[clock]
    age(signed_in, **{clock: limit - 30})
    assert signed_in.get(PROFILE).status_code == 200
    age(signed_in, **{clock: limit + 1})
    sent = signed_in.get(PROFILE)
    assert sent.headers["Location"] == "/accounts/login/?next=%2Fprofile%2F"
    assert "Your drafts are kept" in signed_in.get(sent.headers["Location"]).content.decode()


def test_looking_at_the_time_left_does_not_extend_it_and_asking_to_stay_does(signed_in, settings):
    age(signed_in, **{sessions.LAST_SEEN: 1000})
    left = signed_in.get("/session/").json()["remaining_seconds"]
    assert left <= settings.SESSION_IDLE_SECONDS - 1000
    assert signed_in.get("/session/").json()["remaining_seconds"] <= left
    stayed = signed_in.post("/session/").json()["remaining_seconds"]
    assert stayed >= settings.SESSION_IDLE_SECONDS - 2


def test_the_time_left_of_a_session_that_is_over_is_nothing(signed_in, settings):
    age(signed_in, **{sessions.LAST_SEEN: settings.SESSION_IDLE_SECONDS + 1})
    answer = signed_in.get("/session/")
    assert (answer.status_code, answer.json()) == (401, {"remaining_seconds": 0})


def test_an_account_that_ends_is_out_at_once_and_cannot_come_back(signed_in, caseworker):
    with system_scope():
        end_account(user_id=caseworker.pk, by=None, at=AT)
    assert signed_in.get(PROFILE).status_code == 302
    assert not signed_in.session.get("_auth_user_id")
    sign_in(signed_in, caseworker)
    assert not signed_in.session.get("_auth_user_id")


@pytest.mark.parametrize("role", sorted(set(Role) - AUTOMATIC_ROLES))
def test_a_second_factor_is_demanded_of_every_role_but_not_in_a_demonstration(
    client, agency, office, settings, role
):
    place = {"agency": agency} if role in AGENCY_ROLES else {"office": office}
    user = make_user("Somebody", role, **place)
    sign_in(client, user)
    accept(client)
    assert client.get(PROFILE).status_code == 200
    settings.DEMO = False
    assert client.get(PROFILE).headers["Location"].startswith(reverse("mfa_index"))
    assert client.get(reverse("mfa_index")).status_code == 200
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert client.get(PROFILE).status_code == 200


def test_the_pages_of_the_second_factor_are_drawn_in_our_hand(signed_in):
    password = reverse("account_reauthenticate")
    assert b"usa-" in signed_in.get(password).content
    signed_in.post(password, {"password": PASSWORD})
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_change_password"):
        page = signed_in.get(reverse(name))
        assert page.status_code == 200, name
        assert b"usa-" in page.content
        assert b"style=" not in page.content, name


def test_a_new_password_is_set_by_a_link_that_is_made_when_the_mail_leaves(client, caseworker):
    asked = client.post(reverse("account_reset_password"), {"email": caseworker.email.upper()})
    assert asked.status_code == 302
    assert not mail.outbox
    (waiting,) = Message.objects.all()
    assert waiting.payload == {"to_user_id": caseworker.pk}
    assert deliver_due(timezone.now()) == 1
    (sent,) = mail.outbox
    assert sent.to == [caseworker.email]
    link = next(line for line in sent.body.splitlines() if line.startswith("http"))
    form = client.get(link.removeprefix(settings.BASE_URL), follow=True)
    assert b"usa-" in form.content
    new = "a horse that nobody has seen"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert sign_in(Client(), caseworker).status_code == 200
    assert sign_in(Client(), caseworker, new).status_code == 302
    assert deliver_due(timezone.now()) == 1
    assert "replaced by the link" in mail.outbox[-1].body
    used = client.get(link.removeprefix(settings.BASE_URL), follow=True)
    assert b"password1" not in used.content


def test_asking_for_a_password_tells_nobody_whether_there_is_an_account(client, caseworker):
    def ask(address: str):
        client.post(reverse("account_reset_password"), {"email": address})
        return client.get(reverse("account_reset_password_done")).content

    known, unknown = ask(caseworker.email), ask("nobody@elsewhere.example")
    assert known == unknown
    assert Message.objects.count() == 1


def test_an_account_that_ended_gets_no_link(client, caseworker):
    client.post(reverse("account_reset_password"), {"email": caseworker.email})
    with system_scope():
        end_account(user_id=caseworker.pk, by=None, at=AT)
    deliver_due(timezone.now())
    assert not mail.outbox


def test_whoever_changes_a_password_hears_of_it_by_mail(signed_in, caseworker):
    new = "a horse that nobody has seen"
    signed_in.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert deliver_due(timezone.now()) == 1
    (sent,) = mail.outbox
    assert (sent.to, "password was changed" in sent.body) == ([caseworker.email], True)
