"""Keeping people: invitations, roles and places, the end of an account, and who may do which."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from save_portal.accounts.models import Agency, Department, Group, Invitation, Office, User
from save_portal.accounts.people import links, selectors, services
from save_portal.accounts.people.errors import InvitationClosed, NobodySuch, PeopleError
from save_portal.accounts.people.policies import reach
from save_portal.accounts.roles import AGENCY_ROLES, Role
from save_portal.accounts.tenancy import agency_scope, scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.queue import deliver_due
from tests.conftest import AT, PASSWORD, make_agency, make_user, signed_in, unknown_person
from verification.services import initial

NEW_PASSWORD = "three quiet herons wade"


@pytest.fixture
def helen(agency):
    return make_user("Helen", Role.AGENCY_ADMINISTRATOR, agency=agency)


@pytest.fixture
def officer(office):
    return make_user("Paul", Role.PROGRAM_OFFICER, office=office)


def invited(by, *, at=None, **changes) -> Invitation:
    asked = {
        "email": "june@calhoun.example",
        "full_name": "June Park",
        "role": Role.GENERAL_USER,
        **changes,
    }
    with scope_for(by):
        return services.invite(by=by, at=at or timezone.now(), **asked)


def verbs() -> set[str]:
    with system_scope():
        return set(AuditEvent.objects.values_list("verb", flat=True))


def link_in_the_mail() -> str:
    deliver_due(timezone.now())
    return re.search(r"/invitation/\S+", mail.outbox[-1].body).group()


def test_an_invited_person_sets_a_password_by_the_mailed_link_and_signs_in(helen, client):
    group = Group.objects.get(department__agency=helen.agency)
    page = signed_in(helen).post(
        reverse("people:invite"),
        {
            "full_name": "June  Park",
            "email": "June@Calhoun.example",
            "role": Role.GENERAL_USER,
            "place": f"g{group.pk}",
        },
        follow=True,
    )
    assert "Invited. A link is on its way" in page.content.decode()
    assert "June Park" in page.content.decode()
    address = link_in_the_mail()
    assert mail.outbox[-1].to == ["june@calhoun.example"]
    assert "Welcome, June Park" in client.get(address).content.decode()
    again = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert client.post(address, again).status_code == 302
    june = User.objects.get(email="june@calhoun.example")
    assert (june.agency, june.group, june.department) == (helen.agency, group, group.department)
    entry = {"login": june.email, "password": NEW_PASSWORD}
    assert client.post(reverse("account_login"), entry).status_code == 302
    client.post(reverse("account_logout"))
    assert {"invited_person", "accepted_invitation"} <= verbs()
    used = client.post(address, again)
    assert (used.status_code, User.objects.filter(email=june.email).count()) == (410, 1)
    assert "used already" in used.content.decode()


def test_a_password_that_is_weak_or_typed_differently_makes_no_account(helen, client):
    address = reverse("people:accept", args=[links.token_of(invited(helen))])
    weak = client.post(address, {"password": "password1234", "again": "password1234"})
    differs = client.post(address, {"password": NEW_PASSWORD, "again": NEW_PASSWORD + "s"})
    assert (weak.status_code, differs.status_code) == (422, 422)
    assert "too common" in weak.content.decode()
    assert "The two passwords differ" in differs.content.decode()
    assert not User.objects.filter(email="june@calhoun.example").exists()


def test_a_link_that_is_old_withdrawn_replaced_or_forged_opens_nothing(helen):
    now = timezone.now()
    old = invited(helen, at=now - timedelta(days=8), email="a@calhoun.example")
    with pytest.raises(InvitationClosed, match="too old"):
        services.accept(token=links.token_of(old), password=NEW_PASSWORD, at=now)
    first = links.token_of(old)
    with scope_for(helen):
        again = services.resend(invitation_id=old.pk, by=helen, at=now)
    with pytest.raises(InvitationClosed, match="newer mail"):
        services.accept(token=first, password=NEW_PASSWORD, at=now)
    with scope_for(helen):
        services.withdraw(invitation_id=old.pk, by=helen, at=now)
    with pytest.raises(InvitationClosed, match="withdrawn"):
        services.accept(token=links.token_of(again), password=NEW_PASSWORD, at=now)
    for forged in ("WzEsMV0:1abc:xyz", links.token_of(again)[:-2] + "AA", "x" * 300):
        with pytest.raises(NobodySuch):
            services.accept(token=forged, password=NEW_PASSWORD, at=now)
    assert Client().get(reverse("people:accept", args=["nothing"])).status_code == 404
    assert not User.objects.filter(email="a@calhoun.example").exists()


def test_an_address_is_invited_once_and_never_where_it_has_an_account(helen, caseworker, stranger):
    invited(helen)
    with pytest.raises(PeopleError, match="invited already"):
        invited(helen, email="JUNE@calhoun.example")
    for taken in (caseworker, stranger):
        with pytest.raises(PeopleError, match="exists already"):
            invited(helen, email=taken.email)


@pytest.mark.parametrize("role", sorted(set(Role) - AGENCY_ROLES))
def test_an_administrator_makes_nobody_a_verifier_or_an_officer(helen, caseworker, role):
    with pytest.raises(PeopleError) as refused:
        invited(helen, role=role)
    assert refused.value.field == "role"
    for person in (caseworker, helen):
        with scope_for(helen), pytest.raises(PeopleError):
            services.move(user_id=person.pk, role=role, by=helen, at=AT)
    page = signed_in(helen).post(reverse("people:person", args=[caseworker.pk]), {"role": role})
    assert page.status_code == 422
    caseworker.refresh_from_db()
    assert caseworker.role == Role.GENERAL_USER


def test_nobody_changes_or_ends_the_own_account(helen, officer):
    for by in (helen, officer):
        with scope_for(by):
            for act in (
                lambda by=by: services.end(user_id=by.pk, by=by, at=AT),
                lambda by=by: services.reactivate(user_id=by.pk, by=by, at=AT),
                lambda by=by: services.move(user_id=by.pk, role=by.role, by=by, at=AT),
            ):
                with pytest.raises(PeopleError, match="Nobody"):
                    act()


def test_another_agencys_people_invitations_and_groups_are_not_there(helen, stranger):
    theirs = make_user("Tom", Role.AGENCY_ADMINISTRATOR, agency=stranger.agency)
    invitation = invited(theirs, email="x@harbor.example")
    with system_scope():
        department = Department.objects.get(agency=stranger.agency)
        group = Group.objects.get(department=department)
    client = signed_in(helen)
    for address in (
        reverse("people:person", args=[stranger.pk]),
        reverse("people:end", args=[stranger.pk]),
        reverse("people:department", args=[department.pk]),
        reverse("people:group", args=[group.pk]),
        reverse("people:group-add", args=[department.pk]),
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "Mine", "role": "supervisor"}).status_code == 404
    for name in ("resend", "withdraw"):
        address = reverse("people:invitation", args=[invitation.pk, name])
        assert client.post(address).status_code == 404
    assert stranger.full_name not in client.get("/people/?state=all").content.decode()
    with scope_for(helen), pytest.raises(PeopleError) as refused:
        services.invite(
            email="y@calhoun.example",
            full_name="Y",
            role=Role.SUPERVISOR,
            group_id=group.pk,
            by=helen,
            at=AT,
        )
    assert refused.value.field == "place"
    with agency_scope(helen.agency_id):
        assert not Invitation.objects.filter(pk=invitation.pk).exists()


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "verifier"])
def test_only_administrators_open_the_page(request, who):
    client = signed_in(request.getfixturevalue(who))
    for name in ("people:index", "people:csv", "people:invite", "people:places"):
        assert client.get(reverse(name)).status_code == 403


def test_an_ended_person_is_refused_at_the_next_request_and_can_come_back(helen, caseworker):
    working, page = signed_in(caseworker), reverse("people:end", args=[caseworker.pk])
    assert working.get("/").status_code == 200
    administrator = signed_in(helen)
    assert "End the account of Dana Tester?" in administrator.get(page).content.decode()
    assert administrator.post(page).status_code == 302
    assert working.get("/").status_code == 302
    entry = {"login": caseworker.email, "password": PASSWORD}
    assert Client().post(reverse("account_login"), entry).url == reverse("account_inactive")
    assert administrator.post(page).status_code == 302  # a second click changes nothing
    assert administrator.post(reverse("people:reactivate", args=[caseworker.pk])).status_code == 302
    caseworker.refresh_from_db()
    assert caseworker.is_active
    assert not caseworker.has_usable_password()
    deliver_due(timezone.now())
    assert "Set a new password" in mail.outbox[-1].subject
    assert {"ended_account", "reactivated_account"} <= verbs()
    assert working.get("/").status_code == 302


def test_open_cases_of_who_left_are_shown_with_the_way_to_a_colleague(
    helen, caseworker, people_on_record
):
    with scope_for(caseworker):
        initial.initiate(by=caseworker, at=AT, submission=unknown_person())
    with scope_for(helen):
        services.end(user_id=caseworker.pk, by=helen, at=AT)
    page = signed_in(helen).get(reverse("people:person", args=[caseworker.pk])).content.decode()
    assert "They stay open: give them to a colleague." in page
    assert reverse("verification:move-all", args=[caseworker.pk]) in page


def test_a_move_changes_role_and_place_with_its_history(helen, caseworker):
    with scope_for(helen):
        department = services.save_department(name="Appeals", by=helen, at=AT)
        group = services.save_group(
            name="Night", cases_shared=True, department_id=department.pk, by=helen, at=AT
        )
        with pytest.raises(PeopleError, match="already"):
            services.save_department(name="Appeals", by=helen, at=AT)
    answer = signed_in(helen).post(
        reverse("people:person", args=[caseworker.pk]),
        {"role": Role.SUPERVISOR, "place": f"g{group.pk}"},
    )
    assert answer.status_code == 302
    caseworker.refresh_from_db()
    assert (caseworker.role, caseworker.group, caseworker.department) == (
        Role.SUPERVISOR,
        group,
        department,
    )
    assert caseworker.history.first().history_user == helen
    page = signed_in(helen).get("/people/departments/").content.decode()
    assert "shared among members" in page
    with scope_for(helen):
        before = AuditEvent.objects.filter(verb="moved_person").count()
        services.move(
            user_id=caseworker.pk, role=Role.SUPERVISOR, group_id=group.pk, by=helen, at=AT
        )
        assert AuditEvent.objects.filter(verb="moved_person").count() == before == 1


def test_the_principal_sees_its_contractors_people_and_ends_their_accounts(helen, agency):
    with system_scope():
        contractor = Agency.objects.create(
            code="HELP", name="Helping Hands", kind="contractor", acts_for=agency
        )
        other = Agency.objects.create(
            code="FAR", name="Far Hands", kind="contractor", acts_for=make_agency("HARBOR")
        )
    carla = make_user("Carla", Role.GENERAL_USER, agency=contractor)
    far = make_user("Fay", Role.GENERAL_USER, agency=other)
    client = signed_in(helen)
    page = client.get(f"/people/?place=a{contractor.pk}").content.decode()
    assert "Carla Tester" in page
    assert "Contractor: Helping Hands" in page
    assert "Save role and place" not in client.get(f"/people/{carla.pk}/").content.decode()
    with scope_for(helen):
        with pytest.raises(PeopleError, match="kept where the person works"):
            services.move(user_id=carla.pk, role=Role.SUPERVISOR, by=helen, at=AT)
        with pytest.raises(NobodySuch):
            services.end(user_id=far.pk, by=helen, at=AT)
        services.end(user_id=carla.pk, by=helen, at=AT)
    carla.refresh_from_db()
    assert not carla.is_active
    back = make_user("Cara", Role.AGENCY_ADMINISTRATOR, agency=contractor)
    with scope_for(back), reach(back) as people:
        assert {person.agency_id for person in people} == {contractor.pk}


def test_the_program_office_keeps_its_staff_and_the_administrators_of_agencies(
    officer, verifier, helen, caseworker
):
    client = signed_in(officer)
    page = client.get("/people/").content.decode()
    assert verifier.full_name in page
    assert helen.full_name in page
    assert caseworker.full_name not in page
    assert client.get(f"/people/{caseworker.pk}/").status_code == 404
    records = Office.objects.create(code="REC", name="Records Office")
    with scope_for(officer):
        services.move(
            user_id=verifier.pk,
            role=Role.RECORDS_OFFICER,
            office_id=records.pk,
            by=officer,
            at=AT,
        )
        with pytest.raises(PeopleError):
            services.move(
                user_id=verifier.pk,
                role=Role.AGENCY_ADMINISTRATOR,
                office_id=records.pk,
                by=officer,
                at=AT,
            )
    verifier.refresh_from_db()
    assert (verifier.role, verifier.office) == (Role.RECORDS_OFFICER, records)
    first = client.post(
        "/people/invite/",
        {
            "full_name": "Tom Pryor",
            "email": "tom@new.example",
            "role": Role.AGENCY_ADMINISTRATOR,
            "agency_code": "calhoun",
        },
    )
    assert first.status_code == 302
    with scope_for(officer):
        assert Invitation.objects.get().agency == helen.agency
    # The administrator of that agency sees the invitation too, and who sent it stays unread.
    assert "Tom Pryor" in signed_in(helen).get("/people/").content.decode()
    none = client.post(
        "/people/invite/",
        {"full_name": "A", "email": "a@b.example", "role": Role.STATUS_VERIFIER},
    )
    assert (none.status_code, "Choose the office." in none.content.decode()) == (422, True)


@pytest.mark.parametrize("many", [0, 60])
def test_the_page_takes_the_same_queries_for_few_and_many(helen, many, django_assert_num_queries):
    with system_scope():
        User.objects.bulk_create(
            User(
                email=f"p{n}@calhoun.example",
                full_name=f"Person {n:03}",
                role=Role.GENERAL_USER,
                agency=helen.agency,
            )
            for n in range(many)
        )
    with scope_for(helen), django_assert_num_queries(7):
        page = selectors.people_list(by=helen, at=AT, filters=selectors.Filters())
    assert len(page.rows) == min(many + 1, selectors.SIZE)
    assert bool(page.next) == bool(many)


def test_the_list_is_searched_and_saved_as_a_file_that_computes_nothing(helen, caseworker):
    caseworker.full_name = "=Dana"
    caseworker.save()
    client = signed_in(helen)
    assert "=Dana" in client.get("/people/?q=dana calhoun").content.decode()
    assert "Nobody fits." in client.get("/people/?q=nobody&place=g99999&role=x").content.decode()
    rows = list(csv.reader(io.StringIO(client.get("/people/people.csv").content.decode())))
    assert rows[0][:3] == ["name", "email", "role"]
    assert [row[0] for row in rows[1:]] == ["'=Dana", "Helen Tester"]
