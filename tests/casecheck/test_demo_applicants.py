"""The demo world has applicants who did something on CaseCheck."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from casecheck import demo_applicants, who_looked
from casecheck.models import Contact, DelayRule, Notice
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import make_user, resident, unknown_person
from verification.models import CorrectionRequest, WrongfulDisclosure
from verification.services import initial

pytestmark = pytest.mark.django_db


def test_one_is_followed_and_corrected_the_other_told_of_a_wrongful_look(
    caseworker, office, people_on_record, settings
):
    settings.DEMO = True
    make_user("Olga", Role.PROGRAM_OFFICER, office=office)
    now = timezone.now()
    with scope_for(caseworker):
        answered = initial.initiate(by=caseworker, at=now, submission=resident())
        waiting = initial.initiate(by=caseworker, at=now, submission=unknown_person())
    said = StringIO()
    call_command("seed_applicants", "--json", stdout=said)
    assert [case["case_number"] for case in json.loads(said.getvalue())["cases"]] == [
        answered.number,
        waiting.number,
    ]
    with system_scope():
        assert set(Contact.objects.values_list("case", "language")) == {
            (answered.pk, "es"),
            (waiting.pk, "en"),
        }
        notice = Notice.objects.get()
        assert (notice.case_id, notice.confirmed_at is not None) == (waiting.pk, True)
        assert CorrectionRequest.objects.get().from_applicant
        assert WrongfulDisclosure.objects.get().told_at is not None
        assert who_looked.looks_at(case=answered, at=now).wrongful
        assert DelayRule.objects.get().days == 90
    assert demo_applicants.play(at=now) == []  # once


def test_nobody_is_made_up_outside_a_demonstration(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="demonstration alone"):
        call_command("seed_applicants")
