"""Every page of a case opens for its caseworker, and says what it must."""

from datetime import timedelta
from io import BytesIO

import page
import pgtrigger
import pytest
from django.urls import reverse
from pypdf import PdfReader

from billing.models import Exemption, Price
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import DisclosureEvent
from save_portal.documents import worker
from tests.conftest import AT, signed_in

pytestmark = pytest.mark.django_db


def test_my_work_shows_the_case_that_waits(dana, unconfirmed):
    work = dana.get("/")
    assert work.status_code == 200
    assert unconfirmed.number[:5] in work.content.decode()
    assert "Tell the applicant and ask what they want" in work.content.decode()


def test_every_page_ends_with_what_save_does_not_decide(dana, confirmed):
    for address in ("/", "/cases/", "/cases/new/", f"/cases/{confirmed.number}/", "/help/"):
        assert "SAVE decides nothing about eligibility" in dana.get(address).content.decode()


def test_a_confirmed_case_shows_answer_photo_and_comparison(dana, confirmed):
    text = dana.get(f"/cases/{confirmed.number}/").content.decode()
    assert "SAVE confirmed: lawful permanent resident" in text
    assert "Is this the person?" in text
    assert "Harmless difference" in text
    assert dana.get(f"/cases/{confirmed.number}/photo/").status_code == 200


def test_an_unconfirmed_case_shows_duties_and_no_record(dana, unconfirmed):
    text = dana.get(f"/cases/{unconfirmed.number}/").content.decode()
    assert "SAVE could not confirm" in text
    assert "Not that the person is here unlawfully." in text
    assert "Tell the applicant" in text
    assert "Typed and returned" not in text
    assert dana.get(f"/cases/{unconfirmed.number}/photo/").status_code == 404


@pytest.mark.parametrize("name", ["print", "correction-sheet", "retry", "close"])
def test_the_papers_and_acts_of_an_unconfirmed_case_open(dana, unconfirmed, name):
    address = reverse(f"verification:{name}", args=[unconfirmed.number])
    assert dana.get(address).status_code == 200


def test_the_list_finds_by_number_reference_and_name(dana, confirmed, unconfirmed):
    found = dana.get("/cases/", {"q": confirmed.grouped_number})
    assert found.status_code == 302
    assert confirmed.number in found.headers["Location"]
    assert confirmed.number[:5] in dana.get("/cases/", {"q": "arreola"}).content.decode()
    assert "No case fits" in dana.get("/cases/", {"q": "nobody"}).content.decode()


def test_bent_parameters_of_the_list_are_as_good_as_none(dana, confirmed):
    bent = {"sort": "';--", "cursor": "AAAA", "benefit": "x", "created_from": "13/13/13"}
    assert dana.get("/cases/", bent).status_code == 200
    # A cursor that decodes, but holds no date.
    assert dana.get("/cases/", {"cursor": "W2ZhbHNlLCJ4IiwxXQ"}).status_code == 200


@pytest.mark.parametrize("which", ["confirmed", "unconfirmed"])
def test_the_case_details_are_a_pdf(dana, request, which):
    case = request.getfixturevalue(which)
    response = dana.get(f"/cases/{case.number}/details.pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    text = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(response.content)).pages)
    assert case.grouped_number in text
    assert "SAVE decides nothing about eligibility" in text
    report = page.validate_pdf_bytes(response.content, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, str(report)


def test_the_photo_is_on_paper_with_words_and_leaves_its_own_disclosure(dana, confirmed, stranger):
    with system_scope():
        before = DisclosureEvent.objects.filter(fields=["photo"]).count()
    response = dana.get(f"/cases/{confirmed.number}/details.pdf")
    text = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(response.content)).pages)
    assert "Nobody has compared it yet." in text
    assert any("face and shoulders" in words for words in said_of_pictures(response.content))
    with system_scope():
        assert DisclosureEvent.objects.filter(fields=["photo"]).count() == before + 1
    printed = dana.get(f"/cases/{confirmed.number}/print/").content.decode()
    assert f'src="/cases/{confirmed.number}/photo/" alt="Photo from' in printed
    assert signed_in(stranger).get(f"/cases/{confirmed.number}/details.pdf").status_code == 404


def said_of_pictures(content: bytes) -> list[str]:
    """What the structure of a PDF says in place of its pictures."""
    reader = PdfReader(BytesIO(content))
    parts = (reader.get_object(number) for number in range(1, int(reader.trailer["/Size"])))
    return [str(part["/Alt"]) for part in parts if isinstance(part, dict) and "/Alt" in part]


def test_no_photo_is_on_paper_where_none_came_back(dana, unconfirmed):
    assert "<img" not in dana.get(f"/cases/{unconfirmed.number}/print/").content.decode()


def test_the_case_details_name_each_charge_at_the_price_of_its_day(dana, confirmed):
    with pgtrigger.ignore():
        Exemption.objects.all().delete()
    Price.objects.create(kind="initial", amount="3.10", effective_from=AT.date() + timedelta(1))
    response = dana.get(f"/cases/{confirmed.number}/details.pdf")
    text = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(response.content)).pages)
    charges = text[text.index("What was charged") :]
    assert "Initial verification $0.50" in charges
    assert "Together $0.50" in charges
    assert "3.10" not in text


def test_a_paper_that_cannot_be_drawn_leads_back_to_the_case(dana, confirmed, monkeypatch):
    monkeypatch.setattr(worker, "MAX_HTML_BYTES", 100)
    back = dana.get(f"/cases/{confirmed.number}/details.pdf", follow=True)
    assert back.redirect_chain == [(f"/cases/{confirmed.number}/", 302)]
    assert "The PDF could not be drawn" in back.content.decode()


def test_each_display_of_a_record_leaves_a_disclosure_event(dana, confirmed):
    with system_scope():
        before = DisclosureEvent.objects.count()
    dana.get(f"/cases/{confirmed.number}/")
    dana.get(f"/cases/{confirmed.number}/photo/")
    with system_scope():
        new = DisclosureEvent.objects.order_by("pk")[before:]
        assert [event.fields == ["photo"] for event in new] == [False, True]
        assert {event.case_number for event in new} == {confirmed.number}


def test_the_correction_sheet_names_the_office_of_the_document_in_two_languages(dana, unconfirmed):
    shown = dana.get(f"/cases/{unconfirmed.number}/correction-sheet/").content.decode()
    assert "The document you showed" in shown
    response = dana.get(f"/cases/{unconfirmed.number}/correction-sheet.pdf")
    report = page.validate_pdf_bytes(response.content, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, str(report)
    english, spanish = (
        " ".join(sheet.extract_text().split())
        for sheet in PdfReader(BytesIO(response.content)).pages
    )
    for text in (english, spanish):
        assert unconfirmed.grouped_number in text
        assert "USCIS" in text
    assert "This is not a decision." in english
    assert "Esto no es una decisión." in spanish
    assert "Bautista" not in english + spanish
