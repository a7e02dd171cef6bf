"""Those who monitor write down a wrongful look, and the person learns of it (S10.3, S10.4)."""

from io import BytesIO

import page as validation
import pytest
from django.core import mail
from django.utils import timezone
from pypdf import PdfReader

from casecheck import notices, who_looked, wrongful
from casecheck.languages import LANGUAGES
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent, DisclosureEvent
from tests.casecheck.test_reaching_applicants import delivered, post, with_contact
from tests.conftest import AT, make_user, resident, signed_in
from verification.errors import NotPermitted
from verification.models import WrongfulDisclosure
from verification.services import initial

pytestmark = pytest.mark.django_db

PAGE = "/program/wrongful-looks/"
HOW = "A colleague told the hotline; the caseworker had no case."


@pytest.fixture
def officer(office):
    return make_user("Cora", Role.COMPLIANCE_OFFICER, office=office)


@pytest.fixture
def confirmed(caseworker, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=AT, submission=resident())


def look_at(case):
    with system_scope():
        return DisclosureEvent.objects.filter(case_number=case.number).latest("id")


def record(officer, case, **changes):
    typed = {"fault": "no_purpose", "note": HOW, "sure": "on", **changes}
    return signed_in(officer).post(f"{PAGE}{look_at(case).pk}/", typed, follow=True)


def test_an_officer_finds_the_look_records_it_and_the_person_is_told(
    officer, caseworker, confirmed
):
    with_contact(caseworker, confirmed)
    client = signed_in(officer)
    assert "None was found yet." in client.get(PAGE).content.decode()

    listed = client.post(PAGE, {"case": confirmed.grouped_number.lower()}).content.decode()
    for shown in ("Dana Tester", "Food assistance (SNAP)", f"{PAGE}{look_at(confirmed).pk}/"):
        assert shown in listed
    for value in (confirmed.family_name, confirmed.given_name, "IR6", "209448177"):
        assert value not in listed

    done = record(officer, confirmed).content.decode()
    assert "Recorded. The person reads it on CaseCheck" in done
    for shown in ("No lawful purpose was found", HOW, "Cora"):
        assert shown in done
    with system_scope():
        found = WrongfulDisclosure.objects.get()
        assert (found.found_by_id, found.note) == (officer.pk, HOW)
        verbs = list(AuditEvent.objects.filter(actor_id=officer.pk).values_list("verb", flat=True))
        assert {"disclosure.log_read", "disclosure.wrongful"} <= set(verbs)

    assert notices.tell_wrongful_disclosures(at=AT) == 1
    (message,) = delivered()
    assert message.to == ["ana@mail.example"]
    with system_scope():
        code = who_looked.issue(case=confirmed, way="letter", at=timezone.now())
    page = post("who-looked", confirmed, code=who_looked.digits_of(code)).content.decode()
    assert "This should not have happened: no lawful purpose was found." in page
    assert HOW not in page
    told = client.get(f"{PAGE}{found.disclosure_id}/").content.decode()
    assert "by 1 message." in told
    assert "No lawful purpose was found" in client.get(PAGE).content.decode()


def test_nothing_is_recorded_without_a_reason_how_it_was_found_and_a_confirmation(
    officer, confirmed
):
    for missing, said in (
        ("fault", "Choose why it was wrongful."),
        ("note", "Write how it was found."),
        ("sure", "Confirm that you have checked this."),
    ):
        page = record(officer, confirmed, **{missing: ""})
        assert page.status_code == 422
        assert said in page.content.decode()
    with system_scope():
        assert not WrongfulDisclosure.objects.exists()
    assert not mail.outbox


def test_recorded_twice_it_stays_as_it_was(officer, confirmed):
    record(officer, confirmed)
    again = record(officer, confirmed, fault="other_person", note="Something else").content.decode()
    assert HOW in again
    with system_scope():
        assert WrongfulDisclosure.objects.get().fault == "no_purpose"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write the number of the case."),
        ("ABC", "This is no case number."),
        ("0000000000000AA", "no case"),
    ],
)
def test_a_number_that_is_none_is_said_at_its_field(officer, typed, said):
    page = signed_in(officer).post(PAGE, {"case": typed})
    assert page.status_code == 422
    assert said in page.content.decode()


def test_only_those_who_monitor_enter(officer, caseworker, verifier, office, confirmed):
    program = make_user("Olga", Role.PROGRAM_OFFICER, office=office)
    key = look_at(confirmed).pk
    for person in (caseworker, verifier, program):
        client = signed_in(person)
        for address in (PAGE, f"{PAGE}{key}/", f"{PAGE}{key}/letter.pdf"):
            assert client.get(address).status_code == 403
        with pytest.raises(NotPermitted), scope_for(person):
            wrongful.log_of(case_number=confirmed.number, by=person, at=AT)
    assert signed_in(officer).get(f"{PAGE}999999999/").status_code == 404
    assert signed_in(officer).get(f"{PAGE}{key}/letter.pdf").status_code == 404


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
def test_who_has_neither_e_mail_nor_telephone_gets_a_letter_in_their_language(
    officer, confirmed, language
):
    record(officer, confirmed)
    notices.tell_wrongful_disclosures(at=AT)
    client, address = signed_in(officer), f"{PAGE}{look_at(confirmed).pk}/"
    assert "Nobody could be reached" in client.get(address).content.decode()
    answer = client.get(f"{address}letter.pdf", {"language": language})
    assert answer.headers["Content-Type"] == "application/pdf"
    report = validation.validate_pdf_bytes(
        answer.content, profile=validation.ValidationProfile.PDF_UA_1
    )
    assert report.is_compliant, str(report)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert confirmed.grouped_number.replace("-", " ").split()[0] in text
    assert ("This should not have happened" in text) == (language == "en")
    assert HOW not in text


def test_the_log_of_a_case_takes_as_many_queries_with_a_hundred_looks(
    officer, caseworker, confirmed, django_assert_num_queries
):
    from verification.services.printing import _disclose

    with system_scope():
        for _ in range(100):
            _disclose(confirmed, "CIS:C1", ["family_name"], by=caseworker, at=AT)
        with django_assert_num_queries(7):
            assert wrongful.log_of(case_number=confirmed.number, by=officer, at=AT)
