"""The row history of cases: PostgreSQL writes it, simple-history reads it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, resident, unknown_person
from verification.history import NOT_IN_HISTORY
from verification.models import Case
from verification.services import duties, initial

pytestmark = pytest.mark.django_db


def initiate(by, submission=None):
    with scope_for(by):
        return initial.initiate(by=by, at=AT, submission=submission or resident())


def rows_of(case):
    with system_scope():
        return list(Case.history.filter(id=case.pk).order_by("history_id"))


def test_each_change_leaves_a_row_with_the_person_and_the_act(
    caseworker, supervisor, people_on_record
):
    case = initiate(caseworker, unknown_person())
    with scope_for(supervisor):
        duties.record(
            case_number=case.number,
            version=1,
            duty="told_applicant",
            value="yes",
            by=supervisor,
            at=AT + timedelta(hours=1),
        )
    begun, told = rows_of(case)
    assert [
        (row.history_type, row.history_user_id, row.history_change_reason) for row in (begun, told)
    ] == [
        ("+", caseworker.pk, "case.initiated"),
        ("~", supervisor.pk, "case.duty.told_applicant"),
    ]
    assert (begun.told_applicant_at, told.told_applicant_at) == (None, AT + timedelta(hours=1))
    assert (begun.version, told.version) == (1, 2)


def test_a_row_holds_every_column_of_the_case_but_those_named(caseworker, people_on_record):
    case = initiate(caseworker)
    [row] = rows_of(case)
    with system_scope():
        kept = Case.objects.get(pk=case.pk)
    columns = [
        field.attname for field in Case._meta.concrete_fields if field.name not in NOT_IN_HISTORY
    ]
    assert {name: getattr(row, name) for name in columns} == {
        name: getattr(kept, name) for name in columns
    }


def test_a_change_without_a_named_act_does_not_inherit_the_one_before(caseworker, people_on_record):
    case = initiate(caseworker)
    with system_scope():
        kept = Case.objects.get(pk=case.pk)
        kept.warned_days = 14
        kept.save(update_fields=["warned_days"])
        Case.objects.filter(pk=case.pk).update(agency_reference="HH-1")
    _, saved, updated = rows_of(case)
    assert (saved.history_user_id, saved.history_change_reason) == (None, None)
    assert (updated.history_user_id, updated.history_change_reason) == (None, None)
    assert (saved.warned_days, updated.agency_reference) == (14, "HH-1")


def test_no_change_leaves_two_rows_and_no_statement_is_spent_on_them(caseworker, people_on_record):
    case = initiate(caseworker, unknown_person())
    with scope_for(caseworker), CaptureQueriesContext(connection) as caught:
        duties.record(
            case_number=case.number, version=1, duty="wish", value="wants", by=caseworker, at=AT
        )
    assert len(rows_of(case)) == 2
    assert not any("historicalcase" in query["sql"] for query in caught.captured_queries)


def test_the_state_at_an_instant_is_read_as_ever(caseworker, people_on_record):
    case = initiate(caseworker, unknown_person())
    with scope_for(caseworker):
        kept = Case.objects.get(pk=case.pk)
        assert kept.history.first().prev_record is None
        assert kept.history.latest().instance.number == case.number
