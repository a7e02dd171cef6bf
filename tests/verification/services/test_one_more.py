"""What one more thing settles: asked for on the page and by the API, sent with a retry (S3.1)."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from save_portal.accounts.tenancy import scope_for
from tests.conftest import AT, signed_in
from tests.verification.api.conftest import Machine, make_machine, token_of
from tests.verification.records.files import row, write
from verification.errors import CaseError, InvalidSubmission
from verification.forms.initiate import typed_of
from verification.records import index
from verification.records.loading import load
from verification.rules.submission import Submission
from verification.rules.unconfirmed import RETRY, one_more
from verification.services import initial

pytestmark = pytest.mark.django_db

TWINS = {
    "CIS": [
        {"class_of_admission": "RE1", "i94_number": "123456789A1"},
        {"class_of_admission": "RE1", "i94_number": "123456789A1", "record_id": "R2",
         "a_number": "123456780", "card_number": "LIN9999999999"},
    ]
}  # fmt: skip
STUDENT = {
    "ADIS": [{"a_number": "123456789", "class_of_admission": "F1", "admitted_until": "D/S"}],
    "SEVIS": [{}],
}
NEWER_CARD = {
    "CIS": [{"card_number": "LIN0123456790"}],
    "ISRS": [
        {"a_number": "123456789", "card_type": "I-551", "card_status": "replaced"},
        {"record_id": "R2", "card_type": "I-551", "card_number": "LIN0123456790",
         "card_status": "active", "issued_on": "2026-01-01"},
    ],
}  # fmt: skip


@pytest.fixture
def on_record(tmp_path):
    def put(systems):
        for system, rows in systems.items():
            load(system, write(tmp_path, system, *[row(system, **each) for each in rows]))
        index.build()

    return put


def typed(**changes) -> Submission:
    given = {
        "document_type": "i94",
        "family_name": "Lopez Garcia",
        "given_name": "Maria Elena",
        "date_of_birth": date(1980, 2, 29),
        "i94_number": "123456789A1",
        "benefits": ("snap",),
        "original_examined": True,
    }
    return Submission(**{**given, **changes})


A_NUMBER = {"document_type": "other_a_number", "document_description": "Letter",
            "i94_number": "", "a_number": "123456789"}  # fmt: skip
CARD = {"document_type": "i551", "i94_number": "", "a_number": "123456789",
        "card_number": "LIN0123456789"}  # fmt: skip
SETTLED = {
    "two people hold the number": (
        TWINS, {}, "ambiguous", {"a_number": "123456780"},
    ),
    "a student's SEVIS ID, on a document that carries none": (
        STUDENT, A_NUMBER, "sevis_id_required", {"sevis_id": "N0012345678"},
    ),
    "a newer card": (
        NEWER_CARD, CARD, "document_mismatch", {"card_number": "LIN0123456790"},
    ),
    "a former name": (
        {"CIS": [{"family_name": "GOMEZ"}]}, CARD, "name_mismatch",
        {"also_known_as": ("Gomez, Maria Elena",)},
    ),
    "the day of another document": (
        {"CIS": [{}]}, {**CARD, "date_of_birth": date(1980, 3, 1)}, "date_of_birth_mismatch",
        {"date_of_birth": date(1980, 2, 29)},
    ),
    "the whole name": (
        {"CIS": [{}, {"record_id": "R2", "a_number": "123456780", "card_number": "",
                      "given_name": "MARIA"}]},
        {**CARD, "given_name": "Maria"}, "ambiguous", {"given_name": "Maria Elena"},
    ),
    "a number issued here beside a passport": (
        {"ADIS": [{}]},
        {"document_type": "foreign_passport", "i94_number": "", "passport_number": "Z7654321",
         "passport_country": "MEX", "document_expires_on": date(2030, 1, 1),
         "channel": "machine"},
        "no_record", {"i94_number": "123456789A1"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SETTLED)
def test_what_is_asked_for_is_taken_by_the_retry_and_settles_it(on_record, caseworker, case):
    systems, changes, reason, more = SETTLED[case]
    on_record(systems)
    first = typed(**changes)
    with scope_for(caseworker):
        begun = initial.initiate(by=caseworker, at=AT, submission=first)
        assert begun.initial_answers.last().reasons == [reason]
        wanted = one_more(first.document_type, begun.enumerators(), [reason])
        assert set(more) <= {each.field for each in wanted if each.act == RETRY}
        again = initial.retry(
            case_number=begun.number, version=begun.version, by=caseworker,
            at=AT + timedelta(hours=1), submission=replace(first, **more),
        )  # fmt: skip
    assert again.status == "initial_confirmed"


def test_in_the_browser_the_page_asks_and_the_form_takes_it(on_record, caseworker):
    on_record(TWINS)
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=typed())
    dana = signed_in(caseworker)
    page = " ".join(dana.get(f"/cases/{case.number}/").content.decode().split())
    asked = page.split("Ask the applicant for one more thing")[1].split("</ul>")[0]
    assert re.search(r"A-number</strong>: Permanent Resident Card .*Correct and retry", asked)
    for number in ("123456789", "123456780", "LIN9999999999"):
        assert number not in asked
    form = dana.get(f"/cases/{case.number}/retry/").content.decode()
    assert "One more number, from another document" in form
    assert 'name="a_number"' in form
    sent = {**typed_of(typed(a_number="A 123 456 780")), "version": "1"}
    answer = dana.post(f"/cases/{case.number}/retry/", sent, follow=True)
    page = answer.content.decode()
    assert "SAVE confirmed it this time." in page
    assert "A 123-456-780" in page


def test_a_faulty_further_number_is_refused_at_its_field(on_record, caseworker):
    on_record(TWINS)
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=typed())
    sent = {**typed_of(typed(a_number="12")), "version": "1"}
    answer = signed_in(caseworker).post(f"/cases/{case.number}/retry/", sent)
    assert answer.status_code == 422
    assert "An A-number has 7 to 9 digits. You typed 2." in answer.content.decode()


def test_over_the_api_the_answer_asks_and_the_retry_takes_it(on_record, agency):
    on_record(TWINS)
    client, secret = make_machine(agency)
    machine = Machine(token_of(client.client_id, secret), Client())
    body = {
        "applicant": {"family_name": "Lopez Garcia", "given_name": "Maria Elena",
                      "date_of_birth": "1980-02-29"},
        "document": {"type": "i94", "i94_number": "123456789A1"},
        "benefits": ["snap"],
    }  # fmt: skip
    begun = machine.post("cases", body)
    case = begun.json()
    assert case["reasons"] == ["ambiguous"]
    asked = {each["field"]: each["action"] for each in case["response"]["ask_for"]}
    assert asked["document.a_number"] == "retry"
    notices = [each["text"] for each in case["notices"] if each["code"] == "ask_for"]
    assert any(text.startswith("A-number: Permanent Resident Card") for text in notices)
    body["document"]["a_number"] = "123456780"
    number = case["case_number"]
    again = machine.post(f"cases/{number}/retry", body, seen=begun)
    assert again.status_code == 200, again.content
    assert again.json()["outcome"] == "confirmed"
    assert again.json()["response"]["ask_for"] == []
    assert again.json()["document"]["a_number"] == "123456780"


def test_a_first_question_takes_the_document_s_own_numbers_alone(on_record, caseworker):
    on_record(TWINS)
    with scope_for(caseworker), pytest.raises(InvalidSubmission) as refused:
        initial.initiate(by=caseworker, at=AT, submission=typed(a_number="123456780"))
    assert "a_number" in refused.value.field_errors


def test_what_is_asked_for_is_the_same_whatever_is_on_record():
    """It follows from the document, the numbers typed and the reasons; nothing else goes in."""
    assert one_more("i94", {"i94_number": "1"}, ["ambiguous"]) == one_more(
        "i94", {"i94_number": "2"}, ["ambiguous"]
    )


def test_the_same_again_is_asked_once_the_missing_source_has_come(on_record, caseworker):
    on_record({"CLAIMS3": [{"receipt_number": "LIN9999999999", "a_number": ""}]})
    first = typed(**CARD, **{"given_name": "Maria Elena"})

    def again(version):
        return initial.retry(
            case_number=case.number, version=version, by=caseworker, at=AT, submission=first
        )

    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=first)
        assert case.initial_answers.last().reasons == ["source_unavailable"]
        with pytest.raises(CaseError, match="Nothing was changed"):
            again(1)
    on_record({"CIS": [{}]})
    with scope_for(caseworker):
        assert again(1).status == "initial_confirmed"
