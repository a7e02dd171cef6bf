"""Kept documents: where their content lies, the virus scanner's verdict, and sweeping up."""

import re
import socketserver
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from django.test import override_settings

from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.documents import places, scanning, storing
from save_portal.documents.models import StoredFile
from save_portal.documents.storing import NotThere
from save_portal.documents.uploads import Cleaned
from tests.conftest import AT

SIGNATURE = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Scanner(socketserver.ThreadingTCPServer):
    """A virus scanner that speaks the protocol of clamd and knows one signature."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer: bytes | None = None) -> None:
        self.answer = answer
        self.seen: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Conversation)

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
        self.server.seen.append(content)
        found = b"stream: Eicar-Signature FOUND" if SIGNATURE in content else b"stream: OK"
        self.wfile.write((self.server.answer or found) + b"\0")


@pytest.fixture
def scanner():
    with Scanner() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with override_settings(CLAMD_URL=server.url):
            yield server
        server.shutdown()


def keep(
    by, content=b"the kept document", pictures=(b"page one", b"page two"), pages=None
) -> StoredFile:
    cleaned = Cleaned(
        content=content,
        content_type="application/pdf",
        pages=len(pictures) if pages is None else pages,
        source_sha256="0" * 64,
        pictures=list(pictures),
    )
    with scope_for(by):
        return storing.store(
            cleaned, name="C:\\scans\\my\tcard.pdf", agency_id=by.agency_id, by=by, at=AT
        )


def again(kept: StoredFile) -> StoredFile:
    with system_scope():
        return StoredFile.objects.get(pk=kept.pk)


@pytest.mark.django_db
def test_without_a_scanner_a_document_is_clean_and_can_be_read(caseworker):
    kept = again(keep(caseworker))
    assert (kept.state, kept.name, kept.size) == ("clean", "my card.pdf", 17)
    assert storing.read(kept) == b"the kept document"
    assert [storing.read_page(kept, page) for page in (1, 2)] == [b"page one", b"page two"]
    for page in (0, 3):
        with pytest.raises(NotThere):
            storing.read_page(kept, page)


@pytest.mark.django_db
def test_its_place_cannot_be_guessed_and_says_nothing(caseworker):
    folders = [keep(caseworker).folder for _ in range(2)]
    assert len(set(folders)) == 2
    assert all(re.fullmatch(r"2026/11/20/[0-9a-f]{32}", folder) for folder in folders)


@pytest.mark.django_db(transaction=True)
def test_a_document_waits_in_quarantine_for_the_verdict(caseworker, scanner):
    kept = keep(caseworker)
    assert kept.state == "quarantined"
    with pytest.raises(NotThere, match="checked for viruses"):
        storing.read(kept)
    assert scanning.scan_due(at=AT) == 1
    assert storing.read(again(kept)) == b"the kept document"
    # The pictures of the pages are what a verifier looks at: they are scanned too.
    assert sorted(scanner.seen) == [b"page one", b"page two", b"the kept document"]
    assert scanning.scan_due(at=AT) == 0


@pytest.mark.django_db(transaction=True)
def test_what_the_scanner_finds_is_gone_for_good(caseworker, scanner):
    infected = keep(caseworker, content=b"a document with " + SIGNATURE)
    harmless = keep(caseworker)
    assert scanning.scan_due(at=AT) == 2
    refused = again(infected)
    assert (refused.state, refused.reason) == (
        "refused",
        "The virus scanner found Eicar-Signature.",
    )
    for name in refused.names():
        assert not storages["documents"].exists(name)
    with pytest.raises(NotThere):
        storing.read(refused)
    assert again(harmless).state == "clean"
    with system_scope():
        assert AuditEvent.objects.filter(verb="document.refused").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_long_document_reaches_the_scanner_whole(caseworker, scanner):
    long = bytes(range(256)) * 40_000 + SIGNATURE
    kept = keep(caseworker, content=long, pictures=(b"page",))
    scanning.scan_due(at=AT)
    assert long in scanner.seen
    assert again(kept).state == "refused"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR", b"", b"HELLO"])
def test_no_verdict_leaves_the_document_in_quarantine_until_there_is_one(
    caseworker, scanner, answer
):
    kept = keep(caseworker)
    scanner.answer = answer or b" "
    assert scanning.scan_due(at=AT) == 0
    assert again(kept).state == "quarantined"
    scanner.answer = None
    assert scanning.scan_due(at=AT) == 1
    assert again(kept).state == "clean"


@pytest.mark.django_db(transaction=True)
def test_a_scanner_that_is_away_is_asked_again_later(caseworker):
    with override_settings(CLAMD_URL="tcp://127.0.0.1:9"):
        kept = keep(caseworker)
        assert scanning.scan_due(at=AT) == 0
        assert again(kept).state == "quarantined"


@pytest.mark.django_db
def test_a_verdict_is_given_once_and_the_facts_never_change(caseworker):
    kept = keep(caseworker)
    for change in ({"state": "quarantined", "checked_at": None}, {"sha256": "f" * 64}):
        with (
            pytest.raises((InternalError, ProgrammingError)),
            transaction.atomic(),
            system_scope(),
        ):
            StoredFile.objects.filter(pk=kept.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_a_write_that_fails_leaves_no_content_behind(caseworker):
    before = content_lying()
    with pytest.raises(IntegrityError):
        keep(caseworker, pictures=(), content=b"a document of no pages", pages=-1)
    assert content_lying() == before


def content_lying() -> set[str]:
    try:
        return set(storages["documents"].listdir("2026/11/20")[0])
    except FileNotFoundError:
        return set()


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_process_left_is_swept_away_a_day_later_and_nothing_else(caseworker):
    kept = keep(caseworker)
    orphan = f"2026/11/20/{'a' * 32}"
    storages["documents"].save(f"{orphan}/document.pdf", ContentFile(b"left behind"))
    storing.sweep(at=AT)
    assert storages["documents"].exists(f"{orphan}/document.pdf")
    assert storing.sweep(at=AT + timedelta(days=1)) >= 1
    assert not storages["documents"].exists(f"{orphan}/document.pdf")
    assert storing.read(kept) == b"the kept document"


@pytest.mark.django_db(transaction=True)
def test_a_discarded_document_goes_when_the_transaction_is_through(caseworker):
    kept = keep(caseworker)
    names = kept.names()
    with scope_for(caseworker):
        storing.discard(kept)
        assert storages["documents"].exists(names[0])
    assert not any(storages["documents"].exists(name) for name in names)
    with system_scope():
        assert not StoredFile.objects.filter(folder=kept.folder).exists()


def test_documents_lie_in_a_folder_or_on_s3():
    assert places.storage("file:///srv/a%20b")["OPTIONS"]["location"] == "/srv/a b"
    kept = places.storage("s3://papers/save?endpoint_url=https://s3.example&region_name=us-east-1")
    assert kept["BACKEND"] == "storages.backends.s3.S3Storage"
    assert kept["OPTIONS"]["bucket_name"] == "papers"
    assert kept["OPTIONS"]["location"] == "save"
    assert kept["OPTIONS"]["endpoint_url"] == "https://s3.example"
    assert kept["OPTIONS"]["object_parameters"] == {"ServerSideEncryption": "AES256"}
    assert kept["OPTIONS"]["default_acl"] is None


@pytest.mark.parametrize(
    "url",
    ["", "papers", "file:relative", "ftp://x/y", "s3://key:secret@bucket/x", "s3://b?acl=public"],
)
def test_a_place_that_is_not_understood_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured):
        places.storage(url)


def test_the_scanner_is_named_by_an_address():
    assert places.scanner("") is None
    assert places.scanner("tcp://scanner:3311") == ("tcp", ("scanner", 3311))
    assert places.scanner("tcp://scanner") == ("tcp", ("scanner", 3310))
    assert places.scanner("unix:///run/clamd.sock") == ("unix", "/run/clamd.sock")
    with pytest.raises(ImproperlyConfigured):
        places.scanner("scanner:3310")
