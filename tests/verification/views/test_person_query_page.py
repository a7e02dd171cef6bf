"""The page of the person-centric query: who enters, what it says, what it leaves behind (S3.8)."""

import pytest

from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import AuditEvent, DisclosureEvent
from tests.conftest import make_user, signed_in, write_upload
from verification.records import index, loading
from verification.records.models import SourceUpload

pytestmark = pytest.mark.django_db

PATH = "/person-query/"
BORN = {"date_of_birth_0": "5", "date_of_birth_1": "31", "date_of_birth_2": "1990"}
ANA = {"family_name": "Arreola-Quiñones", "given_name": "Ana Lucia", **BORN}


def ask(user, **typed):
    return signed_in(user).post(PATH, {"purpose": "Case on the phone", **typed})


def test_a_number_finds_the_person_with_every_record(verifier, people_on_record):
    shown = ask(verifier, a_number="A 209-448-177").content.decode()
    assert "1 person found" in shown
    assert "ARREOLA-QUINONES, ANA LUCIA" in shown
    assert "Class of admission" in shown


def test_a_name_with_its_date_of_birth_finds_the_person(verifier, people_on_record):
    assert "1 person found" in ask(verifier, **ANA).content.decode()


def test_each_query_is_logged_without_what_was_asked(verifier, people_on_record):
    ask(verifier, **ANA)
    with system_scope():
        event = AuditEvent.objects.get(verb="person_query.asked")
        look = DisclosureEvent.objects.get(actor_id=verifier.pk)
    assert "ARREOLA" not in str(event.data).upper()
    assert look.person_ref == "CIS:C1"
    assert look.purpose == "person query: Case on the phone"


def test_nobody_found_says_nothing_about_the_person(verifier, people_on_record):
    shown = ask(verifier, a_number="200000009").content.decode()
    assert "Nobody found" in shown
    assert "That says nothing about the person" in shown


def test_a_system_that_is_down_says_so_and_the_rest_works(verifier, people_on_record, tmp_path):
    row = {
        "record_id": "A1",
        "updated_at": "2026-11-01T00:00:00Z",
        "a_number": "209448177",
        "family_name": "ARREOLA-QUINONES",
        "given_name": "ANA LUCIA",
        "date_of_birth": "1990-05-31",
        "class_of_admission": "F1",
        "i94_number": "648812035B7",
    }
    loading.load("ADIS", write_upload(tmp_path / "ADIS.csv", [row]), full=True)
    index.build()
    with system_scope():
        SourceUpload.objects.filter(system="ADIS").update(columns=["i94_number"])  # damaged
    shown = ask(verifier, a_number="209448177").content.decode()
    assert "ARREOLA-QUINONES, ANA LUCIA" in shown
    assert "648812035B7" not in shown
    assert shown.count("Does not answer now") == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Type a number, or a name with its date of birth."),
        ({"family_name": "Bautista"}, "Add the date of birth"),
        ({"passport_number": "ZX0418827"}, "give both"),
        ({"a_number": "12"}, "A-number"),
        ({**ANA, "purpose": ""}, "Say what the query is for"),
        ({"date_of_birth_0": "13", "date_of_birth_1": "1", "date_of_birth_2": "1990"}, "no month"),
    ],
)
def test_a_question_that_cannot_be_asked_is_explained(typed, sentence, verifier):
    refused = ask(verifier, **typed)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    with system_scope():
        assert not DisclosureEvent.objects.exists()


def test_only_verifiers_ask(caseworker, office):
    clerk = make_user("Rita", Role.RECORDS_OFFICER, office=office)
    for user in (caseworker, clerk):
        assert signed_in(user).get(PATH).status_code == 403
        assert ask(user, **ANA).status_code == 403


def test_what_is_asked_is_never_part_of_an_address(verifier, people_on_record):
    shown = signed_in(verifier).get(f"{PATH}?family_name=Bautista").content.decode()
    assert "Bautista" not in shown
    assert 'method="post"' in shown
