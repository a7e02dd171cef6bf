"""Accounts: one address, one place of work, one role that decides what they may do."""

import pytest
from django.db import IntegrityError, transaction

from save_portal.accounts.models import Agency, User
from save_portal.accounts.roles import ROLE_PERMISSIONS, Permission, Role


def test_an_address_is_one_account_in_whatever_case_it_is_written(caseworker):
    assert User.objects.get_by_natural_key(caseworker.email.upper()) == caseworker
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(
            caseworker.email.upper(), role=Role.GENERAL_USER, agency=caseworker.agency
        )


def test_an_account_belongs_to_an_agency_or_to_an_office_and_never_to_both(agency, office):
    for places in ({}, {"agency": agency, "office": office}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user("who@x.example", role=Role.SUPERVISOR, **places)


def test_an_agency_has_no_verifiers_and_an_office_no_caseworkers(agency, office):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("a@x.example", role=Role.STATUS_VERIFIER, agency=agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("b@x.example", role=Role.GENERAL_USER, office=office)


def test_a_contractor_acts_for_an_agency(agency):
    Agency.objects.create(code="CON", name="Contractor", kind="contractor", acts_for=agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.create(code="CON2", name="Contractor", kind="contractor")


def test_every_role_says_what_it_may_do_and_only_agency_roles_work_on_cases():
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert {role for role in Role if Permission.INITIATE_CASE in ROLE_PERMISSIONS[role]} == {
        Role.GENERAL_USER,
        Role.SUPERVISOR,
        Role.AGENCY_ADMINISTRATOR,
        Role.MACHINE,
    }


def test_an_ended_account_may_do_nothing(caseworker):
    assert caseworker.can(Permission.INITIATE_CASE)
    caseworker.is_active = False
    assert not caseworker.can(Permission.INITIATE_CASE)


def test_an_edit_of_an_account_is_kept_as_history_and_a_sign_in_is_not(caseworker):
    before = caseworker.history.count()
    caseworker.save(update_fields=["last_login"])
    assert caseworker.history.count() == before
    caseworker.full_name = "Dana Married"
    caseworker.save()
    assert caseworker.history.count() == before + 1
    assert not hasattr(caseworker.history.first(), "password")
