"""The table of programs: dated rows with sources, added to and never rewritten (S6)."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from agreements.programs import table
from agreements.programs.errors import ProgramError
from agreements.programs.models import ProgramRow, Topic
from agreements.programs.services import add_row
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for
from save_portal.audit.models import AuditEvent
from tests.conftest import AT, make_user, resident, signed_in
from verification.enums import Benefit
from verification.selectors import programs as selector
from verification.services import initial

CLASSIC = {"tanf", "ssi", "snap", "medicaid", "unemployment", "title_iv", "housing"}


@pytest.fixture
def officer(office):
    return make_user("Paul", Role.PROGRAM_OFFICER, office=office)


def new_row(**changes):
    return {
        "benefit": "snap",
        "topic": Topic.SAVE_USE,
        "from_on": timezone.localdate() + timedelta(days=30),
        "text": "Mandatory, also when somebody moves.",
        "law": "P.L. 200-1",
        "source": "FNS memorandum",
        **changes,
    }


def test_every_row_names_a_program_a_source_and_how_certain_it_is():
    for row in table.shipped():
        assert row.benefit in Benefit.values
        assert row.text.endswith(".")
        assert row.source
        assert row.certainty_label
    for code in CLASSIC | {"drivers_license", "state_id"}:
        topics = {row.topic for row in table.shipped() if row.benefit == code}
        assert {Topic.FUNDING, Topic.APPLIED_AT, Topic.SAVE_USE} <= topics


@pytest.mark.parametrize(
    ("benefit", "day", "begins"),
    [
        ("ssi", date(2000, 1, 1), "At an office's choice"),
        ("ssi", date(2026, 1, 1), "Mandatory"),
        ("snap", date(2014, 2, 6), "At the state's choice"),
        ("snap", date(2014, 2, 7), "Mandatory, by the Agricultural Act"),
        ("drivers_license", date(2026, 1, 1), "A state need not"),
    ],
)
def test_the_use_of_save_is_told_by_the_row_of_its_day(benefit, day, begins):
    found = table.use_of_save(table.shipped(), benefit, on=day)
    assert found.text.startswith(begins)


@pytest.mark.django_db
def test_a_change_in_law_is_told_from_its_day_on():
    before = selector.program_page("medicaid", on=date(2026, 9, 30))
    after = selector.program_page("medicaid", on=date(2026, 10, 1))
    assert [row.law for row in before.later] == ["P.L. 119-21, section 71109"]
    assert "P.L. 119-21, section 71109" in {row.law for row in after.holds}


def test_everybody_reads_the_table_and_its_history(caseworker):
    client = signed_in(caseworker)
    assert "SNAP" in client.get("/programs/").content.decode()
    page = client.get("/programs/snap/").content.decode()
    assert "What held before" in page
    assert "New York v. Rollins" in page
    assert "Add the row" not in page
    assert client.get("/programs/nothing/").status_code == 404
    assert client.post("/programs/snap/", {"topic": "save_use"}).status_code == 403
    assert Client().get("/programs/").status_code == 302


def test_an_officer_adds_a_row_from_a_day_on_and_the_past_stays(officer):
    with scope_for(officer):
        row = add_row(by=officer, at=timezone.now(), **new_row())
        assert add_row(by=officer, at=timezone.now(), **new_row()) == row
        today = selector.program_page("snap", on=timezone.localdate())
        then = selector.program_page("snap", on=row.from_on)
        assert AuditEvent.objects.filter(verb="added_program_row").count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            ProgramRow.objects.filter(pk=row.pk).update(text="Otherwise")
    assert row.text in {each.text for each in today.later}
    assert row.text in {each.text for each in then.holds}
    assert any("Agricultural Act" in each.text for each in then.earlier)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("from_on", date(2020, 1, 1)),
        ("topic", "weather"),
        ("text", " "),
        ("text", "x" * 501),
        ("source", ""),
    ],
)
def test_a_row_of_the_past_or_without_a_source_is_refused(officer, field, value):
    with scope_for(officer), pytest.raises(ProgramError) as refused:
        add_row(by=officer, at=timezone.now(), **new_row(**{field: value}))
    assert set(refused.value.field_errors) == {field}
    assert not ProgramRow.objects.exists()


def test_nobody_else_adds_a_row(caseworker, verifier):
    for person in (caseworker, verifier):
        with scope_for(person), pytest.raises(ProgramError):
            add_row(by=person, at=timezone.now(), **new_row())


def test_the_officers_form_keeps_what_was_typed_and_names_the_field(officer):
    client = signed_in(officer)
    page = client.post(
        "/programs/snap/",
        {
            "topic": "save_use",
            "from_on_0": "1",
            "from_on_1": "1",
            "from_on_2": "2020",
            "text": "Kept words",
            "source": "A memorandum",
        },
    )
    assert page.status_code == 422
    assert "What held before is not written anew" in page.content.decode()
    assert "Kept words" in page.content.decode()


def test_beside_an_answer_stands_what_held_on_its_day(
    caseworker, officer, people_on_record, django_assert_num_queries
):
    with scope_for(officer):
        add_row(
            by=officer,
            at=AT,
            **new_row(from_on=AT.date(), topic=Topic.CHANGE, text="A new form is used."),
        )
        add_row(by=officer, at=AT, **new_row(from_on=AT.date() + timedelta(days=1)))
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=resident())
        answer = case.initial_answers.last()
        with django_assert_num_queries(1):
            facts = selector.beside_answer(case, answer)
    assert [fact.text for fact in facts] == [
        "Mandatory, by the Agricultural Act of 2014.",
        "A new form is used.",
    ]
    page = signed_in(caseworker).get(f"/cases/{case.number}/").content.decode()
    assert "A new form is used." in page
    assert "added by the program office" in page
