"""Copies of documents in the browser: what may be shown, how, and to whom."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from save_portal.accounts.tenancy import scope_for
from save_portal.documents import handlers
from tests import uploads as files
from tests.conftest import AT, signed_in
from verification.services import documents

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(unconfirmed, caseworker):
    with scope_for(caseworker):
        return documents.add(
            case_number=unconfirmed.number,
            content=files.pdf(2),
            name="card.pdf",
            kind="both_sides",
            by=caseworker,
            at=AT,
        )


def address(document, rest: str) -> str:
    return f"/cases/{document.case.number}/documents/{document.pk}/{rest}"


def test_a_page_is_shown_as_a_picture_that_can_do_nothing(dana, document):
    shown = dana.get(address(document, "pages/2.jpg"))
    assert shown.status_code == 200
    assert shown.content.startswith(b"\xff\xd8")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["X-Content-Type-Options"] == "nosniff"
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert shown["Content-Security-Policy"] == policy
    assert shown["Cache-Control"] == "no-store, private"


def test_the_file_itself_is_only_ever_saved(dana, document):
    saved = dana.get(address(document, "download/"))
    assert saved["Content-Disposition"].startswith("attachment;")
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["X-Content-Type-Options"] == "nosniff"
    assert saved.content.startswith(b"%PDF")
    assert "card.pdf" not in saved["Content-Disposition"]


def test_nobody_else_reaches_it_by_its_address(document, colleague, stranger, verifier):
    for person in (colleague, stranger, verifier):
        browser = signed_in(person)
        assert browser.get(address(document, "pages/1.jpg")).status_code == 404
        assert browser.get(address(document, "download/")).status_code == 404
    assert signed_in(verifier).post(address(document, "remove/")).status_code == 403


def test_another_cases_number_does_not_open_it(dana, document, confirmed):
    wrong = address(document, "pages/1.jpg").replace(document.case.number, confirmed.number)
    assert dana.get(wrong).status_code == 404


def test_taking_it_away_leads_back_to_the_form_and_nowhere_else(dana, document):
    form = f"/cases/{document.case.number}/additional/"
    assert dana.post(address(document, "remove/"), {"back": form}).url == form
    elsewhere = dana.post(address(document, "remove/"), {"back": "https://elsewhere.example/"})
    assert elsewhere.url == f"/cases/{document.case.number}/"


def test_a_file_too_large_is_left_out_and_the_rest_of_the_form_is_read():
    def read(**sent):
        request = RequestFactory().post("/", sent)
        request.upload_handlers.insert(0, handlers.LimitUploads(request))
        return request

    large = SimpleUploadedFile("large.pdf", b"x" * (handlers.MAX_FILE_BYTES + 1))
    small = SimpleUploadedFile("small.pdf", b"%PDF-1.7")
    request = read(files=[large, small], comment="kept")
    assert request.POST["comment"] == "kept"
    assert [file.name for file in request.FILES.getlist("files")] == ["small.pdf"]
    ((name, why),) = request.files_left_out
    assert name == "large.pdf"
    assert why.startswith("The file is larger than 20 MB.")

    files_sent = [SimpleUploadedFile(f"{n}.pdf", b"%PDF") for n in range(22)]
    many = read(files=files_sent, comment="kept")
    assert (len(many.FILES.getlist("files")), many.POST["comment"]) == (20, "kept")
    assert len(many.files_left_out) == 2
