"""Who may ask the person-centric query, what makes a question, and what each leaves behind."""

from datetime import date

import pytest

from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent, DisclosureEvent
from tests.conftest import AT, make_user
from verification.errors import InvalidSubmission, NotPermitted
from verification.services import person_query

pytestmark = pytest.mark.django_db


def run(by, **typed):
    with scope_for(by):
        return person_query.run(
            by=by, at=AT, query=person_query.question(**typed), purpose="status verification"
        )


def test_a_verifier_finds_the_person_by_the_number_as_typed(verifier, people_on_record):
    result = run(verifier, a_number="A 209-448-177")
    (person,) = result.people
    assert {entry.system for entry in person.entries} == {"CIS", "ISRS"}


def test_each_query_is_kept_and_each_person_shown_is_disclosed_without_values(
    verifier, people_on_record
):
    run(verifier, a_number="209448177")
    with system_scope():
        event = AuditEvent.objects.get(verb="person_query.asked")
        disclosed = DisclosureEvent.objects.get()
    assert event.data == {"by": ["a_number"], "people": 1, "purpose": "status verification"}
    assert (disclosed.person_ref, disclosed.actor_id) == ("CIS:C1", verifier.pk)
    assert "CIS.date_of_birth" in disclosed.fields
    assert "209448177" not in f"{event.data} {disclosed.fields} {disclosed.purpose}"


def test_a_query_that_finds_nobody_leaves_its_disclosure_too(verifier, people_on_record):
    assert run(verifier, a_number="999999999").people == ()
    with system_scope():
        assert DisclosureEvent.objects.get().fields == []


@pytest.mark.parametrize("role", [Role.GENERAL_USER, Role.RECORDS_OFFICER, Role.PROGRAM_OFFICER])
def test_nobody_but_verifiers_may_ask(role, agency, office, people_on_record):
    home = {"agency": agency} if role == Role.GENERAL_USER else {"office": office}
    other = make_user("Other", role, **home)
    with pytest.raises(NotPermitted):
        run(other, a_number="209448177")
    with system_scope():
        assert not DisclosureEvent.objects.exists()


def test_every_query_says_what_it_is_for(verifier):
    with scope_for(verifier), pytest.raises(InvalidSubmission) as refused:
        person_query.run(
            by=verifier, at=AT, query=person_query.question(a_number="209448177"), purpose="  "
        )
    assert "purpose" in refused.value.field_errors


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "a_number"),
        ({"a_number": "12"}, "a_number"),
        ({"family_name": "Lopez"}, "date_of_birth"),
        ({"date_of_birth": date(1980, 2, 29)}, "family_name"),
        ({"given_name": "Ana", "date_of_birth": date(1980, 2, 29)}, "family_name"),
        ({"passport_number": "X1234567"}, "passport_country"),
        ({"passport_country": "MEX"}, "passport_number"),
        ({"a_number": "209448177", "systems": frozenset({"NUMIDENT"})}, "systems"),
    ],
)
def test_a_question_that_is_none_says_what_is_missing(typed, field):
    with pytest.raises(InvalidSubmission) as refused:
        person_query.question(**typed)
    assert field in refused.value.field_errors
