"""`send_reminders` reminds of training, ends of agreements and invoices too, each once (S5)."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from agreements.models import EndReminder
from agreements.training.catalog import tutorial_for
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.outbox.models import Message
from tests.agreements.conftest import in_force
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def sent() -> dict[str, int]:
    out = StringIO()
    call_command("send_reminders", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_whose_training_runs_out_is_told_once_by_the_command(agency):
    dana = make_user("Dana", Role.GENERAL_USER, agency=agency)
    with system_scope():
        User.objects.filter(pk=dana.pk).update(
            trained_as=tutorial_for(dana.role).key,
            trained_until=timezone.localdate() + timedelta(days=20),
        )
    first = sent()
    assert first["training"] == 1
    assert first["sent"] >= 1
    sent()
    told = Message.objects.filter(topic="mail", payload__to_user_id=dana.pk)
    assert told.count() == 1


def test_an_end_that_is_near_is_announced_by_the_command(officer):
    agreement, _ = in_force(officer)
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE agreements_agreement SET term = daterange(%s, %s) WHERE id = %s",
            [date(2020, 1, 1), timezone.localdate() + timedelta(days=25), agreement.pk],
        )
    assert sent()["agreements"] == 2
    assert sent()["agreements"] == 0
    with system_scope():
        assert EndReminder.objects.get().days == 30


def test_it_names_what_it_reminds_of(db):
    assert set(sent()) == {"sent", "cases", "training", "agreements", "invoices", "limits"}
