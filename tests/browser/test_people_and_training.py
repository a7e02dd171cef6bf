"""An administrator invites somebody, who sets a password, takes the tutorial and begins a case."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from agreements.training.catalog import tutorial_for
from agreements.training.models import Attempt
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.outbox.queue import deliver_due
from tests.browser.conftest import NARROW, accept_terms, check_accessible, enter, tick
from tests.conftest import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "three quiet herons wade"
TUTORIAL = tutorial_for(Role.GENERAL_USER)


def answers_of(user: User, *, right: bool) -> list[str]:
    """The controls of the right answers, or of wrong ones, of the open passage."""
    with system_scope():
        asked = Attempt.objects.get(user=user, finished_at=None).asked
    return [f"#{each['id']}-{each['order'].index(0 if right else 1)}" for each in asked]


def test_from_the_invitation_to_the_first_case(world, open_page):
    helen = make_user("Helen", Role.AGENCY_ADMINISTRATOR, agency=world["agency"])
    page = enter(open_page(), helen)
    page.goto("/people/")
    check_accessible(page, "people")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_role("button", name="Send the invitation").click()
    page.wait_for_selector(".errs")
    check_accessible(page, "invite, errors")
    page.fill("[name=full_name]", "June Park")
    page.fill("[name=email]", "june@calhoun.example")
    tick(page, "[name=role][value=general_user]")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("Invitations that wait").wait_for()
    check_accessible(page, "people with an invitation")

    deliver_due(timezone.now())
    link = re.search(r"/invitation/\S+", mail.outbox[-1].body).group()
    newcomer = open_page(NARROW)
    newcomer.goto(link)
    newcomer.fill("[name=password]", "short")
    newcomer.fill("[name=again]", "other")
    newcomer.get_by_role("button", name="Make my account").click()
    newcomer.wait_for_selector(".errs")
    check_accessible(newcomer, "set a password, errors")
    newcomer.fill("[name=password]", PASSWORD)
    newcomer.fill("[name=again]", PASSWORD)
    newcomer.get_by_role("button", name="Make my account").click()
    newcomer.fill("[name=login]", "june@calhoun.example")
    newcomer.fill("[name=password]", PASSWORD)
    newcomer.keyboard.press("Enter")
    newcomer.wait_for_selector("#accept")
    accept_terms(newcomer)
    newcomer.goto(link)
    newcomer.get_by_role("heading", name="This link no longer works").wait_for()
    check_accessible(newcomer, "a used link")

    newcomer.goto("/cases/new/")
    newcomer.get_by_role("heading", name="Take the tutorial first").wait_for()
    check_accessible(newcomer, "no case without the tutorial")
    newcomer.get_by_role("link", name="To the tutorial").click()
    newcomer.get_by_role("heading", name="Not trained yet").wait_for()
    check_accessible(newcomer, "the tutorial")
    newcomer.get_by_role("link", name="Begin").click()
    for number, lesson in enumerate(TUTORIAL.lessons):
        newcomer.get_by_role("heading", name=lesson.title).wait_for()
        if number == 0:
            check_accessible(newcomer, "a lesson")
        newcomer.get_by_role("button", name="I have read this").click()
    newcomer.get_by_role("heading", name="Questions").wait_for()
    june = User.objects.get(email="june@calhoun.example")
    places = answers_of(june, right=True)
    for place in places[1:]:
        tick(newcomer, place)
    newcomer.get_by_role("button", name="Send my answers").click()
    newcomer.wait_for_selector(".errs")
    check_accessible(newcomer, "questions, one without an answer")
    tick(newcomer, places[0])
    newcomer.get_by_role("button", name="Send my answers").click()
    newcomer.get_by_role("heading", name="Passed").wait_for()
    check_accessible(newcomer, "passed")
    certificate = newcomer.get_by_role("link", name="Certificate").get_attribute("href")
    answer = newcomer.request.get(certificate)
    assert answer.headers["content-type"] == "application/pdf"
    newcomer.goto("/cases/new/")
    newcomer.get_by_role("heading", name="Which document did the applicant show?").wait_for()

    page.goto(f"/people/{june.pk}/")
    page.get_by_text("Passed the tutorial").wait_for()
    check_accessible(page, "a person")
    page.goto("/training/report/")
    check_accessible(page, "state of training")
    page.goto("/people/departments/")
    check_accessible(page, "departments")
    page.goto(f"/people/{june.pk}/")
    page.get_by_role("link", name="End the account").click()
    check_accessible(page, "end the account")
    page.get_by_role("button", name="End the account now").click()
    page.get_by_text("Every open session of it is over").wait_for()
    newcomer.goto("/")
    newcomer.wait_for_url("**/accounts/login/**")
