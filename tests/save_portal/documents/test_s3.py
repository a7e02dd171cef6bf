"""Documents on S3, against a server that speaks it: kept, read, scanned, swept, and its absence."""

import logging
import uuid
from datetime import timedelta

import boto3
import pytest
import requests
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import override_settings
from moto.server import ThreadedMotoServer

from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.documents import places, scanning, storing
from save_portal.documents.models import StoredFile
from save_portal.documents.storing import NotThere
from save_portal.documents.uploads import UploadRefused
from tests import uploads as files
from tests.conftest import AT, unknown_person
from tests.save_portal.documents.test_storing import SIGNATURE, again, keep
from tests.save_portal.documents.test_storing import scanner as scanner
from verification.errors import CaseError, InvalidSubmission
from verification.models import CaseDocument
from verification.services import documents, initial

PREFIX = "save/kept"


class Bucket:
    """A bucket on a server of its own, looked at as any other client of S3 sees it."""

    def __init__(self) -> None:
        # Whoever serves in this process serves the same buckets: each test has its own.
        self.name = f"papers-{uuid.uuid4().hex}"
        self.server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.address = f"http://{host}:{port}"
        self.client = boto3.client("s3", endpoint_url=self.address, region_name="us-east-1")
        self.client.create_bucket(Bucket=self.name)

    def names(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name)
        return sorted(there["Key"] for there in found.get("Contents", []))

    def settings(self) -> override_settings:
        url = f"s3://{self.name}/{PREFIX}?endpoint_url={self.address}&region_name=us-east-1"
        return override_settings(STORAGES={**settings.STORAGES, "documents": places.storage(url)})


@pytest.fixture
def bucket(monkeypatch):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-the-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-test")
    bucket = Bucket()
    try:
        with bucket.settings():
            yield bucket
    finally:
        bucket.server.stop()


@pytest.fixture
def away(monkeypatch):
    """A place on S3 where nobody answers."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-the-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-test")
    monkeypatch.setattr(places, "ATTEMPTS", 1)
    url = f"s3://papers/{PREFIX}?endpoint_url=http://127.0.0.1:9&region_name=us-east-1"
    return override_settings(STORAGES={**settings.STORAGES, "documents": places.storage(url)})


@pytest.mark.django_db
def test_a_document_lies_in_the_bucket_sealed_and_private_and_is_read_back(caseworker, bucket):
    long = bytes(range(256)) * 40_000  # more than goes in one part
    kept = again(keep(caseworker, content=long))

    assert bucket.names() == [f"{PREFIX}/{name}" for name in sorted(kept.names())]
    head = bucket.client.head_object(Bucket=bucket.name, Key=f"{PREFIX}/{kept.document_name}")
    assert head["ServerSideEncryption"] == "AES256"
    unsigned = requests.get(
        f"{bucket.address}/{bucket.name}/{PREFIX}/{kept.page_name(1)}", timeout=9
    )
    assert unsigned.status_code == 403, "it is for nobody else"
    assert storing.read(kept) == long
    assert [storing.read_page(kept, page) for page in (1, 2)] == [b"page one", b"page two"]


@pytest.mark.django_db(transaction=True)
def test_on_s3_too_it_waits_in_quarantine_and_what_is_found_goes(caseworker, bucket, scanner):
    infected = keep(caseworker, content=b"a document with " + SIGNATURE)
    harmless = keep(caseworker)
    with pytest.raises(NotThere, match="checked for viruses"):
        storing.read(harmless)

    assert scanning.scan_due(at=AT) == 2

    assert storing.read(again(harmless)) == b"the kept document"
    assert again(infected).state == "refused"
    assert bucket.names() == [f"{PREFIX}/{name}" for name in sorted(harmless.names())]


@pytest.mark.django_db(transaction=True)
def test_on_s3_too_what_was_left_behind_or_taken_away_is_gone(caseworker, bucket):
    kept, discarded = keep(caseworker), keep(caseworker)
    storages["documents"].save(f"2026/11/20/{'a' * 32}/document.pdf", ContentFile(b"left behind"))
    with scope_for(caseworker):
        storing.discard(discarded)

    assert storing.sweep(at=AT + timedelta(days=1)) == 1

    assert bucket.names() == [f"{PREFIX}/{name}" for name in sorted(kept.names())]


@pytest.mark.django_db(transaction=True)
def test_a_caseworker_s_copy_goes_to_s3_and_a_verifier_s_page_comes_from_there(
    caseworker, people_on_record, bucket
):
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=unknown_person())
        copy = documents.add(
            case_number=case.number,
            content=files.pdf(2),
            name="both.pdf",
            kind="front",
            by=caseworker,
            at=AT,
        )
        assert len(bucket.names()) == 3
        page = documents.page(
            case_number=case.number, document_id=copy.pk, page=2, by=caseworker, at=AT
        )
        assert page.startswith(b"\xff\xd8")
        documents.remove(case_number=case.number, document_id=copy.pk, by=caseworker, at=AT)
    assert bucket.names() == []


@pytest.mark.django_db(transaction=True)
def test_while_the_storage_is_away_nothing_is_half_kept_and_the_sentence_says_so(
    caseworker, people_on_record, bucket, away
):
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=unknown_person())
        there = documents.add(
            case_number=case.number,
            content=files.encoded("JPEG"),
            name="card.jpg",
            kind="front",
            by=caseworker,
            at=AT,
        )
    with away, scope_for(caseworker):
        with pytest.raises(InvalidSubmission) as refused:
            documents.add(
                case_number=case.number,
                content=files.pdf(),
                name="letter.pdf",
                kind="front",
                by=caseworker,
                at=AT,
            )
        with pytest.raises(CaseError, match="does not answer"):
            documents.page(
                case_number=case.number, document_id=there.pk, page=1, by=caseworker, at=AT
            )
        documents.remove(case_number=case.number, document_id=there.pk, by=caseworker, at=AT)
    sentence = refused.value.field_errors["files"]
    assert sentence.startswith("letter.pdf: It could not be kept")
    with system_scope():
        assert not CaseDocument.objects.exists()
        assert not StoredFile.objects.exists()
    # What could not be taken away then is swept away the day after.
    assert len(bucket.names()) == 1
    assert storing.sweep(at=AT + timedelta(days=1)) == 1
    assert bucket.names() == []


@pytest.mark.django_db(transaction=True)
def test_a_scan_waits_for_the_storage_and_a_refused_document_is_swept_up(
    caseworker, bucket, away, scanner
):
    infected = keep(caseworker, content=b"a document with " + SIGNATURE)
    with away:
        assert scanning.scan_due(at=AT) == 0
        with pytest.raises(UploadRefused, match="storage does not answer"):
            keep(caseworker)
    assert again(infected).state == "quarantined"
    with system_scope():
        rows = StoredFile.objects.filter(pk=infected.pk)
        rows.update(state="refused", reason="The virus scanner found it.", checked_at=AT)
    assert bucket.names()
    assert storing.sweep(at=AT + timedelta(days=1)) == 1
    assert bucket.names() == []


def test_a_large_file_is_read_from_any_byte_on_and_not_fetched_whole(bucket):
    name = "batches/2026/11/20/november.csv"
    lines = [b"R%d,Bautista\n" % number for number in range(200_000)]
    storages["documents"].save(name, ContentFile(b"".join(lines)))
    size = sum(map(len, lines))
    fetched = []
    storage = storages["documents"]
    storage.bucket.meta.client.meta.events.register(
        "after-call.s3.GetObject",
        lambda parsed, **_: fetched.append(int(parsed["ContentLength"])),
    )
    with storing.lines_of(name) as file:
        file.seek(sum(map(len, lines[:199_990])))
        assert [file.readline(100) for _ in range(11)] == [*lines[199_990:], b""]
        file.seek(0)
        assert file.readline(3) == b"R0,"
        file.seek(size)
        assert file.readline(100) == b""
    assert fetched == [sum(map(len, lines[199_990:])), size]
    with pytest.raises(FileNotFoundError), storing.lines_of("batches/none.csv"):
        pass
