"""Corrections, papers, notices, and who looked: what an applicant can do beyond looking up."""

import re
from datetime import timedelta
from io import BytesIO

import page as validation
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from casecheck import contacts, lookup, messages, notices, papers, who_looked
from casecheck.languages import LANGUAGES
from casecheck.models import Contact, Notice, OneTimeCode
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import DisclosureEvent
from save_portal.outbox import queue
from save_portal.outbox.models import Message
from tests.conftest import AT, make_user, resident, unknown_person
from verification.errors import NotPermitted, WrongStatus
from verification.models import Case, CorrectionRequest, WrongfulDisclosure
from verification.services import additional, correction, initial, wrongful_disclosure

pytestmark = pytest.mark.django_db
LATER = timedelta(days=3650)


@pytest.fixture
def unconfirmed(caseworker, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=AT, submission=unknown_person())


@pytest.fixture
def confirmed(caseworker, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=timezone.now(), submission=resident())


def post(name, case, language="en", args=(), **typed):
    proof = {"proof": lookup.proof_of(case)} if case else {}
    return Client(enforce_csrf_checks=True).post(
        reverse(f"casecheck:{name}", args=[language, *args]), proof | typed
    )


def delivered(**payload):
    with system_scope():
        queue.deliver_due(timezone.now() + LATER)
    return mail.outbox


# -- corrections -------------------------------------------------------------------------------


def asked(case, **changes):
    typed = {"owner": "uscis_records", "subject": "name", "said": "Rosalind, see my card"}
    return post("correction", case, **typed | changes)


def test_a_correction_begun_here_goes_the_way_of_all_and_is_followed_here(confirmed, verifier):
    records_officer = make_user("Olga", Role.RECORDS_OFFICER, office=verifier.office)
    page = asked(confirmed).content.decode()
    assert "Your request was recorded" in page
    assert "SAVE looks for the record." in page
    asked(confirmed)  # a double click
    with system_scope():
        (request,) = CorrectionRequest.objects.all()
        assert (request.from_applicant, request.record_ref, request.owner) == (
            True, "", "uscis_records",
        )  # fmt: skip
        with pytest.raises(WrongStatus, match="which datum"):
            correction.send(
                request_id=request.pk, version=1, proposed_value="X", reason="y",
                by=verifier, at=AT,
            )  # fmt: skip
        tied = correction.draft(
            record_ref="CIS:C1", field="given_name", case_number=confirmed.number,
            by=verifier, at=AT,
        )  # fmt: skip
        assert tied.pk == request.pk
        sent = correction.send(
            request_id=tied.pk, version=tied.version, proposed_value="ANA", reason="card",
            by=verifier, at=AT,
        )  # fmt: skip
    shown = post("look-up", confirmed, "es").content.decode()
    assert "Se pidió la corrección a la oficina que guarda el registro." in shown
    assert "Responde a más tardar el" in shown
    with system_scope():
        correction.decide(
            request_id=sent.pk, version=sent.version, decision="reject", reply="No",
            by=records_officer, at=AT,
        )  # fmt: skip
    shown = post("look-up", confirmed).content.decode()
    assert "The office keeps what its record says." in shown
    assert "ANA LUCIA" not in shown


def test_a_datum_that_somebody_asks_about_already_joins_the_two(confirmed, verifier):
    asked(confirmed)
    with system_scope():
        mine = CorrectionRequest.objects.get()
        other = correction.draft(record_ref="CIS:C1", field="given_name", by=verifier, at=AT)
        correction.find_datum(
            request_id=mine.pk, version=1, record_ref="CIS:C1", field="given_name",
            by=verifier, at=AT,
        )  # fmt: skip
        mine.refresh_from_db()
        assert (mine.closure, mine.joined_to) == ("joined", other)
    assert "SAVE looks for the record." in post("look-up", confirmed).content.decode()


def test_what_no_record_says_is_closed_as_not_found(confirmed, verifier):
    asked(confirmed)
    with system_scope():
        request = CorrectionRequest.objects.get()
        correction.close(request_id=request.pk, version=1, closure="not_found", by=verifier, at=AT)
    assert "No record was found that says this." in post("look-up", confirmed).content.decode()


def test_five_open_requests_are_enough_and_enforcement_is_not_asked_about(confirmed):
    for n in range(5):
        assert asked(confirmed, said=f"wrong {n}").status_code == 200
    assert asked(confirmed, said="a sixth").status_code == 409
    refused = asked(confirmed, owner="ice")
    assert refused.status_code == 422


def test_what_is_missing_is_named_and_what_was_typed_stays(confirmed):
    page = post("correction", confirmed, subject="name", said="")
    assert page.status_code == 422
    text = page.content.decode()
    assert "Choose the record." in text
    assert "Write what the record should say." in text
    assert re.search(r'value="name" checked', text)


def test_without_a_proof_nothing_opens(confirmed):
    for name in ("correction", "sheet", "notices", "who-looked", "ask"):
        page = post(name, None, proof="forged")
        assert page.status_code == 409, name
        assert "Look it up again" in page.content.decode()


# -- papers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [language.code for language in LANGUAGES])
def test_sheet_and_letter_are_accessible_in_every_script(unconfirmed, code):
    with system_scope():
        one_time = who_looked.issue(case=unconfirmed, way="letter", at=AT)
    for content in (
        papers.sheet(unconfirmed, code, at=AT),
        papers.letter(unconfirmed, code, at=AT, code=one_time),
    ):
        report = validation.validate_pdf_bytes(
            content, profile=validation.ValidationProfile.PDF_UA_1
        )
        assert report.is_compliant, str(report)
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
        assert "".join(unconfirmed.grouped_number.split()) in "".join(text.split())
        assert "[U+" not in text
        assert code == "en" or "What you can do" not in text
        assert code == "en" or "It must tell you" not in text
        assert "Bautista" not in text
        assert "1990" not in text


def test_the_agency_records_the_contact_and_gives_a_code_by_letter(caseworker, unconfirmed):
    with scope_for(caseworker):
        contacts.record(
            case_number=unconfirmed.number, email="rosa@mail.example", phone="",
            language="ar", by=caseworker, at=AT,
        )  # fmt: skip
        code = contacts.code_for_letter(case_number=unconfirmed.number, by=caseworker, at=AT)
        assert code.expires_at == AT + timedelta(days=30)
        assert Contact.objects.get().language == "ar"


def test_a_contact_is_the_agencys_own(caseworker, stranger, unconfirmed):
    with scope_for(caseworker):
        contacts.record(
            case_number=unconfirmed.number, email="rosa@mail.example", phone="",
            language="es", by=caseworker, at=AT,
        )  # fmt: skip
    with scope_for(stranger):
        assert not Contact.objects.exists()


# -- notices -----------------------------------------------------------------------------------


def begin_notice(case, address="rosa@mail.example", language="es"):
    assert post("notices", case, language, address=address).status_code == 200
    with system_scope():
        return Notice.objects.latest("pk")


def test_a_notice_begins_by_a_link_says_nothing_and_ends_by_one_click(
    caseworker, unconfirmed, settings
):
    notice = begin_notice(unconfirmed)
    (letter,) = delivered()
    link = re.search(r"http\S+/notices/\S+", letter.body)[0]
    path = link.removeprefix(settings.BASE_URL)
    with system_scope():
        assert notices.tell_changes(at=timezone.now()) == 0

    opened = Client().get(path)
    assert "¿Quiere recibir aquí un aviso" in opened.content.decode()
    with system_scope():
        notice.refresh_from_db()
    assert notice.confirmed_at is None  # opening alone confirms nothing
    assert "Los avisos han comenzado" in Client().post(path).content.decode()

    with scope_for(caseworker):
        additional.request(
            case_number=unconfirmed.number, version=1, reason="prompted", comment="",
            by=caseworker, at=timezone.now(),
        )  # fmt: skip
    assert notices.tell_changes(at=timezone.now()) == 1
    assert notices.tell_changes(at=timezone.now()) == 0
    told = delivered()[-1]
    assert told.subject == "Algo ha cambiado"
    for secret in (unconfirmed.number, unconfirmed.grouped_number, "Bautista", "Rosalind", "1990"):
        assert secret not in told.body + told.subject + str(told.extra_headers)
    end = told.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(settings.BASE_URL)
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    Client(enforce_csrf_checks=True).post(end, {"List-Unsubscribe": "One-Click"})
    with system_scope():
        notice.refresh_from_db()
    assert (notice.ended_at is not None, notice.address) == (True, "")
    assert Client().get(path).status_code == 410


def test_the_outbox_keeps_no_address_and_no_code(unconfirmed):
    begin_notice(unconfirmed, "someone@mail.example")
    kept = str(list(Message.objects.values_list("payload", "key")))
    assert "someone" not in kept
    assert unconfirmed.number not in kept


def test_links_are_few_a_day_and_a_double_click_is_one(unconfirmed):
    first = begin_notice(unconfirmed)
    assert begin_notice(unconfirmed) == first
    begin_notice(unconfirmed, "b@mail.example")
    begin_notice(unconfirmed, "c@mail.example")
    assert post("notices", unconfirmed, address="d@mail.example").status_code == 429


@pytest.mark.parametrize("typed", ["", "rosa@", "12345", "x" * 255])
def test_what_is_no_address_is_said(unconfirmed, typed):
    assert post("notices", unconfirmed, address=typed).status_code == 422


def test_a_text_message_goes_to_the_gateway(unconfirmed, settings, tmp_path):
    folder = tmp_path / "texts"
    settings.SMS_URL = folder.as_uri()
    begin_notice(unconfirmed, "(202) 555-0123")
    delivered()
    (written,) = folder.iterdir()
    assert written.read_text(encoding="utf-8").startswith("To: +12025550123\n")
    settings.SMS_URL = ""
    assert post("notices", unconfirmed, address="2025550124").status_code == 422


def test_what_nobody_confirmed_is_forgotten(unconfirmed):
    begin_notice(unconfirmed)
    assert notices.forget(at=timezone.now() + timedelta(days=3)) == 1
    with system_scope():
        assert Notice.objects.get().address == ""


# -- who looked --------------------------------------------------------------------------------


def with_contact(caseworker, case):
    with scope_for(caseworker):
        contacts.record(
            case_number=case.number, email="ana@mail.example", phone="", language="en",
            by=caseworker, at=AT,
        )  # fmt: skip


def test_the_list_opens_with_a_code_and_names_office_day_purpose_and_data(caseworker, confirmed):
    assert (
        "has no e-mail address or telephone number of yours"
        in post("who-looked", confirmed).content.decode()
    )
    with_contact(caseworker, confirmed)
    assert "A code is on its way" in post("who-looked", confirmed, way="email").content.decode()
    code = re.search(r"\d{4} \d{4}", delivered()[-1].body)[0]

    wrong = post("who-looked", confirmed, code="0000 0000")
    assert wrong.status_code == 422
    page = post("who-looked", confirmed, code=code).content.decode()
    for shown in ("Calhoun Human Services", "Food assistance (SNAP)", "status and its dates"):
        assert shown in page
    for secret in ("ARREOLA", "209448177", "IR6", "Dana"):
        assert secret not in page
    assert post("who-looked", confirmed, code=code).status_code == 422  # once


def test_five_wrong_tries_end_a_code(confirmed):
    with system_scope():
        code = who_looked.issue(case=confirmed, way="letter", at=AT)
    for _ in range(who_looked.TRIES):
        assert not who_looked.accept(case=confirmed, typed="00000000", at=AT)
    assert not who_looked.accept(case=confirmed, typed=who_looked.digits_of(code), at=AT)


def test_a_code_is_good_for_a_time_and_for_its_case_alone(confirmed, unconfirmed):
    with system_scope():
        code = who_looked.issue(case=confirmed, way="email", at=AT)
    digits = who_looked.digits_of(code)
    assert not who_looked.accept(case=unconfirmed, typed=digits, at=AT)
    assert not who_looked.accept(case=confirmed, typed=digits, at=AT + timedelta(minutes=16))
    assert who_looked.accept(case=confirmed, typed=digits, at=AT + timedelta(minutes=14))


def test_codes_are_few_a_day(confirmed, caseworker):
    with_contact(caseworker, confirmed)
    with system_scope():
        for _ in range(who_looked.CODES_A_DAY):
            messages.send_code(case=confirmed, way="email", at=AT)
        with pytest.raises(who_looked.TooManyCodes):
            messages.send_code(case=confirmed, way="email", at=AT)
        assert OneTimeCode.objects.filter(used_at=None, expires_at__gt=AT).count() == 1


def test_the_number_of_queries_does_not_grow(confirmed, caseworker, django_assert_num_queries):
    from verification.services.printing import _disclose

    with system_scope():
        for _ in range(30):
            _disclose(confirmed, "CIS:C1", ["family_name"], by=caseworker, at=AT)
        case = Case.objects.select_related("agency").get(pk=confirmed.pk)
        with django_assert_num_queries(6):
            assert who_looked.looks_at(case=case, at=timezone.now()).looks


def test_a_wrongful_disclosure_is_told_to_the_person(caseworker, confirmed, settings):
    with_contact(caseworker, confirmed)
    with system_scope():
        event = DisclosureEvent.objects.filter(case_number=confirmed.number).last()
        wrong = {"disclosure_id": event.pk, "fault": "no_purpose", "note": "secret", "at": AT}
        with pytest.raises(NotPermitted):
            wrongful_disclosure.report(**wrong, by=caseworker)
        wrongful_disclosure.report(**wrong, by=None)
        wrongful_disclosure.report(**wrong, by=None)
    assert notices.tell_wrongful_disclosures(at=AT) == 1
    assert notices.tell_wrongful_disclosures(at=AT) == 0
    (told,) = delivered()
    assert (told.to, told.subject) == (["ana@mail.example"], "A message waits for you")
    assert confirmed.number not in told.body
    with system_scope():
        assert WrongfulDisclosure.objects.get().told_at == AT
        code = who_looked.issue(case=confirmed, way="letter", at=timezone.now())
    page = post("who-looked", confirmed, code=who_looked.digits_of(code)).content.decode()
    assert "This should not have happened: no lawful purpose was found." in page
    assert "privacy office" in page
    assert "secret" not in page
