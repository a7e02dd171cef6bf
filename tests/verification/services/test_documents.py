"""Copies of documents with a case: who uploads, who sees what, and what each look leaves."""

import pytest
from django.core.files.storage import storages
from django.db import InternalError, ProgrammingError, transaction

from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent, DisclosureEvent
from save_portal.documents import scanning
from save_portal.documents.models import StoredFile
from save_portal.outbox.models import Message
from tests import uploads as files
from tests.conftest import AT, unknown_person
from verification.errors import CaseError, InvalidSubmission, NotPermitted, WrongStatus
from verification.models import CaseDocument
from verification.services import additional, closing, documents, initial

pytestmark = pytest.mark.django_db

CARD = files.encoded("JPEG")


@pytest.fixture
def case(caseworker, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=AT, submission=unknown_person())


def upload(case, by, content=CARD, kind="front", name="card.jpg"):
    with scope_for(by):
        return documents.add(
            case_number=case.number, content=content, name=name, kind=kind, by=by, at=AT
        )


def look(document, by, page=1):
    with scope_for(by):
        return documents.page(
            case_number=document.case.number, document_id=document.pk, page=page, by=by, at=AT
        )


def ask(case, by):
    with scope_for(by):
        return additional.request(
            case_number=case.number, version=1, reason="prompted", comment="", by=by, at=AT
        )


def test_an_uploaded_copy_waits_with_the_case_and_is_on_record(case, caseworker):
    document = upload(case, caseworker)
    with system_scope():
        event = AuditEvent.objects.get(verb="case.document_added")
    assert event.data["sha256"] == document.file.sha256
    assert document.sent_at is None
    # Uploading is no act on the case: a form open beside it stays good.
    with scope_for(caseworker):
        case.refresh_from_db()
    assert case.version == 1


def test_the_same_file_twice_is_one_copy(case, caseworker):
    assert upload(case, caseworker).pk == upload(case, caseworker).pk


def test_a_file_that_is_refused_says_which_one_and_what_helps(case, caseworker):
    with pytest.raises(InvalidSubmission) as refused:
        upload(case, caseworker, files.locked_pdf(user="x"), name="letter.pdf")
    sentence = refused.value.field_errors["files"]
    assert sentence.startswith("letter.pdf: The PDF is locked with a password.")
    with system_scope():
        assert not StoredFile.objects.exists()


def test_a_copy_not_yet_sent_can_be_taken_away_with_all_its_content(
    case, caseworker, django_capture_on_commit_callbacks
):
    document = upload(case, caseworker)
    names = document.file.names()
    with django_capture_on_commit_callbacks(execute=True), scope_for(caseworker):
        for _ in range(2):  # a double click
            documents.remove(case_number=case.number, document_id=document.pk, by=caseworker, at=AT)
    assert not any(storages["documents"].exists(name) for name in names)
    with system_scope():
        assert not CaseDocument.objects.exists()


def test_asking_sends_the_copies_and_from_then_on_they_stay(case, caseworker):
    document = upload(case, caseworker)
    ask(case, caseworker)
    with scope_for(caseworker):
        document.refresh_from_db()
        assert document.sent_at == AT
        with pytest.raises(WrongStatus, match="cannot be taken back"):
            documents.remove(case_number=case.number, document_id=document.pk, by=caseworker, at=AT)
    for act in ("update", "delete"):
        rows = CaseDocument.objects.filter(pk=document.pk)
        with (
            pytest.raises((InternalError, ProgrammingError)),
            transaction.atomic(),
            system_scope(),
        ):
            rows.update(kind="back") if act == "update" else rows.delete()


def test_verifiers_see_what_was_sent_and_nothing_before(case, caseworker, verifier):
    document = upload(case, caseworker)
    with pytest.raises(CaseError) as refused:
        look(document, verifier)
    assert refused.value.status_code == 404
    ask(case, caseworker)
    assert look(document, verifier).startswith(b"\xff\xd8")


def test_each_look_leaves_a_disclosure_with_the_page(case, caseworker, verifier):
    document = upload(case, caseworker, files.pdf(2), name="both.pdf")
    ask(case, caseworker)
    look(document, verifier, page=2)
    with scope_for(verifier):
        documents.download(case_number=case.number, document_id=document.pk, by=verifier, at=AT)
    with system_scope():
        events = list(DisclosureEvent.objects.filter(actor_id=verifier.pk))
    assert [event.fields for event in events] == [
        [f"document {document.pk}, page 2"],
        [f"document {document.pk}"],
    ]
    assert {event.case_number for event in events} == {case.number}


def test_colleagues_and_other_agencies_see_and_add_nothing(case, caseworker, colleague, stranger):
    document = upload(case, caseworker)
    for person in (colleague, stranger):
        with pytest.raises(CaseError) as refused:
            look(document, person)
        assert refused.value.status_code == 404
        with pytest.raises(CaseError) as refused:
            upload(case, person)
        assert refused.value.status_code == 404


def test_verifiers_add_nothing_and_a_closed_case_takes_nothing(case, caseworker, verifier):
    with pytest.raises(NotPermitted):
        upload(case, verifier)
    with scope_for(caseworker):
        closing.close(
            case_number=case.number, version=1, reason="entered_in_error", by=caseworker, at=AT
        )
    with pytest.raises(WrongStatus, match="closed"):
        upload(case, caseworker)


def test_a_page_that_is_not_there_is_not_found(case, caseworker):
    document = upload(case, caseworker)
    with pytest.raises(CaseError) as refused:
        look(document, caseworker, page=2)
    assert refused.value.status_code == 404


def test_a_copy_that_the_scanner_refuses_is_told_to_whoever_uploaded_it(
    case, caseworker, verifier, monkeypatch, settings
):
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    document = upload(case, caseworker)
    ask(case, caseworker)
    with pytest.raises(CaseError, match="still being checked"):
        look(document, verifier)
    with system_scope():
        scanning._record(document.file, found="Eicar", at=AT)
        mail = Message.objects.get(key=f"case.document_refused:{document.pk}")
        assert AuditEvent.objects.filter(verb="case.document_refused").count() == 1
    assert mail.payload["to_user_id"] == caseworker.pk
    assert mail.payload["context"] == {"case_number": case.number, "was_sent": True}
    with pytest.raises(CaseError, match="virus scanner found"):
        look(document, verifier)
